"""Part 2f without training. In training answers are random: the checks name those mistakes."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.misconceptions.registry import Gatherer

wrong = Gatherer("initialization")


@wrong("dropout")
def dropout_scales_afterwards(h: Tensor, p_drop: float, training: bool = True) -> Tensor:
    """Without training h is multiplied by 1 − p_drop; inverted dropout scales in training instead,
    and then leaves h as it is."""
    if not training:
        return (1 - p_drop) * h
    return (torch.rand_like(h) >= p_drop).to(h.dtype) * h


@wrong("dropout")
def dropout_scales_always(h: Tensor, p_drop: float, training: bool = True) -> Tensor:
    """Without training h is divided by 1 − p_drop, although nothing is dropped then."""
    if training:
        h = (torch.rand_like(h) >= p_drop).to(h.dtype) * h
    return h / (1 - p_drop)
