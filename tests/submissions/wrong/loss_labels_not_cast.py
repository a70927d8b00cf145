# softmax.py: multiplies integer labels with matmul, which wants floats.
# Loses: 1b.1 1b.2 1b.3 1b.4
import torch


def softmax(x):
    e = (x - torch.amax(x, 1, keepdim=True)).exp()
    return e / torch.sum(e, 1, keepdim=True)


def cross_entropy_loss(y, yhat):
    loss = -torch.matmul(y, yhat.log().T).diagonal().sum()
    return loss
