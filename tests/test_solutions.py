"""The reference solutions, against oracles that know nothing of them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
import torch

from autograder.hidden.sentences import legal
from solutions.classifier import Config, SoftmaxModel
from solutions.parser_transitions import (
    IllegalTransition,
    PartialParse,
    Transition,
    minibatch_parse,
)
from solutions.softmax import cross_entropy_loss, softmax


def rng(seed: int = 0) -> torch.Generator:
    """A generator."""
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("scale", [1.0, 1000.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_softmax_equals_torch(scale: float, dtype: torch.dtype) -> None:
    """Softmax and its gradient equal torch's built-in, also for large scores."""
    x = (torch.randn(4, 5, generator=rng(), dtype=torch.float64) * scale).to(dtype)
    x.requires_grad_()
    torch.testing.assert_close(softmax(x), torch.softmax(x, 1))
    assert torch.autograd.gradcheck(softmax, (x.detach().double().requires_grad_(),))


def test_cross_entropy_equals_torch() -> None:
    """The loss equals torch's negative log-likelihood, summed; its gradient is −y/ŷ."""
    yhat = torch.softmax(torch.randn(6, 4, generator=rng(), dtype=torch.float64), 1)
    yhat.requires_grad_()
    classes = torch.randint(4, (6,), generator=rng())
    y = torch.nn.functional.one_hot(classes, 4).int()
    loss = cross_entropy_loss(y, yhat)
    expected = torch.nn.functional.nll_loss(yhat.log(), classes, reduction="sum")
    torch.testing.assert_close(loss, expected)
    loss.backward()
    torch.testing.assert_close(yhat.grad, -y / yhat.detach())


def test_a_step_equals_torch_from_end_to_end() -> None:
    """Training on a batch does what a linear layer, built-in loss and SGD of torch's do."""
    config = Config(n_features=7, n_classes=3, lr=0.1)
    model, layer = SoftmaxModel(config), torch.nn.Linear(7, 3)
    with torch.no_grad():
        model.W.copy_(layer.weight.T)
        model.b.copy_(layer.bias)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for step in range(3):
        x = torch.randn(5, 7, generator=rng(step))
        classes = torch.randint(3, (5,), generator=rng(step))
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(layer(x), classes, reduction="sum")
        loss.backward()
        optimizer.step()
        y = torch.nn.functional.one_hot(classes, 3).numpy()
        assert model.train_on_batch(x.numpy(), y) == pytest.approx(loss.item(), rel=1e-5)
        torch.testing.assert_close(model.W.T, layer.weight)
        torch.testing.assert_close(model.b, layer.bias)


def test_fit_solves_the_synthetic_problem() -> None:
    """On 1024 uniform samples of one class the last epoch's mean loss is below 0.5."""
    config = Config()
    inputs = torch.rand(config.n_samples, config.n_features, generator=rng())
    labels = torch.zeros(config.n_samples, config.n_classes, dtype=torch.int32)
    labels[:, 0] = 1
    losses = SoftmaxModel(config).fit(inputs, labels)
    assert len(losses) == config.n_epochs
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.5


def test_the_sentence_of_the_assignment() -> None:
    """The sentence of part 2a is parsed in ten steps into the given heads."""
    parse = PartialParse(["I", "parsed", "this", "sentence", "correctly"])
    transitions: list[Transition] = ["S", "S", "LA", "S", "S", "LA", "RA", "S", "RA", "RA"]
    assert parse.parse(transitions) == [
        ("parsed", "I"),
        ("sentence", "this"),
        ("parsed", "sentence"),
        ("parsed", "correctly"),
        ("ROOT", "parsed"),
    ]
    assert parse.finished


@pytest.mark.parametrize(
    ("transitions", "wrong", "said"),
    [
        ([], "LA", "an arc needs two items on the stack, not \\['ROOT'\\]"),
        (["S"], "S", "SHIFT needs a word in the buffer; stack \\['ROOT', 'a'\\]"),
        ([], "X", "'X' is none of S, LA and RA"),
    ],
)
def test_illegal_transitions_say_why(
    transitions: list[Transition], wrong: Transition, said: str
) -> None:
    """A transition that the state does not allow raises, and says why."""
    parse = PartialParse(["a"])
    parse.parse(transitions)
    with pytest.raises(IllegalTransition, match=said):
        parse.parse_step(wrong)


class _Scripted:
    """Predicts each sentence's own transitions, found by its words, and notes the batches."""

    def __init__(self, scripts: dict[str, list[Transition]]) -> None:
        self.scripts = {name: list(script) for name, script in scripts.items()}
        self.sizes: list[int] = []

    def predict(self, partial_parses: list[PartialParse]) -> Sequence[Transition]:
        """The next of each script."""
        self.sizes.append(len(partial_parses))
        return [self.scripts[" ".join(parse.sentence)].pop(0) for parse in partial_parses]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("batch_size", [1, 2, 3, 10])
def test_minibatches_equal_one_parse_at_a_time(seed: int, batch_size: int) -> None:
    """Parsing side by side gives each sentence what its transitions give it alone."""
    dice = random.Random(seed)
    sentences = [[f"w{i}{j}" for j in range(dice.randint(1, 6))] for i in range(5)]
    scripts: dict[str, list[Transition]] = {}
    expected = []
    for sentence in sentences:
        parse, script = PartialParse(sentence), list[Transition]()
        while not parse.finished:
            script.append(dice.choice(legal(parse.stack, parse.buffer)))
            parse.parse_step(script[-1])
        assert len(script) == 2 * len(sentence)
        scripts[" ".join(sentence)] = script
        expected.append(parse.dependencies)
    model = _Scripted(scripts)
    assert minibatch_parse(sentences, model, batch_size) == expected
    assert max(model.sizes) <= batch_size
    assert minibatch_parse([], model, batch_size) == []
