"""Part 1, a and b."""

import torch


def softmax(x):
    """Softmax of each row of x."""
    e = torch.exp(x)
    return e / torch.sum(e, dim=1, keepdim=True)


def cross_entropy_loss(y, yhat):
    """Cross-entropy of a batch of one-hot labels and predictions."""
    y = y.float()
    return torch.mean(-torch.sum(y * torch.log(yhat), dim=1))


if __name__ == "__main__":
    print(softmax(torch.tensor([[1.0, 2.0], [3.0, 4.0]])))
