# softmax.py: works on the transpose; the loss uses where, and Python's sum over a generator.
# Loses: nothing
import torch


def softmax(x):
    """x: (n, c) scores"""
    columns = x.T
    columns = columns - columns.max(0).values
    e = torch.exp(columns)
    return (e / e.sum(0)).T


def cross_entropy_loss(y, yhat):
    logs = torch.where(y == 1, torch.log(yhat), torch.zeros_like(yhat))
    return -sum(row.sum() for row in logs)
