"""The gradients of one step."""

from __future__ import annotations

from typing import Any

from autograder.checks import number, weight
from autograder.forbidden import AUTOGRAD_IN_A_STEP
from autograder.public.example import expect, expect_gradients, sequence_of
from autograder.public.steps import DELTA, params, vector

forbidden = AUTOGRAD_IN_A_STEP
# h⁽ᵗ⁻¹⁾ = 0.4 and word 1: v = 0.4 · (−5) + 2 · 1/2 + 1 = 0.
PARAMS, H_PREV, X, Y = params(H=-5.0, b1=1.0), vector(0.4), 1, 1


@number("3b.1")
@weight(0)
def test_forward_step(student: Any) -> None:
    """A step whose v is 0 has h = 1/2 and ŷ = (3/4, 1/4)."""
    got = student.rnn.forward_step(PARAMS, H_PREV, X)
    for name, value, right in zip(
        ("h", "yhat"),
        sequence_of(got, ("h", "yhat"), "forward_step"),
        (vector(0.5), vector(0.75, 0.25)),
        strict=True,
    ):
        expect(value, right, name)


@number("3b.2")
@weight(0)
def test_step_gradients(student: Any) -> None:
    """Its gradients for y = 1, worked out by hand: for one, that of b₂ is (3/4, −3/4)."""
    expected = {
        "b2": [0.75, -0.75],
        "L_x": [0.5 * DELTA],
        "I": [[2 * DELTA]],
        "H": [[0.4 * DELTA]],
        "h_prev": [-5 * DELTA],
    }
    expect_gradients(student.rnn.step_gradients(PARAMS, H_PREV, X, Y), expected, "step_gradients")
