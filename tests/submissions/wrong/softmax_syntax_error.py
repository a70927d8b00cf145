# softmax.py: a bracket is missing, so nothing of the file can be used.
# Loses: 1a.1 1a.2 1a.3 1a.4 1b.1 1b.2 1b.3 1b.4
import torch


def softmax(x):
    z = x - x.max(dim=1, keepdim=True).values
    e = torch.exp(z
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
