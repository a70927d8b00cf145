"""The gradients of one step."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, assert_close, builds_on, number, weight
from autograder.describe import describe_type
from autograder.forbidden import AUTOGRAD_IN_A_STEP
from autograder.hidden.inputs import integer
from autograder.hidden.rnn import (
    DIFFERENT,
    FOR_STEP,
    GRADED,
    SMALL,
    Cell,
    Sizes,
    Verdicts,
    judge_step,
    require_form,
    require_unchanged,
)
from solutions import rnn

forbidden = AUTOGRAD_IN_A_STEP


@number("3b.1")
@weight(1)
@builds_on(FOR_STEP)
def test_b2(student: Any, rng: torch.Generator) -> None:
    """∂J/∂b₂ = δ₁ = ŷ − y."""
    _judged(student, rng).require("b2")


@number("3b.2")
@weight(2)
@builds_on(FOR_STEP)
def test_delta2(student: Any, rng: torch.Generator) -> None:
    """What the other gradients are made of is δ₂ = (δ₁ Uᵀ) ∘ h ∘ (1 − h)."""
    _judged(student, rng).require("delta")


@number("3b.3")
@weight(1)
@builds_on(FOR_STEP)
def test_L_x(student: Any, rng: torch.Generator) -> None:  # noqa: N802
    """∂J/∂L_x = δ₂ Iᵀ."""
    _judged(student, rng).require("L_x")


@number("3b.4")
@weight(1)
@builds_on(FOR_STEP)
def test_I(student: Any, rng: torch.Generator) -> None:  # noqa: N802
    """∂J/∂I = eᵀ δ₂."""
    _judged(student, rng).require("I")


@number("3b.5")
@weight(1)
@builds_on(FOR_STEP)
def test_H(student: Any, rng: torch.Generator) -> None:  # noqa: N802
    """∂J/∂H = h⁽ᵗ⁻¹⁾ᵀ δ₂."""
    _judged(student, rng).require("H")


@number("3b.6")
@weight(1)
@builds_on(FOR_STEP)
def test_h_prev(student: Any, rng: torch.Generator) -> None:
    """∂J/∂h⁽ᵗ⁻¹⁾ = δ₂ Hᵀ."""
    _judged(student, rng).require("h_prev")


@number("3b.7")
@weight(0.5)
@builds_on(FOR_STEP)
def test_sizes(student: Any, rng: torch.Generator) -> None:
    """All of that also where d, D_h and |V| differ; gradients are tensors of the params' dtype."""
    square = _judged(student, rng)
    square.require_some()
    cell, y = _draw(rng, DIFFERENT)
    try:
        returned = _step_gradients(student, cell, y)
    except Failure:
        if any(name in square.wrong for name in ("delta", *GRADED)):
            return  # what does not fit here is wrong there too, and was paid for
        raise
    verdicts = judge_step(cell, y, returned)
    for name in GRADED:
        if name not in square.wrong:
            verdicts.require(name)
    require_form(returned)


@number("3b.8")
@weight(0.5)
@builds_on(FOR_STEP)
def test_unchanged(student: Any, rng: torch.Generator) -> None:
    """No argument of step_gradients is changed."""
    cell, y = _draw(rng, SMALL)
    step_gradients = student.rnn.step_gradients
    given = {"params": cell.params, "h_prev": cell.h_prev}
    objects = {name: student.put(value) for name, value in given.items()}
    judge_step(cell, y, step_gradients(*objects.values(), cell.x, y)).require_some()
    require_unchanged(given, {name: student.fetch(obj) for name, obj in objects.items()})


@number("3b.9")
@weight(0)
@builds_on(FOR_STEP)
def test_practice(student: Any, rng: torch.Generator) -> None:
    """Practice: ∂J/∂U = hᵀ δ₁ and ∂J/∂b₁ = δ₂."""
    verdicts = _judged(student, rng)
    verdicts.require("U")
    verdicts.require("b1")


@number("3b.10")
@weight(0)
def test_forward_step(student: Any, rng: torch.Generator) -> None:
    """Practice: forward_step gives h = σ(h⁽ᵗ⁻¹⁾H + eI + b₁) and ŷ = softmax(hU + b₂)."""
    cell, _ = _draw(rng, DIFFERENT)
    returned = student.rnn.forward_step(cell.params, cell.h_prev, cell.x)
    if not isinstance(returned, (list, tuple)) or len(returned) != 2:
        raise Failure(f"forward_step should return (h, yhat), not {describe_type(returned)}.")
    expected = rnn.forward_step(cell.params, cell.h_prev, cell.x)
    for name, value, right in zip(("h", "yhat"), returned, expected, strict=True):
        if isinstance(value, torch.Tensor) and value.shape == (1, *right.shape):
            value = value[0]
        assert_close(value, right, name)


def _draw(rng: torch.Generator, sizes: Sizes) -> tuple[Cell, int]:
    """A step, and what it should predict: another word than the one read."""
    cell = Cell.draw(rng, sizes)
    return cell, (cell.x + integer(rng, 1, sizes[2] - 1)) % sizes[2]


def _step_gradients(student: Any, cell: Cell, y: int) -> object:
    return student.rnn.step_gradients(cell.params, cell.h_prev, cell.x, y)


def _judged(student: Any, rng: torch.Generator) -> Verdicts:
    """The gradients of a step whose sizes are all the same."""
    cell, y = _draw(rng, SMALL)
    return judge_step(cell, y, _step_gradients(student, cell, y))
