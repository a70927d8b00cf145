"""Parser network."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.checks import (
    Failure,
    as_tensor,
    assert_close,
    builds_on,
    number,
    weight,
)
from autograder.hidden.inputs import NO_GRAPH, integer, normal
from autograder.hidden.network import (
    INITIALIZATION,
    Parameters,
    Sizes,
    are_probabilities,
    positive,
    relative_logits,
)
from autograder.hidden.part_2f import PROBABILITIES, check_dropped, check_masks
from autograder.hidden.uniform import (
    EPSILONS,
    RIGHT,
    check_spread,
    check_uniform,
    entries,
    repeated,
)


@number("2h.1")
@weight(1)
@builds_on(INITIALIZATION)
def test_embedding_lookup(student: Any, rng: torch.Generator) -> None:
    """embedding_lookup(w) puts the given embeddings of the features side by side, in order."""
    sizes = Sizes(n_features=3, d=2, vocabulary=6)
    embeddings = sizes.embeddings(rng)
    model = sizes.build(student.parser_model.ParserModel, embeddings)
    model.eval()
    for n in (2, 1):
        w = sizes.words(rng, n)
        expected = torch.from_numpy(embeddings)[w].reshape(n, -1)
        assert_close(model.embedding_lookup(w), expected, "embedding_lookup(w)")


@number("2h.2")
@weight(2)
@builds_on(INITIALIZATION)
def test_forward(student: Any, rng: torch.Generator) -> None:
    """forward(w) is the logits ReLU(x W + b₁) U + b₂, for the sizes given to the constructor."""
    sizes = Sizes(n_features=3, hidden_size=3, n_classes=5, d=2)
    embeddings = sizes.embeddings(rng)
    model = sizes.build(student.parser_model.ParserModel, embeddings)
    model.eval()
    parameters = Parameters(student, model, sizes)
    if {"W", "b1", "U", "b2"} - parameters.found.keys() or (
        (parameters.hidden, parameters.classes) != (sizes.hidden_size, sizes.n_classes)
    ):
        raise parameters.unexpected()
    W, b1 = normal(rng, *parameters.shapes["W"]), normal(rng, sizes.hidden_size)
    U, b2 = normal(rng, *parameters.shapes["U"]), normal(rng, sizes.n_classes)
    parameters.set(W=W, b1=b1, U=U, b2=b2)
    for n in (5, 1):
        w = sizes.words(rng, n)
        x = _own_lookup(model, w, W.shape[0])
        if x is None:
            x = torch.from_numpy(embeddings)[w].reshape(n, -1)
        if x.shape[1] != W.shape[0]:
            raise parameters.unexpected()
        got = as_tensor(model.forward(w), "forward(w)")
        expected = torch.relu(x @ W + b1) @ U + b2
        if got.shape == expected.shape and not are_probabilities(expected):
            if are_probabilities(got):
                raise Failure("What forward(w) returns are probabilities; return the logits.")
            if are_probabilities(got.exp()):
                raise Failure(
                    "What forward(w) returns are logarithms of probabilities; return the logits."
                )
        assert_close(got, expected, "forward(w)")


@number("2h.3")
@weight(1)
@builds_on(INITIALIZATION)
def test_whole_input(student: Any, rng: torch.Generator) -> None:
    """Each feature of an example has a part in its logits, and no other example has."""
    sizes = Sizes(hidden_size=16)
    embeddings = torch.rand(sizes.vocabulary, sizes.d, generator=rng)
    embeddings[0] += 2
    model = sizes.build(student.parser_model.ParserModel, embeddings.numpy())
    model.eval()
    parameters = Parameters(student, model, sizes)
    positive(rng, parameters, embeddings)
    # More of any feature makes every unit of h larger, and so the first class's logit.
    parameters.set(U=lambda shape: torch.eye(shape[1])[:1].repeat(shape[0], 1))
    # Row 0 has none of word 0; every other row has it in the place of one feature.
    w = torch.randint(1, sizes.vocabulary, (1, sizes.n_features), generator=rng)
    w = w.repeat(1 + sizes.n_features, 1)
    w[1:].fill_diagonal_(0)
    together = relative_logits(model.forward(w), len(w))[:, 0]
    unused = ((together[1:] - together[0]).abs() < 1e-4 * together.abs().max()).nonzero()
    if len(unused):
        raise Failure(
            f"Feature {int(unused[0])} of the {sizes.n_features} has no part in the logits: "
            "another word there changes nothing."
        )
    for i in (0, integer(rng, 1, sizes.n_features)):
        # Twice, since a batch of one is another check's affair.
        alone = relative_logits(model.forward(w[[i, i]]), 2)[0, 0]
        if abs(alone - together[i]) > 1e-3 * together.abs().max():
            raise Failure(f"The logits of example {i} depend on the other examples of its batch.")


@number("2h.4")
@weight(1)
@builds_on(INITIALIZATION)
def test_dropout(student: Any, rng: torch.Generator) -> None:
    """In training h is dropped with the constructor's probability, by a new mask each time."""
    p_drop = PROBABILITIES[integer(rng, 0, 3)]
    h, first, second = _units_of_h(student, p_drop, training=True)
    check_dropped(torch.cat((first, second)) / h, p_drop, "h in training")
    check_masks(first != 0, second != 0, "Dropout")


@number("2h.5")
@weight(1)
@builds_on(INITIALIZATION)
def test_eval(student: Any, rng: torch.Generator) -> None:
    """In eval mode nothing is dropped."""
    p_drop = PROBABILITIES[integer(rng, 0, 3)]
    h, first, second = _units_of_h(student, p_drop, training=False)
    if bool(((first - second).abs() > 1e-3 * h).any()):
        raise Failure("In eval mode the same input gives different logits: dropout is at work.")
    if bool(((first - h).abs() > 1e-3 * h).any()):
        raise Failure("In eval mode h is not what it is without dropout (dropout_prob = 0).")


@number("2h.6")
@weight(1)
@builds_on(INITIALIZATION)
def test_gradients(student: Any, rng: torch.Generator) -> None:
    """Every parameter gets a gradient, the embeddings included."""
    sizes = Sizes()
    embeddings = torch.rand(sizes.vocabulary, sizes.d, generator=rng)
    model = sizes.build(student.parser_model.ParserModel, embeddings.numpy(), 0.5)
    model.train()
    parameters = Parameters(student, model, sizes)
    if "L" not in parameters.found:
        raise Failure(
            "The embeddings are not among the model's parameters(), so no optimizer can train them."
        )
    positive(rng, parameters, embeddings)
    # Each example has all words but the last.
    w = (torch.arange(12)[:, None] + torch.arange(sizes.n_features)) % (sizes.vocabulary - 1)
    logits = student.keep(model.forward, w)
    if not logits.requires_grad:
        raise Failure(f"forward(w) has no gradient: {NO_GRAPH}")
    student.backward(logits, normal(rng, len(w), parameters.classes))
    for name, parameter in parameters.found.items():
        gradient, shape = parameter.grad, parameters.shapes[name]
        what = f"{'the embeddings' if name == 'L' else name}, of shape {shape},"
        if not isinstance(gradient, torch.Tensor):
            raise Failure(f"No gradient reaches {what} in a backward pass.")
        if not gradient.isfinite().all() or not gradient.count_nonzero():
            raise Failure(f"The gradient of {what} is zero or not finite.")
        if name == "L" and (unmoved := (~gradient[w.unique()].any(1)).nonzero()).numel():
            raise Failure(f"Word {int(unmoved[0])} occurs, but its embedding gets no gradient.")


@number("2h.7")
@weight(1)
@builds_on(INITIALIZATION)
def test_initial_weights(student: Any, rng: torch.Generator) -> None:
    """W and U start with Xavier initialisation, anew in each model."""
    sizes = Sizes(hidden_size=integer(rng, 110, 120), n_classes=integer(rng, 60, 70))
    constructor, embeddings = student.parser_model.ParserModel, sizes.embeddings(rng)
    both = []
    for _ in range(2):
        model = sizes.build(constructor, embeddings)
        both.append(Parameters(student, model, sizes))
    for name in ("W", "U"):
        shape = both[0].shapes[name]
        if both[1].shapes[name] != shape:
            raise both[1].unexpected()
        first, second = (entries(p.get(name), shape, name) for p in both)
        what = f"{name}, of shape {shape},"
        check_spread(first, shape, what)
        check_uniform(first, what, EPSILONS[RIGHT](shape))
        if repeated(first) > 0.5:
            raise Failure(f"Many entries of {name} are the same number; draw each anew.")
        if float((first == second).mean()) > 0.5:
            raise Failure(f"Two models start with the same {name}; it should be drawn anew.")


def _own_lookup(model: Any, w: Tensor, width: int) -> Tensor | None:
    """What their own look-up says, right or wrong: that is another check's affair."""
    with suppress(Failure):
        x = model.embedding_lookup(w)
        if isinstance(x, Tensor) and x.shape == (len(w), width) and x.dtype == torch.float32:
            return x.detach()
    return None


def _units_of_h(
    student: Any, p_drop: float, *, training: bool, n: int = 250
) -> tuple[Tensor, Tensor, Tensor]:
    """Units of h without dropout, and twice with it, for n examples that are all alike.

    With U that has a single 1 in each column but the last, the logits are units of h.
    """
    sizes = Sizes(hidden_size=2)
    constructor = student.parser_model.ParserModel

    def units(probability: float, mode: bool) -> Callable[[int], Tensor]:
        model = sizes.build(
            constructor, np.ones((sizes.vocabulary, sizes.d), np.float32), probability
        )
        model.train() if mode else model.eval()
        parameters = Parameters(student, model, sizes)
        # All embeddings are 1: x W = 2, whatever way they are looked up.
        parameters.set(
            L=torch.ones,
            W=lambda shape: torch.full(shape, 2 / shape[0]),
            b1=torch.zeros,
            U=lambda shape: (
                torch.eye(*shape)[:, : shape[1] - 1] @ torch.eye(shape[1] - 1, shape[1])
            ),
            # Not 0, so that dropping logits is not taken for dropping h.
            b2=lambda shape: torch.full(shape, 0.5),
        )
        seen = min(parameters.hidden, parameters.classes - 1)

        def of_batch(size: int) -> Tensor:
            w = torch.zeros(size, sizes.n_features, dtype=torch.long)
            return relative_logits(model.forward(w), size)[:, :seen]

        return of_batch

    h = units(0.0, mode=False)(2)[0]
    if not bool((h > 1e-3).all()):
        raise Failure("h is not positive in eval mode, where x W + b₁ = 2.")
    dropped = units(p_drop, training)
    return h, dropped(n), dropped(n)
