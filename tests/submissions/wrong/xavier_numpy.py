# initialization.py: an array of numpy, not a tensor.
# Loses: 2e.1
import math

import numpy as np
import torch


def xavier_weight_init(shape):
    epsilon = math.sqrt(6) / math.sqrt(sum(shape))
    return np.random.uniform(-epsilon, epsilon, shape).astype(np.float32)


def dropout(h, p_drop, training=True):
    if not training:
        return h
    mask = (torch.rand(h.shape) > p_drop).to(h.dtype)
    return h * mask / (1 - p_drop)
