# softmax.py: adds the terms of the wrong classes, as for two classes.
# Loses: 1b.1 1b.2
import torch


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    y = y.to(yhat.dtype)
    loss = -(y * yhat.log() + (1 - y) * (1 - yhat).log()).sum()
    return loss
