# softmax.py: the largest score of the batch is subtracted from every row.
# Loses: 1a.2
import torch


def softmax(x):
    z = x - x.max()
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
