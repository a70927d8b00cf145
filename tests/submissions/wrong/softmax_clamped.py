# softmax.py: scores are clamped instead of shifted.
# Loses: 1a.2
import torch


def softmax(x):
    e = torch.exp(torch.clamp(x, -80, 80))
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
