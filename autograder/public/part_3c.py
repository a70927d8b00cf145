"""Back-propagation through time."""

from __future__ import annotations

from typing import Any

from autograder.checks import number, weight
from autograder.forbidden import AUTOGRAD_THROUGH_TIME
from autograder.public.example import expect_gradients
from autograder.public.steps import DELTA, params, vector

forbidden = AUTOGRAD_THROUGH_TIME


@number("3c.1")
@weight(0)
def test_backward_step(student: Any) -> None:
    """δ⁽ᵗ⁻¹⁾ = 1 arrives where h⁽ᵗ⁻¹⁾ = 1/2: the gradients there are multiples of 1/4."""
    got = student.rnn.backward_step(
        params(H=-5.0, b1=1.0), vector(1.0), vector(0.5), vector(0.4), 1
    )
    expected = {"L_x": [0.125], "I": [[0.5]], "H": [[0.1]], "h_prev": [-1.25]}
    expect_gradients(got, expected, "backward_step")


@number("3c.2")
@weight(0)
def test_bptt(student: Any) -> None:
    """Word 1 twice, through one step and through two."""
    # H = −2, b₁ = 0 and h₀ = 1/2: v = −1 + 1 = 0 in both steps. At the first, ∂J/∂v is −1/2 times
    # what it is at the second.
    for tau, total in ((1, 1.0), (2, 0.5), (5, 0.5)):
        got = student.rnn.bptt(params(H=-2.0, b1=0.0), vector(0.5), [1, 1], 1, tau)
        expected = {
            "b2": [0.75, -0.75],
            "L": [[0.0], [0.5 * total * DELTA]],
            "I": [[2 * total * DELTA]],
            "H": [[0.5 * total * DELTA]],
        }
        expect_gradients(got, expected, f"bptt with tau = {tau}")
