# softmax.py: the sum is detached: the values are right, the gradient is not.
# Loses: 1a.4
import torch


def softmax(x):
    z = x - x.max(dim=1, keepdim=True).values
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True).detach()


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
