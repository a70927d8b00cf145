"""Cross-entropy."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import given
from torch import Tensor

from autograder.checks import (
    Failure,
    as_number,
    as_tensor,
    assert_close,
    number,
    weight,
)
from autograder.forbidden import CROSS_ENTROPY
from autograder.hidden.inputs import (
    NO_GRAPH,
    check_gradient,
    integer,
    labelled_distributions,
    normal,
    one_hot,
)
from solutions.softmax import cross_entropy_loss, softmax

forbidden = CROSS_ENTROPY


@number("1b.1")
@weight(2)
@given(example=labelled_distributions())
def test_one_example(student: Any, example: tuple[Tensor, Tensor]) -> None:
    """The loss of one example is −log of the probability of its class."""
    y, yhat = example
    loss = _number(student.softmax.cross_entropy_loss(y, yhat))
    assert_close(loss, cross_entropy_loss(y, yhat), "The loss")


@number("1b.2")
@weight(1)
def test_sum_over_batch(student: Any, rng: torch.Generator) -> None:
    """The loss of a batch is the sum of the losses of its examples."""
    n, c = integer(rng, 3, 6), integer(rng, 3, 5)
    yhat = softmax(normal(rng, n, c))
    y = one_hot(torch.randint(c, (n,), generator=rng), c)
    loss = _number(student.softmax.cross_entropy_loss(y, yhat))
    assert_close(loss, cross_entropy_loss(y, yhat), f"The loss of {n} examples")


@number("1b.3")
@weight(1)
def test_form(student: Any, rng: torch.Generator) -> None:
    """The loss is a 0-d float tensor of the dtype of ŷ, for int32 and int64 labels alike."""
    for labels in (torch.int32, torch.int64):
        for dtype in (torch.float32, torch.float64):
            yhat = softmax(normal(rng, 1, 4, dtype=dtype))
            y = one_hot(torch.tensor([integer(rng, 0, 3)]), 4).to(labels)
            loss = as_tensor(student.softmax.cross_entropy_loss(y, yhat), "The loss")
            if loss.shape != ():
                raise Failure(f"The loss should have shape (), not {tuple(loss.shape)}.")
            if loss.dtype != dtype:
                wanted, got = (str(d).removeprefix("torch.") for d in (dtype, loss.dtype))
                raise Failure(f"The loss of a {wanted} ŷ should have that dtype, not {got}.")


@number("1b.4")
@weight(1)
def test_gradient(student: Any, rng: torch.Generator) -> None:
    """Gradients flow through the loss to ŷ."""
    # Judged against the student's own losses: a wrong value is another check's affair.
    value = 1 + torch.rand(1, 4, generator=rng)
    value /= value.sum()
    function = student.softmax.cross_entropy_loss
    right, wrong = torch.randperm(4, generator=rng).tolist()[:2]
    gradients = []
    for label in (right, wrong):
        y = one_hot(torch.tensor([label]), 4)
        yhat = student.put(value, requires_grad=True)
        loss = student.keep(function, y, yhat)
        if not loss.requires_grad:
            raise Failure(f"The loss has no gradient: {NO_GRAPH}")
        student.keep(loss.sum).backward()

        def loss_of(value: Tensor, y: Tensor = y) -> float:
            return float(_number(function(y, value)))

        check_gradient(yhat.grad, value, loss_of, "The gradient of ŷ")
        gradients.append(yhat.grad)
    if torch.equal(*gradients):
        raise Failure("The gradient of the loss is the same whatever the labels are.")


def _number(loss: object) -> Tensor:
    """The loss as float32: its form is another check's affair."""
    return torch.tensor(loss) if isinstance(loss, float) else as_number(loss, "The loss").float()
