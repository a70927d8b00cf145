# softmax.py: the mean of a row is subtracted instead of its maximum.
# Loses: 1a.2
import torch


def softmax(x):
    z = x - x.mean(dim=1, keepdim=True)
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
