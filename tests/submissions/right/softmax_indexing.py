# softmax.py: amax and unsqueeze; the loss picks the probability of the right class by index.
# Loses: nothing
import torch


def softmax(x):
    highest = x.amax(1).unsqueeze(1)
    e = (x - highest).exp()
    return e.div(e.sum(-1).unsqueeze(-1))


def cross_entropy_loss(y, yhat):
    rows = torch.arange(y.shape[0])
    classes = torch.argmax(y, dim=1)
    return torch.sum(-torch.log(yhat[rows, classes]))
