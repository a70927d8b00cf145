# softmax.py: nothing is subtracted, so that large scores overflow.
# Loses: 1a.2
import torch


def softmax(x):
    e = torch.exp(x)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
