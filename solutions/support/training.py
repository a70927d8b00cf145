"""Training by minibatches: shuffled, with Adam, reproducible from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .oracle import Examples


@dataclass(frozen=True)
class Settings:
    """How to train; as the assignment does, unless something else is said.

    Attributes:
        n_epochs: how often each example is seen.
        batch_size: how many examples a step is computed from.
        lr: the learning rate of Adam.
        seed: what shuffling, initial weights and dropout are drawn from.
    """

    n_epochs: int = 10
    batch_size: int = 2048
    lr: float = 1e-3
    seed: int = 0


OnBatch = Callable[[int, float], None]
"""Sees the number of each step, from 0, and the loss of its batch."""


def minibatches(n: int, batch_size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """The numbers below n in a new random order, in batches; the last may be smaller."""
    yield from torch.randperm(n, generator=generator).split(batch_size)


def n_steps(n: int, settings: Settings) -> int:
    """How many steps a training on n examples takes."""
    return settings.n_epochs * -(-n // settings.batch_size)


def train(
    model: nn.Module,
    examples: Examples,
    settings: Settings,
    on_batch: OnBatch = lambda step, loss: None,
    logits: Callable[[Tensor], Tensor] | None = None,
) -> list[float]:
    """Fit a network to what the oracle does.

    Args:
        model: maps int64 features `(n, 36)` to logits `(n, 3)`.
        examples: what to learn.
        settings: how.
        on_batch: told of each step.
        logits: computes the same as `model` faster, if something does.

    Returns:
        The mean loss of each epoch's batches.
    """
    logits = logits or model
    generator = torch.Generator().manual_seed(settings.seed)
    torch.manual_seed(settings.seed)  # what dropout draws from
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.lr, fused=True)
    model.train()
    losses: list[float] = []
    means: list[float] = []
    for _ in range(settings.n_epochs):
        start = len(losses)
        for batch in minibatches(len(examples), settings.batch_size, generator):
            loss = nn.functional.cross_entropy(
                logits(examples.features[batch]), examples.transitions[batch]
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            on_batch(len(losses) - 1, losses[-1])
        means.append(sum(losses[start:]) / (len(losses) - start))
    return means
