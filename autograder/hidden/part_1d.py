"""The affine layer and the loss."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, as_number, as_tensor, assert_close, builds_on, number, weight
from autograder.hidden.inputs import NO_GRAPH, check_gradient, normal
from autograder.hidden.model import SOFTMAX, Weights, batch, config, randomise
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
    W, b = weights.draw(rng)
    inputs, _ = batch(rng, given, 3)
    assert_close(model.forward(inputs), softmax(inputs @ W + b), "forward(inputs)")


@number("1d.3")
@weight(1)
@builds_on(SOFTMAX)
def test_loss(student: Any, rng: torch.Generator) -> None:
    """loss(pred, labels) is the cross-entropy, summed over the batch."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    randomise(student, model, rng)  # they have no part in it
    _, labels = batch(rng, given, 4)
    pred = softmax(normal(rng, *labels.shape))
    loss = as_number(model.loss(pred, labels), "loss(pred, labels)")
    assert_close(loss, cross_entropy_loss(labels, pred), "loss(pred, labels) of 4 examples")


@number("1d.4")
@weight(1)
@builds_on(SOFTMAX)
def test_gradients(student: Any, rng: torch.Generator) -> None:
    """Gradients flow from the loss to the probabilities, and from these to the parameters."""
    # Judged against the student's own values: wrong ones are another check's affair.
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    inputs, labels = batch(rng, given, 3)
    parameters = randomise(student, model, rng)
    pred = student.keep(model.forward, inputs)
    if not pred.requires_grad:
        raise Failure(f"forward(inputs) has no gradient: {NO_GRAPH}")
    weights = normal(rng, *labels.shape)
    student.backward(pred, weights)
    for parameter in parameters:
        value = student.fetch(parameter).detach().clone()

        def weighted(v: torch.Tensor, parameter: Any = parameter) -> float:
            student.assign(parameter, v)
            return float((as_tensor(model.forward(inputs)) * weights).sum())

        check_gradient(parameter.grad, value, weighted, "The gradient of a parameter")
        student.assign(parameter, value)

    value = softmax(normal(rng, *labels.shape) / 4)
    gradients = []
    for y in (labels, labels.roll(1, dims=1)):
        pred = student.put(value, requires_grad=True)
        loss = student.keep(model.loss, pred, y)
        if not loss.requires_grad:
            raise Failure(f"loss(pred, labels) has no gradient: {NO_GRAPH}")
        student.keep(loss.sum).backward()

        def loss_of(value: torch.Tensor, y: torch.Tensor = y) -> float:
            return float(as_number(model.loss(value, y)))

        check_gradient(pred.grad, value, loss_of, "The gradient of pred")
        gradients.append(pred.grad)
    if torch.equal(*gradients):
        raise Failure("The gradient of the loss is the same whatever the labels are.")
