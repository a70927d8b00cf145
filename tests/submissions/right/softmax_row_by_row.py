# softmax.py: loops over rows; the loss takes the right entries with masked_select.
# Loses: nothing
import torch


def softmax_of_row(row):
    shifted = row - max(row.tolist())
    powers = torch.exp(shifted)
    return powers / powers.sum()


def softmax(x):
    return torch.stack([softmax_of_row(row) for row in x])


def cross_entropy_loss(y, yhat):
    right = torch.masked_select(yhat, y.bool())
    total = torch.zeros((), dtype=yhat.dtype)
    for p in right:
        total = total - torch.log(p)
    return total
