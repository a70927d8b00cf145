import numpy as np
import torch


def xavier_weight_init(shape):
    bound = np.sqrt(6) / np.sqrt(np.sum(shape))
    return torch.FloatTensor(*shape).uniform_(-bound, bound)


def dropout(h, p_drop, training=True):
    return torch.dropout(h, p_drop, training)
