"""The affine layer and the loss."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, as_number, assert_close, builds_on, number, weight
from autograder.hidden.inputs import normal
from autograder.hidden.model import SOFTMAX, Weights, batch, config
from solutions.softmax import cross_entropy_loss, softmax


@number("1d.1")
@weight(1)
@builds_on(SOFTMAX)
def test_parameters(student: Any, rng: torch.Generator) -> None:
    """SoftmaxModel has two parameters, W and b, and both start at zero."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    for name, value in zip("Wb", Weights(student, model, given).get(), strict=True):
        if value.count_nonzero():
            raise Failure(f"{name} does not start at zero.")


@number("1d.2")
@weight(2)
@builds_on(SOFTMAX)
def test_forward(student: Any, rng: torch.Generator) -> None:
    """forward(inputs) is softmax(x W + b)."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    weights = Weights(student, model, given)
    W, b = (normal(rng, *value.shape) for value in weights.get())
    weights.set(W, b)
    inputs, _ = batch(rng, given, 3)
    assert_close(model.forward(inputs), softmax(inputs @ W + b), "forward(inputs)")


@number("1d.3")
@weight(1)
@builds_on(SOFTMAX)
def test_loss(student: Any, rng: torch.Generator) -> None:
    """loss(pred, labels) is the cross-entropy, summed over the batch."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    _, labels = batch(rng, given, 4)
    pred = softmax(normal(rng, *labels.shape))
    loss = as_number(model.loss(pred, labels), "loss(pred, labels)")
    assert_close(loss, cross_entropy_loss(labels, pred), "loss(pred, labels) of 4 examples")


@number("1d.4")
@weight(1)
@builds_on(SOFTMAX)
def test_gradients(student: Any, rng: torch.Generator) -> None:
    """The gradient of the loss reaches both parameters."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    weights = Weights(student, model, given)
    inputs, labels = batch(rng, given, 3)
    pred = student.keep(model.forward, inputs)
    student.keep(model.loss, pred, labels).backward()
    for name, gradient in zip("Wb", weights.gradients(), strict=True):
        if not gradient.isfinite().all() or not gradient.count_nonzero():
            raise Failure(f"After loss.backward() the gradient of {name} is zero or not finite.")
