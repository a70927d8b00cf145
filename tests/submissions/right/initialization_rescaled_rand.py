# initialization.py: rand, moved and stretched; nn.init.uniform_ would do as well.
# Loses: nothing
import torch


def xavier_weight_init(shape):
    eps = torch.sqrt(torch.tensor(6.0)) / torch.sqrt(torch.tensor(shape, dtype=torch.float).sum())
    return 2 * eps * torch.rand(*shape) - eps


def dropout(h, p_drop, training=True):
    if training:
        d = torch.rand(*h.shape) >= p_drop
        return torch.where(d, h / (1 - p_drop), torch.zeros_like(h))
    return h.clone()
