# softmax.py: adds 0.01 before taking the logarithm.
# Loses: 1b.1 1b.2
import torch


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    y = y.to(yhat.dtype)
    loss = -(y * (yhat + 0.01).log()).sum()
    return loss
