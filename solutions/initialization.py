"""Parts 2e and 2f: Xavier initialisation and inverted dropout."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def xavier_weight_init(shape: Sequence[int]) -> Tensor:
    """New weights, uniform on [−ε, ε] with ε = √6 / √(sum of the dimensions).

    For a matrix `(m, n)` that is the variance ε²/3 = 2 / (m + n), which lets neither the
    activations on their way up nor the gradients on their way down grow or vanish (Glorot and
    Bengio, 2010).

    Args:
        shape: one dimension or more.

    Returns:
        A float32 tensor of that shape, drawn anew on each call.
    """
    # BEGIN SOLUTION: 2e
    epsilon = (6 / sum(shape)) ** 0.5  # eq-xavier-epsilon ()
    return torch.empty(*shape).uniform_(-epsilon, epsilon)
    # END SOLUTION


def dropout(h: Tensor, p_drop: float, training: bool = True) -> Tensor:
    """Inverted dropout: h_drop = γ d ∘ h, where d is 0 with probability `p_drop` and else 1.

    γ is such that E[h_drop] = h, so that nothing need be scaled when training is over.

    Args:
        h: activations of any shape.
        p_drop: 0 ≤ p_drop < 1.
        training: without it, `h` is returned as it is.

    Returns:
        A tensor of the shape of `h`, with a mask drawn anew on each call.
    """
    # BEGIN SOLUTION: 2f
    if not training:
        return h
    gamma = 1 / (1 - p_drop)  # eq-dropout-gamma ()
    d = (torch.rand_like(h) >= p_drop).to(h.dtype)
    return gamma * d * h  # eq-dropout, as h
    # END SOLUTION
