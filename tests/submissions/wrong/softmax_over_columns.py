# softmax.py: each column sums to one, not each row.
# Loses: 1a.1 1a.2 1a.3 1a.4
import torch


def softmax(x):
    z = x - x.max(dim=0, keepdim=True).values
    e = torch.exp(z)
    return e / e.sum(dim=0, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
