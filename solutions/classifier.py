"""Parts 1c, 1d and 1e: a linear classifier, J(W, b) = CE(y, softmax(x W + b))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .softmax import cross_entropy_loss, softmax

ArrayLike = Tensor | np.ndarray[Any, Any]


@dataclass(frozen=True)
class Config:
    """The shape of the problem and of the training."""

    n_samples: int = 1024
    n_features: int = 100
    n_classes: int = 5
    batch_size: int = 64
    n_epochs: int = 50
    lr: float = 1e-4


class SoftmaxModel(nn.Module):
    """A linear layer and softmax, trained by stochastic gradient descent."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        # BEGIN SOLUTION: 1d
        self.W = nn.Parameter(torch.zeros(config.n_features, config.n_classes))
        self.b = nn.Parameter(torch.zeros(config.n_classes))
        self.optimizer = torch.optim.SGD(self.parameters(), lr=config.lr)
        # END SOLUTION

    def input_specs(self) -> dict[str, tuple[tuple[int | None, ...], torch.dtype]]:
        """Name to shape and dtype of what a batch consists of; None is the batch's size."""
        # BEGIN SOLUTION: 1c
        return {
            "inputs": ((None, self.config.n_features), torch.float32),
            "labels": ((None, self.config.n_classes), torch.int32),
        }
        # END SOLUTION

    def create_feed(
        self, inputs_batch: ArrayLike, labels_batch: ArrayLike | None = None
    ) -> dict[str, Tensor]:
        """The batch as tensors that match the specs; without labels where none are given."""
        # BEGIN SOLUTION: 1c
        given = {"inputs": inputs_batch, "labels": labels_batch}
        return {
            name: torch.as_tensor(given[name], dtype=dtype)
            for name, (_, dtype) in self.input_specs().items()
            if given[name] is not None
        }
        # END SOLUTION

    def forward(self, inputs: Tensor) -> Tensor:
        """Probabilities ŷ = softmax(x W + b): `(n, n_features)` → `(n, n_classes)`."""
        # BEGIN SOLUTION: 1d
        return softmax(inputs @ self.W + self.b)  # eq-clf-yhat (n, n_classes)
        # END SOLUTION

    def loss(self, pred: Tensor, labels: Tensor) -> Tensor:
        """The cross-entropy of a batch, a 0-d tensor."""
        # BEGIN SOLUTION: 1d
        return cross_entropy_loss(labels, pred)
        # END SOLUTION

    def train_on_batch(self, inputs_batch: ArrayLike, labels_batch: ArrayLike) -> float:
        """The loss before one step of gradient descent on the batch."""
        # BEGIN SOLUTION: 1e
        feed = self.create_feed(inputs_batch, labels_batch)
        self.optimizer.zero_grad()
        loss = self.loss(self(feed["inputs"]), feed["labels"])
        loss.backward()  # eq-clf-grad-W, eq-clf-grad-b: of the parameters' shapes
        self.optimizer.step()  # eq-clf-step
        return loss.item()
        # END SOLUTION

    def fit(self, inputs: ArrayLike, labels: ArrayLike) -> list[float]:
        """The mean of the batches' losses, for each epoch."""
        # BEGIN SOLUTION: 1e
        return [
            float(np.mean([self.train_on_batch(x, y) for x, y in self._batches(inputs, labels)]))
            for _ in range(self.config.n_epochs)
        ]
        # END SOLUTION

    # BEGIN SOLUTION NO PROMPT
    def _batches(
        self, inputs: ArrayLike, labels: ArrayLike
    ) -> Iterator[tuple[ArrayLike, ArrayLike]]:
        """Shuffled batches; the last may be smaller."""
        order = torch.randperm(len(inputs))
        for start in range(0, len(inputs), self.config.batch_size):
            chosen = order[start : start + self.config.batch_size]
            yield inputs[chosen], labels[chosen]

    # END SOLUTION
