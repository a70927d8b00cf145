# softmax.py: computes in float32 and casts back, so float64 loses its precision.
# Loses: 1a.3
import torch


def softmax(x):
    dtype = x.dtype
    x = x.float()
    z = x - x.max(dim=1, keepdim=True).values
    e = torch.exp(z)
    return (e / e.sum(dim=1, keepdim=True)).to(dtype)


def cross_entropy_loss(y, yhat):
    return -torch.sum(y.float() * torch.log(yhat))
