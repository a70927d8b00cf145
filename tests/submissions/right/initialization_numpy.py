# initialization.py: Xavier by numpy's generator, dropout by a mask of bools.
# Loses: nothing
import numpy as np
import torch


def xavier_weight_init(shape):
    epsilon = np.sqrt(6.0 / np.sum(shape))
    return torch.from_numpy(np.random.default_rng().uniform(-epsilon, epsilon, shape)).float()


def dropout(h, p_drop, training=True):
    if not training or p_drop == 0:
        return h
    mask = torch.rand(h.size()) < p_drop
    return h.masked_fill(mask, 0.0) / (1.0 - p_drop)
