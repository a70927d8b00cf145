"""Xavier initialisation."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, as_tensor, number, weight
from autograder.forbidden import XAVIER

forbidden = XAVIER


@number("2e.1")
@weight(0)
def test_small(student: Any) -> None:
    """For the shape (2, 4) ε is √6/√6 = 1: eight float32 numbers in [−1, 1], new at each call."""
    first, second = (_draw(student, (2, 4)) for _ in range(2))
    if torch.equal(first, second):
        raise Failure("Two calls gave the same weights: each call should draw new ones.")
    if bool((first.abs() > 1).any()):
        raise Failure(f"With ε = 1 there is a weight of {float(first.abs().max()):.4g}.")


@number("2e.2")
@weight(0)
def test_large(student: Any) -> None:
    """For the shape (200, 400) ε is 0.1: the largest of 80,000 weights is just below that."""
    # All 80,000 lie within 0.099 with a probability of 0.99^80,000.
    largest = float(_draw(student, (200, 400)).abs().max())
    if not 0.099 < largest <= 0.1 + 1e-6:
        raise Failure(f"The largest weight is {largest:.4g}, where ε = 0.1.")


def _draw(student: Any, shape: tuple[int, int]) -> torch.Tensor:
    weights = as_tensor(student.initialization.xavier_weight_init(shape), "The result")
    if weights.dtype != torch.float32 or weights.shape != shape:
        raise Failure(
            f"The weights should be a float32 tensor of shape {shape}, not {weights.dtype} of "
            f"shape {tuple(weights.shape)}."
        )
    return weights
