# initialization.py: h itself is changed.
# Loses: 2f.11
import math

import torch


def xavier_weight_init(shape):
    epsilon = math.sqrt(6) / math.sqrt(sum(shape))
    return torch.empty(shape).uniform_(-epsilon, epsilon)


def dropout(h, p_drop, training=True):
    if not training:
        return h
    mask = (torch.rand(h.shape) > p_drop).to(h.dtype)
    h *= mask / (1 - p_drop)
    return h
