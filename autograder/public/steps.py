"""A recurrent network of one hidden unit, small enough to work everything out by hand.

d = D_h = 1 and |V| = 2. Numbers are chosen so that v = 0 and h = σ(0) = 1/2 after each step.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LOG_3 = math.log(3)
# θ = h U + b₂ = (ln 3, 0), so ŷ = (3/4, 1/4).
U = [[2 * LOG_3, 0.0]]
# ∂J/∂v for y = 1; see that central differences say the same: J at v = ±0.001, for instance.
DELTA = 0.375 * LOG_3


def params(H: float, b1: float) -> dict[str, Tensor]:
    """Word 1 has the embedding 2, and I = 1/2."""
    numbers = {"L": [[1.0], [2.0]], "H": [[H]], "I": [[0.5]], "b1": [b1], "U": U, "b2": [0.0, 0.0]}
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in numbers.items()}


def vector(*numbers: float) -> Tensor:
    """A row vector, float64."""
    return torch.tensor(numbers, dtype=torch.float64)
