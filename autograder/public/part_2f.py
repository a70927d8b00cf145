"""Dropout (practice)."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, as_tensor, number, weight
from autograder.public.example import expect


@number("2f.1")
@weight(0)
def test_expectation(student: Any) -> None:
    """Of 10,000 ones, p_drop = 0.3 makes about 3,000 zero; the mean of all stays about 1."""
    dropped = as_tensor(student.initialization.dropout(torch.ones(100, 100), 0.3, True))
    if dropped.shape != (100, 100):
        raise Failure(f"dropout(h) should have the shape of h, not {tuple(dropped.shape)}.")
    # Both bounds are eight standard deviations away.
    zeros, mean = float((dropped == 0).double().mean()), float(dropped.double().mean())
    if abs(zeros - 0.3) > 0.04:
        raise Failure(f"With p_drop = 0.3 a share of {zeros:.2f} became zero.")
    if abs(mean - 1) > 0.06:
        raise Failure(f"The mean of the ones is {mean:.2f} after dropout: γ should keep it at 1.")


@number("2f.2")
@weight(0)
def test_not_training(student: Any) -> None:
    """Without training h comes back as it was."""
    h = torch.tensor([[1.0, -2.0, 3.0]])
    expect(student.initialization.dropout(h, 0.3, False), h, "dropout(h, 0.3, False)")
