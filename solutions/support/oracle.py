"""The static oracle: what to do in each state on the way to a known tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from data.errors import DataError

from .corpus import MISSING, Corpus, Ints
from .states import LEFT_ARC, RIGHT_ARC, SHIFT, States


@dataclass(frozen=True)
class Examples:
    """What to learn from.

    Attributes:
        features: int64 `(n, 36)`, the states.
        transitions: int64 `(n,)`, what the oracle does in them.
        n_skipped: how many sentences were left out since no sequence of arc-standard transitions
            gives their tree: they are not projective.
    """

    features: Tensor
    transitions: Tensor
    n_skipped: int

    def __len__(self) -> int:
        return len(self.transitions)


def examples(corpus: Corpus) -> Examples:
    """Every state that the oracle meets, and its transition there.

    An arc is made as soon as it is right and, since its dependent leaves the stack with it, as
    the dependent has all its own dependents. Else the next word is shifted.

    Raises:
        DataError: a word has no head.
    """
    given = corpus.heads != MISSING
    given[0] = given[corpus.roots] = True
    if not given.all():
        raise DataError("There is nothing to learn from a treebank whose words have no heads.")
    states = States(corpus)
    awaited = np.bincount(corpus.heads[corpus.heads >= 0], minlength=len(corpus.heads))
    stuck = np.zeros(len(corpus.lengths), dtype=bool)
    met: list[tuple[Ints, Ints, Ints]] = []
    while states.n:
        first, second = states.first, states.second
        left, right, shift = states.legal().T
        left &= corpus.heads[second] == first
        right &= (corpus.heads[first] == second) & (awaited[first] == 0)
        # Where nothing is right whatever is legal goes on, and the sentence is not used.
        stuck[: states.n] |= ~(left | right | shift)
        choice = np.where(left, LEFT_ARC, np.where(right | ~shift, RIGHT_ARC, SHIFT))
        met.append((np.arange(states.n), states.rows(), choice))
        np.subtract.at(awaited, first[left], 1)
        np.subtract.at(awaited, second[right], 1)
        states.step(choice)
    if not met:
        raise DataError("There is nothing to learn from a treebank without sentences.")
    sentence, rows, choices = (np.concatenate(column) for column in zip(*met, strict=True))
    used = ~stuck[sentence]
    return Examples(
        torch.from_numpy(corpus.features(rows[used])),
        torch.from_numpy(choices[used]),
        n_skipped=int(stuck.sum()),
    )
