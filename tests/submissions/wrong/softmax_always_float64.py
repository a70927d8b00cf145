# softmax.py: returns float64 for float32 scores.
# Loses: 1a.3
import torch


def softmax(x):
    x = x.double()
    z = x - x.max(dim=1, keepdim=True).values
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
