# softmax.py: the whole table sums to one, not each row.
# Loses: 1a.1 1a.2 1a.3 1a.4
import torch


def softmax(x):
    z = x - x.max(dim=1, keepdim=True).values
    e = torch.exp(z)
    return e / e.sum()


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
