# softmax.py: goes through numpy, where gradients end.
# Loses: 1a.4
import numpy as np
import torch


def softmax(x):
    x = x.detach().numpy()
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return torch.from_numpy(e / np.sum(e, axis=1, keepdims=True))


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
