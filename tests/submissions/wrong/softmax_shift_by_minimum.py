# softmax.py: the minimum of a row is subtracted instead of its maximum.
# Loses: 1a.2
import torch


def softmax(x):
    z = x - x.min(dim=1, keepdim=True).values
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
