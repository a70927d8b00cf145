# softmax.py: returns a numpy array.
# Loses: 1a.1 1a.2 1a.3 1a.4
import numpy as np
import torch


def softmax(x):
    x = x.numpy()
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
