"""Perplexity (practice)."""

from __future__ import annotations

import math
from typing import Any

import torch

from autograder.checks import as_number, number, weight
from autograder.public.example import expect


@number("3a.1")
@weight(0)
def test_perplexity(student: Any) -> None:
    """A right word of probability 1/2 has the loss ln 2 and the perplexity 2."""
    value = student.rnn.perplexity(math.log(2))
    value = torch.tensor(value) if isinstance(value, float) else value
    got = as_number(value, "perplexity(0.6931)").float()
    expect(got, torch.tensor(2.0), "perplexity(0.6931)")
