# initialization.py: torch's own Xavier initialisation.
# Loses: 2e.1 2e.2 2e.3 2e.4 2e.5
import math

import torch


def xavier_weight_init(shape):
    return torch.nn.init.xavier_uniform_(torch.empty(shape))


def dropout(h, p_drop, training=True):
    if not training:
        return h
    mask = (torch.rand(h.shape) > p_drop).to(h.dtype)
    return h * mask / (1 - p_drop)
