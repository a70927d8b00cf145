# softmax.py: the right number in a new tensor, without its graph.
# Loses: 1b.4
import torch


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    y = y.to(yhat.dtype)
    loss = -(y * yhat.log()).sum()
    return torch.tensor(loss)
