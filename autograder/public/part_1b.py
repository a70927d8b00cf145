"""Cross-entropy."""

from __future__ import annotations

import math
from typing import Any

import torch

from autograder.checks import Failure, number, weight
from autograder.forbidden import CROSS_ENTROPY
from autograder.public.example import expect

forbidden = CROSS_ENTROPY
# The right classes have the probabilities 1/2 and 1/4: the loss is ln 2 + ln 4 = 3 ln 2.
Y = torch.tensor([[0, 1], [1, 0]])
YHAT = torch.tensor([[0.5, 0.5], [0.25, 0.75]])


@number("1b.1")
@weight(0)
def test_value(student: Any) -> None:
    """Of two examples, with 1/2 and 1/4 for the right class, the loss is ln 2 + ln 4, a sum."""
    loss = student.softmax.cross_entropy_loss(Y, YHAT)
    expect(loss, torch.tensor(3 * math.log(2)), "cross_entropy_loss(y, yhat)")


@number("1b.2")
@weight(0)
def test_gradient(student: Any) -> None:
    """Gradients flow: the loss falls by 2 and by 4 as the probability of the right class grows."""
    yhat = student.put(YHAT, requires_grad=True)
    loss = student.keep(student.softmax.cross_entropy_loss, Y, yhat)
    if not loss.requires_grad:
        raise Failure("The loss has no gradient: compute it with operations of torch only.")
    student.keep(loss.sum).backward()
    expect(yhat.grad, torch.tensor([[0.0, -2.0], [-4.0, 0.0]]), "The gradient of yhat")
