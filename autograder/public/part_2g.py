"""Optimizers (practice)."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import number, weight
from autograder.public.example import expect, sequence_of

THETA, GRAD, ZERO, FOUR = (torch.tensor([value]) for value in (1.0, 2.0, 0.0, 4.0))


@number("2g.1")
@weight(0)
def test_momentum(student: Any) -> None:
    """θ = 1, g = 2, m = 0, α = 0.1 and β₁ = 0.9 give m = 0.2 and θ = 0.98."""
    got = student.optimizers.momentum_step(THETA, GRAD, ZERO, 0.1, 0.9)
    theta, m = sequence_of(got, ("theta", "m"), "momentum_step")
    expect(m, torch.tensor([0.2]), "m")
    expect(theta, torch.tensor([0.98]), "theta")


@number("2g.2")
@weight(0)
def test_adam(student: Any) -> None:
    """With v = 4 and β₂ = 0.5 as well, v stays 4, and θ = 1 − 0.1 · 0.2 / 2 = 0.99."""
    got = student.optimizers.adam_step(THETA, GRAD, ZERO, FOUR, 0.1, 0.9, 0.5)
    theta, m, v = sequence_of(got, ("theta", "m", "v"), "adam_step")
    expect(m, torch.tensor([0.2]), "m")
    expect(v, torch.tensor([4.0]), "v")
    expect(theta, torch.tensor([0.99]), "theta")
