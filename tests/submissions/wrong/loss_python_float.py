# softmax.py: the right number as a Python float.
# Loses: 1b.3 1b.4
import torch


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    y = y.to(yhat.dtype)
    loss = -(y * yhat.log()).sum()
    return loss.item()
