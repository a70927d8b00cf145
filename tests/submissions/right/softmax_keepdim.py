# softmax.py: the plain way, with keepdim, float labels and a tiny epsilon in the logarithm.
# Loses: nothing
import torch


def softmax(x):
    x = x - torch.max(x, dim=1, keepdim=True)[0]
    exps = torch.exp(x)
    return exps / torch.sum(exps, dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat + 1e-12))
