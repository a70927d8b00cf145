"""The grader's own training loop, beside the student's model: what it learns is judged elsewhere.

Adam is written out: torch's own imports half of torch the first time that it is used.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def fit(
    model: Any, features: Tensor, labels: Tensor, n_epochs: int, batch_size: int, lr: float
) -> list[float]:
    """Minimise the mean cross-entropy of `model(features)` by Adam; the losses of all batches.

    Args:
        model: maps integer features `(n, m)` to logits `(n, n_classes)`.
        features: int64 `(n, m)`, all of them.
        labels: int64 `(n,)`, the number of the right class.
        n_epochs: how often each example is seen, in a new order each time.
        batch_size: how many examples a step is computed from.
        lr: the learning rate.
    """
    model.train()
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    means = [torch.zeros_like(parameter) for parameter in parameters]
    squares = [torch.zeros_like(parameter) for parameter in parameters]
    losses: list[float] = []
    for _ in range(n_epochs):
        for batch in torch.randperm(len(labels)).split(batch_size):
            loss = torch.nn.functional.cross_entropy(model(features[batch]), labels[batch])
            for parameter in parameters:
                parameter.grad = None
            torch.autograd.backward(loss)
            losses.append(loss.item())
            step = len(losses)
            with torch.no_grad():
                for parameter, m, v in zip(parameters, means, squares, strict=True):
                    if parameter.grad is not None:
                        m.lerp_(parameter.grad, 1 - BETA1)
                        v.lerp_(parameter.grad**2, 1 - BETA2)
                        scale = (v / (1 - BETA2**step)).sqrt_().add_(EPSILON)
                        parameter.addcdiv_(m, scale, value=-lr / (1 - BETA1**step))
    return losses
