"""Greedy parsing of many sentences in step, with whatever scores the transitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .corpus import Corpus, Ints
from .states import States

Scores = np.ndarray[Any, np.dtype[np.float32]]
Score = Callable[[Ints], Scores]
"""The rows of some states, `(n, 18)`, to the scores of their transitions, `(n, 3)`."""


def parse(corpus: Corpus, score: Score) -> Ints:
    """The row of each row's head: in each state the legal transition of the highest score."""
    states = States(corpus)
    while states.n:
        scores = np.where(states.legal(), score(states.rows()), -np.inf)
        states.step(scores.argmax(axis=1))
    return states.heads


def scorer(model: nn.Module, corpus: Corpus) -> Score:
    """The scores of a network that maps `(n, 36)` features to logits, without dropout."""
    model.eval()

    def score(rows: Ints) -> Scores:
        with torch.no_grad():
            logits: Tensor = model(torch.from_numpy(corpus.features(rows)))
        return logits.numpy()

    return score
