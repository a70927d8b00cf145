"""Training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.checks import (
    TRAIN,
    Failure,
    Fields,
    as_float,
    assert_close,
    builds_on,
    number,
    weight,
)
from autograder.describe import describe, describe_type
from autograder.hidden.inputs import integer, one_hot
from autograder.hidden.model import FED_MODEL, SOFTMAX, Weights, batch, config
from solutions.softmax import cross_entropy_loss, softmax


@number("1e.1")
@weight(1)
@builds_on(SOFTMAX, FED_MODEL)
def test_one_step(student: Any, rng: torch.Generator) -> None:
    """train_on_batch moves each parameter by −lr times its gradient, each time it is called."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    weights = Weights(student, model, given)
    W, b = weights.draw(rng)
    for step in ("one call", "a second call"):
        inputs, labels = batch(rng, given, 4)
        model.train_on_batch(inputs, labels)
        before = W, b
        W, b = _descend(W, b, inputs, labels, lr=0.05)
        for name, old, actual, new in zip("Wb", before, weights.get(), (W, b), strict=True):
            what = f"{name} after {step} of train_on_batch"
            if torch.equal(actual, old):
                raise Failure(f"{name} did not move in {step} of train_on_batch.")
            if torch.allclose(actual, 2 * old - new, atol=1e-4):
                raise Failure(f"{name} moved the other way: up the gradient of the loss, not down.")
            assert_close(actual, new, what)


@number("1e.2")
@weight(0.5)
@builds_on(SOFTMAX, FED_MODEL)
def test_returned_loss(student: Any, rng: torch.Generator) -> None:
    """train_on_batch returns the loss as a float, as it was before the step."""
    given = config(rng)
    model, W, b = _random_model(student, given, rng)
    inputs, labels = batch(rng, given, 4)
    returned = as_float(model.train_on_batch(inputs, labels), "What train_on_batch returns")
    assert_close(
        torch.tensor(returned, dtype=torch.float32),
        cross_entropy_loss(labels, softmax(inputs @ W + b)),
        "What train_on_batch returns",
    )


@number("1e.3")
@weight(0.5)
@builds_on(SOFTMAX, FED_MODEL)
def test_epoch_losses(student: Any, rng: torch.Generator) -> None:
    """fit's losses are the means over the batches of each epoch; a smaller last batch counts."""  # noqa: D403
    # All samples are alike and lr = 0, so that each loss is known, whatever the order.
    given = config(rng, lr=0.0, n_samples=12, batch_size=5, n_epochs=3)
    inputs, labels = (tensor.expand(12, -1).contiguous() for tensor in batch(rng, given, 1))
    own = list[torch.Tensor]()
    for _ in range(2):
        seed = integer(rng, 0, 2**40)
        model, W, b = _random_model(student, given, torch.Generator().manual_seed(seed))
        loss = cross_entropy_loss(labels[:1], softmax(inputs[:1] @ W + b))
        with student.allow(TRAIN):
            losses = _losses(model.fit(inputs, labels), 3)
        if _close(losses, torch.full((3,), float(12 * loss / 3))):
            return
        # The losses of batches that their train_on_batch gives will do, right or wrong.
        model, _, _ = _random_model(student, given, torch.Generator().manual_seed(seed))
        own.append(_by_hand(model, inputs, labels))
        if not _close(losses, own[-1]):
            break
    else:
        if not torch.equal(*own):
            return
    raise Failure(
        "With lr = 0 and 12 samples that are all alike, in batches of 5, 5 and 2, all losses are "
        f"known. What fit returns is {describe(losses.tolist())}, which are not the means of the "
        "losses of the three batches."
    )


@number("1e.4")
@weight(1)
@builds_on(SOFTMAX, FED_MODEL)
def test_fit(student: Any, rng: torch.Generator) -> None:
    """fit uses each sample once an epoch, and gets the synthetic problem's mean loss below 0.5."""  # noqa: D403
    _check_one_epoch(student, rng)
    given = Fields(n_samples=1024, n_features=100, n_classes=5, batch_size=64, n_epochs=50, lr=1e-4)
    inputs = torch.rand(1024, 100, generator=rng)
    labels = one_hot(torch.zeros(1024, dtype=torch.long), 5).int()
    model = student.classifier.SoftmaxModel(given)
    weights = Weights(student, model, given)
    with student.allow(TRAIN):
        model.fit(inputs, labels)
    # Judged by what the parameters have become, not by what fit says of itself.
    W, b = weights.get()
    loss = cross_entropy_loss(labels, softmax(inputs @ W + b)) / 16
    if not loss < 0.5:
        raise Failure(
            f"After fit the mean loss of a batch is {describe(float(loss))}, not below 0.5."
        )


def _check_one_epoch(student: Any, rng: torch.Generator) -> None:
    """Each sample has a feature of its own, so that its row of W tells what it was used for."""
    given = config(rng, n_features=8, n_classes=4, n_samples=8, batch_size=4, n_epochs=1, lr=1e-3)
    labels = one_hot(torch.randperm(8, generator=rng) % 4, 4).int()
    # Judged against a step of their own on each batch: a wrong step is another check's affair.
    stepped, fitted = (student.classifier.SoftmaxModel(given) for _ in range(2))
    for half in (slice(0, 4), slice(4, 8)):
        stepped.train_on_batch(torch.eye(8)[half], labels[half])
    fitted.fit(torch.eye(8), labels)
    own, W = (Weights(student, model, given).get()[0] for model in (stepped, fitted))
    share = (W * own).sum(1) / (own * own).sum(1).clamp(min=1e-12)
    if own.count_nonzero() and bool(((share - 1).abs() > 0.4).any()):
        raise Failure(
            "In one epoch fit should train on each sample once, with its own label. With 8 samples "
            f"in batches of 4, sample {int((share - 1).abs().argmax())} was left out, used more "
            "often, or used with the label of another."
        )


def _random_model(
    student: Any, given: Fields, rng: torch.Generator
) -> tuple[Any, torch.Tensor, torch.Tensor]:
    """A model with random W and b."""
    model = student.classifier.SoftmaxModel(given)
    weights = Weights(student, model, given)
    W, b = weights.draw(rng)
    return model, W, b


def _close(actual: torch.Tensor, expected: torch.Tensor) -> bool:
    return actual.shape == expected.shape and torch.allclose(actual, expected, rtol=5e-4)


def _by_hand(model: Any, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean of what train_on_batch returns for batches of 5, 5 and 2, for three epochs."""
    losses = [
        as_float(model.train_on_batch(inputs[:n], labels[:n]), "What train_on_batch returns")
        for _ in range(3)
        for n in (5, 5, 2)
    ]
    return torch.tensor(losses).reshape(3, 3).mean(1)


def _descend(
    W: torch.Tensor, b: torch.Tensor, inputs: torch.Tensor, labels: torch.Tensor, lr: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """W and b after a step, by the closed form of the gradient: δ = ŷ − y."""
    delta = softmax(inputs @ W + b) - labels  # (n, n_classes)
    return W - lr * inputs.T @ delta, b - lr * delta.sum(0)


def _losses(value: object, n_epochs: int) -> torch.Tensor:
    """What fit returned, as a tensor: a list, a tuple, an array or a tensor of numbers."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        value = torch.from_numpy(value)
    if isinstance(value, (list, tuple)) and value:
        items = [item.item() if isinstance(item, torch.Tensor) and item.numel() == 1 else item
                 for item in value]  # fmt: skip
        value = torch.tensor([as_float(item, "A loss in what fit returns") for item in items])
    if not isinstance(value, torch.Tensor):
        raise Failure(f"fit should return a list of {n_epochs} floats, not {describe_type(value)}.")
    if value.numel() != n_epochs:
        raise Failure(
            f"fit should return {n_epochs} losses, one for each epoch, not {value.numel()}."
        )
    return value.float()
