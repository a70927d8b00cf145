"""Softmax."""

from __future__ import annotations

import math
from typing import Any

import torch

from autograder.checks import Failure, number, weight
from autograder.forbidden import SOFTMAX
from autograder.public.example import expect

forbidden = SOFTMAX
LOG_3 = math.log(3)


@number("1a.1")
@weight(0)
def test_values(student: Any) -> None:
    """Scores 0 and ln 3 have the probabilities 1/4 and 3/4, in each row by itself."""
    x = torch.tensor([[0.0, LOG_3], [LOG_3, 0.0], [5.0, 5.0]])
    expected = torch.tensor([[0.25, 0.75], [0.75, 0.25], [0.5, 0.5]])
    expect(student.softmax.softmax(x), expected, "softmax(x)")


@number("1a.2")
@weight(0)
def test_large_scores(student: Any) -> None:
    """Scores around 1000 and −1000 give the same: only differences within a row count."""
    x = torch.tensor([[1000.0, 1000.0 + LOG_3], [-1000.0, -1000.0]])
    got = student.softmax.softmax(x)
    # 1000 + ln 3 has an error of 3e-5 in float32.
    expect(got, torch.tensor([[0.25, 0.75], [0.5, 0.5]]), "softmax(x)")


@number("1a.3")
@weight(0)
def test_dtype_and_gradient(student: Any) -> None:
    """float64 stays float64, and gradients flow: that of p₁ at scores (0, 0) is (1/4, −1/4)."""
    x = student.put(torch.zeros(1, 2, dtype=torch.float64), requires_grad=True)
    result = student.keep(student.softmax.softmax, x)
    if not result.requires_grad:
        raise Failure("softmax(x) has no gradient: compute it with operations of torch only.")
    student.backward(result, torch.tensor([[1.0, 0.0]], dtype=torch.float64))
    expected = torch.tensor([[0.25, -0.25]], dtype=torch.float64)
    expect(student.fetch(result), torch.full((1, 2), 0.5, dtype=torch.float64), "softmax(x)")
    expect(x.grad, expected, "The gradient of softmax(x)[0, 0]")
