# initialization.py: normal numbers of the right variance.
# Loses: 2e.3
import math

import torch


def xavier_weight_init(shape):
    std = math.sqrt(2 / sum(shape))
    return torch.randn(shape) * std


def dropout(h, p_drop, training=True):
    if not training:
        return h
    mask = (torch.rand(h.shape) > p_drop).to(h.dtype)
    return h * mask / (1 - p_drop)
