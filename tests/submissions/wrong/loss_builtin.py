# softmax.py: calls torch's own on the logarithm.
# Loses: 1b.1 1b.2 1b.3 1b.4
import torch
import torch.nn.functional as F


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    loss = F.nll_loss(yhat.log(), y.argmax(1), reduction="sum")
    return loss
