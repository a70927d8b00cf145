# softmax.py: overflow is papered over with nan_to_num.
# Loses: 1a.2
import torch


def softmax(x):
    e = torch.exp(x)
    return torch.nan_to_num(e / e.sum(dim=1, keepdim=True))


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
