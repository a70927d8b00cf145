"""The affine layer and the loss."""

from __future__ import annotations

import math
from typing import Any

import torch

from autograder.checks import Failure, Fields, as_tensor, number, weight
from autograder.public.example import expect

CONFIG = Fields(n_samples=4, n_features=3, n_classes=4, batch_size=2, n_epochs=1, lr=0.1)
LABELS = torch.tensor([[0, 1, 0, 0], [0, 0, 0, 1]], dtype=torch.int32)


@number("1d.1")
@weight(0)
def test_start(student: Any) -> None:
    """With two parameters that start at zero, each of 4 classes has the probability 1/4."""
    model = student.classifier.SoftmaxModel(CONFIG)
    values = [as_tensor(student.fetch(parameter)) for parameter in student.parameters(model)]
    if len(values) != 2:
        raise Failure(f"SoftmaxModel should have two parameters, W and b, not {len(values)}.")
    for value in values:
        if value.count_nonzero():
            raise Failure(f"The parameter of shape {tuple(value.shape)} does not start at zero.")
    inputs = torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.0, 9.0]])
    expect(model.forward(inputs), torch.full((2, 4), 0.25), "forward(inputs) of a new model")


@number("1d.2")
@weight(0)
def test_loss(student: Any) -> None:
    """If each of 4 classes has the probability 1/4, the loss of two examples is 2 ln 4."""
    model = student.classifier.SoftmaxModel(CONFIG)
    loss = model.loss(torch.full((2, 4), 0.25), LABELS)
    expect(loss, torch.tensor(2 * math.log(4)), "loss(pred, labels)")
