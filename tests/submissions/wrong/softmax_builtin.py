# softmax.py: calls torch's own.
# Loses: 1a.1 1a.2 1a.3 1a.4
import torch


def softmax(x):
    return torch.nn.functional.softmax(x, dim=1)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
