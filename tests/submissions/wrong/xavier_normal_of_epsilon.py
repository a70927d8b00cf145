# initialization.py: normal numbers with ε as their standard deviation.
# Loses: 2e.2 2e.3
import math

import torch


def xavier_weight_init(shape):
    epsilon = math.sqrt(6) / math.sqrt(sum(shape))
    return epsilon * torch.randn(shape)


def dropout(h, p_drop, training=True):
    if not training:
        return h
    mask = (torch.rand(h.shape) > p_drop).to(h.dtype)
    return h * mask / (1 - p_drop)
