"""Training."""

from __future__ import annotations

import math
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
from autograder.hidden.inputs import normal, one_hot
from autograder.hidden.model import MODEL, SOFTMAX, Weights, batch, config
from solutions.softmax import cross_entropy_loss, softmax


@number("1e.1")
@weight(1)
@builds_on(SOFTMAX, MODEL)
def test_one_step(student: Any, rng: torch.Generator) -> None:
    """train_on_batch moves each parameter by −lr times its gradient, each time it is called."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    weights = Weights(student, model, given)
    W, b = (normal(rng, *value.shape) for value in weights.get())
    weights.set(W, b)
    for step in ("one call", "a second call"):
        inputs, labels = batch(rng, given, 4)
        model.train_on_batch(inputs, labels)
        W, b = _descend(W, b, inputs, labels, lr=0.05)
        for name, actual, expected in zip("Wb", weights.get(), (W, b), strict=True):
            assert_close(actual, expected, f"{name} after {step} of train_on_batch")


@number("1e.2")
@weight(0.5)
@builds_on(SOFTMAX, MODEL)
def test_returned_loss(student: Any, rng: torch.Generator) -> None:
    """train_on_batch returns the loss as a float, as it was before the step."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    inputs, labels = batch(rng, given, 4)
    returned = as_float(model.train_on_batch(inputs, labels), "What train_on_batch returns")
    expected = 4 * math.log(labels.shape[1])  # all parameters are zero
    assert_close(
        torch.tensor(returned, dtype=torch.float32),
        torch.tensor(expected),
        "What train_on_batch returns",
    )


@number("1e.3")
@weight(0.5)
@builds_on(SOFTMAX, MODEL)
def test_epoch_losses(student: Any, rng: torch.Generator) -> None:
    """fit's losses are the means over the batches of each epoch; a smaller last batch counts."""  # noqa: D403
    # With a learning rate of 0 each loss is known, in whatever order the samples come.
    given = config(rng, lr=0.0, n_samples=12, batch_size=5, n_epochs=3)
    inputs, labels = batch(rng, given, 12)
    with student.allow(TRAIN):
        losses = _losses(student.classifier.SoftmaxModel(given).fit(inputs, labels), 3)
    expected = torch.full((3,), 12 * math.log(labels.shape[1]) / 3)
    assert_close(losses, expected, "What fit returns for 12 samples in batches of 5")


@number("1e.4")
@weight(1)
@builds_on(SOFTMAX, MODEL)
def test_fit(student: Any, rng: torch.Generator) -> None:
    """Training by fit gets the mean loss of the synthetic problem below 0.5."""
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
    return value.float()
