# softmax.py: indexes with the labels as they come, which int32 cannot.
# Loses: 1b.3
import torch


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    assert y.dtype == torch.int64, "labels must be int64"
    loss = -(y * yhat.log()).sum()
    return loss
