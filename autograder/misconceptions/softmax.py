"""Parts 1a and 1b."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.misconceptions.registry import Gatherer

wrong = Gatherer("softmax")


@wrong("softmax")
def softmax_without_shift(x: Tensor) -> Tensor:
    """exp overflows for large scores, and vanishes for very negative ones: subtract the largest
    score of each row first, which changes nothing in the result."""
    e = torch.exp(x)
    return e / e.sum(dim=1, keepdim=True)


@wrong("softmax")
def softmax_over_everything(x: Tensor) -> Tensor:
    """The exponentials are divided by the sum over the whole batch, not over their own row."""
    e = torch.exp(x - x.max())
    return e / e.sum()


@wrong("softmax")
def softmax_over_columns(x: Tensor) -> Tensor:
    """The sum runs down the columns (dimension 0); each row is one example, so it should run
    along the row (dimension 1)."""
    e = torch.exp(x - x.max(dim=0, keepdim=True).values)
    return e / e.sum(dim=0, keepdim=True)


@wrong("softmax")
def softmax_logarithm(x: Tensor) -> Tensor:
    """This is the logarithm of softmax."""
    shifted = x - x.max(dim=1, keepdim=True).values
    return shifted - torch.exp(shifted).sum(dim=1, keepdim=True).log()


@wrong("softmax")
def softmax_not_normalized(x: Tensor) -> Tensor:
    """The exponentials are not divided by their sum."""
    return torch.exp(x - x.max(dim=1, keepdim=True).values)


@wrong("cross_entropy_loss")
def loss_averaged_over_batch(y: Tensor, yhat: Tensor) -> Tensor:
    """The losses of the examples are averaged; the assignment asks for their sum."""
    return -(y.to(yhat.dtype) * torch.log(yhat)).sum(dim=1).mean()


@wrong("cross_entropy_loss")
def loss_averaged_over_entries(y: Tensor, yhat: Tensor) -> Tensor:
    """The mean runs over all entries, those of the wrong classes included; the assignment asks
    for the sum."""
    return -(y.to(yhat.dtype) * torch.log(yhat)).mean()


@wrong("cross_entropy_loss")
def loss_without_minus(y: Tensor, yhat: Tensor) -> Tensor:
    """The minus sign is missing: log ŷ is negative, and a loss should be positive."""
    return (y.to(yhat.dtype) * torch.log(yhat)).sum()


@wrong("cross_entropy_loss")
def loss_roles_exchanged(y: Tensor, yhat: Tensor) -> Tensor:
    """y and ŷ have changed places: the logarithm belongs to the prediction ŷ."""
    return -(yhat * torch.log(y.to(yhat.dtype))).sum()


@wrong("cross_entropy_loss")
def loss_without_logarithm(y: Tensor, yhat: Tensor) -> Tensor:
    """The logarithm is missing."""
    return -(y.to(yhat.dtype) * yhat).sum()
