"""Perplexity."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import as_number, assert_close, number, weight
from autograder.hidden.inputs import integer


@number("3a.9")
@weight(0)
def test_perplexity(student: Any, rng: torch.Generator) -> None:
    """Practice: perplexity(cross_entropy) is 1/ŷₖ, ŷₖ the probability of the right word."""
    for _ in range(3):
        probability = torch.tensor(integer(rng, 1, 50) / 100, dtype=torch.float64)
        returned = student.rnn.perplexity(-probability.log())
        if isinstance(returned, float):
            returned = torch.tensor(returned, dtype=torch.float64)
        value = as_number(returned, "perplexity(cross_entropy)")
        assert_close(value.double(), 1 / probability, "perplexity(cross_entropy)")
