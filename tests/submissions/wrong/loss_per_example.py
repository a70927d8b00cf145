# softmax.py: one loss for each example, not their sum.
# Loses: 1b.2 1b.3
import torch


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    y = y.to(yhat.dtype)
    loss = -(y * yhat.log()).sum(dim=1)
    return loss
