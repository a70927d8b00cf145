# softmax.py: subtracts in place, which a leaf of the graph does not allow.
# Loses: 1a.4
import torch


def softmax(x):
    x -= x.max(dim=1, keepdim=True).values
    e = torch.exp(x)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
