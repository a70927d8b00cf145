# initialization.py: rand − 1/2 is half as wide.
# Loses: 2e.2
import math

import torch


def xavier_weight_init(shape):
    epsilon = math.sqrt(6) / math.sqrt(sum(shape))
    return (torch.rand(shape) - 0.5) * epsilon


def dropout(h, p_drop, training=True):
    if not training:
        return h
    mask = (torch.rand(h.shape) > p_drop).to(h.dtype)
    return h * mask / (1 - p_drop)
