# softmax.py: the exponential of torch's log_softmax.
# Loses: 1a.1 1a.2 1a.3 1a.4
import torch


def softmax(x):
    return x.log_softmax(-1).exp()


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
