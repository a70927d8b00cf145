# softmax.py: returns the logarithm of softmax.
# Loses: 1a.1 1a.2 1a.3 1a.4
import torch


def softmax(x):
    z = x - x.max(dim=1, keepdim=True).values
    return z - torch.log(torch.exp(z).sum(dim=1, keepdim=True))


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
