"""Many parses at once, in step: the arc-standard system on arrays, and the features of its states.

A state is a stack of rows of a `Corpus` (ROOT at the bottom), a buffer that is known by its first
row, and the arcs so far. A transition is a number, the place of its name in TRANSITIONS.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .corpus import MISSING, Corpus, Ints

TRANSITIONS = ("LA", "RA", "S")
LEFT_ARC, RIGHT_ARC, SHIFT = range(3)
N_POSITIONS = 18
"""How many words of a state are features; with their tags that is 36."""

Bools = np.ndarray[Any, np.dtype[np.bool_]]
# Free cells below each stack and row 0: what is read above or below a stack is row 0, no word.
_BELOW = 2


class States:
    """The states of all sentences of a corpus, of which only the unfinished are looked at.

    Attributes:
        n: how many are unfinished; they are the first n sentences of the corpus.
        heads: the row of each row's head, as far as it is known; MISSING where it is not.
    """

    def __init__(self, corpus: Corpus) -> None:
        n, n_rows = len(corpus.lengths), len(corpus.heads)
        height = _BELOW + 1 + int(corpus.lengths.max(initial=0))
        self.n = n
        self.heads = np.full(n_rows, MISSING, dtype=np.int64)
        self._lengths = corpus.lengths
        self._steps = 0
        # All stacks lie in one array, so that an index is a single number.
        self._cells = np.zeros(n * height, dtype=np.int64)
        self._bottom = np.arange(n) * height + _BELOW
        self._top = self._bottom.copy()
        self._cells[self._bottom] = corpus.roots
        self._front = corpus.roots + 1
        self._last = corpus.roots + corpus.lengths
        # The outermost and the second child on each side; row 0 where there is none.
        self._left1, self._left2, self._right1, self._right2 = (
            np.zeros(n_rows, dtype=np.int64) for _ in range(4)
        )

    @property
    def first(self) -> Ints:
        """The row on top of each unfinished stack, `(n,)`."""
        rows: Ints = self._cells[self._top[: self.n]]
        return rows

    @property
    def second(self) -> Ints:
        """The row below it; 0 where there is none."""
        rows: Ints = self._cells[self._top[: self.n] - 1]
        return rows

    def legal(self) -> Bools:
        """Which transitions each unfinished state allows, `(n, 3)` in the order of TRANSITIONS."""
        depth = (self._top - self._bottom)[: self.n]
        return np.stack((depth >= 2, depth >= 1, self._front[: self.n] <= self._last[: self.n]), 1)

    def rows(self) -> Ints:
        """The words that describe each unfinished state, `(n, 18)` rows; 0 where there is none.

        In this order: the third, second and first word of the stack; the first three of the
        buffer; then for the first word of the stack and then for the second its leftmost and
        rightmost child, second leftmost and second rightmost child, leftmost child of the
        leftmost, and rightmost child of the rightmost (Chen and Manning, 2014).
        """
        top, front, last = self._top[: self.n], self._front[: self.n], self._last[: self.n]
        left1, left2, right1, right2 = self._left1, self._left2, self._right1, self._right2
        rows = np.empty((self.n, N_POSITIONS), dtype=np.int64)
        for place in range(3):
            rows[:, 2 - place] = self._cells[top - place]
            ahead = front + place
            rows[:, 3 + place] = np.where(ahead <= last, ahead, 0)
        for place, head in ((6, rows[:, 2]), (12, rows[:, 1])):
            leftmost, rightmost = left1[head], right1[head]
            rows[:, place] = leftmost
            rows[:, place + 1] = rightmost
            rows[:, place + 2] = left2[head]
            rows[:, place + 3] = right2[head]
            rows[:, place + 4] = left1[leftmost]
            rows[:, place + 5] = right1[rightmost]
        return rows

    def step(self, transitions: Ints) -> None:
        """Apply one legal transition to each unfinished state.

        Args:
            transitions: `(n,)`, one for each.
        """
        first, second, top = self.first, self.second, self._top[: self.n]
        # What is found on the left of a head lies farther out than what was found before.
        at = np.flatnonzero(transitions == LEFT_ARC)
        head, dependent = first[at], second[at]
        self._left2[head] = self._left1[head]
        self._left1[head] = dependent
        self.heads[dependent] = head
        self._cells[top[at] - 1] = head
        at = np.flatnonzero(transitions == RIGHT_ARC)
        head, dependent = second[at], first[at]
        self._right2[head] = self._right1[head]
        self._right1[head] = dependent
        self.heads[dependent] = head
        shift = transitions == SHIFT
        top += 2 * shift - 1  # a view: SHIFT makes the stack grow by one, an arc shrink
        at = np.flatnonzero(shift)
        self._cells[top[at]] = self._front[at]
        self._front[: self.n] += shift
        self._steps += 1
        # Each word is shifted once and removed once: a sentence of k words is done in 2k steps.
        self.n = int(np.searchsorted(-self._lengths, -self._steps / 2, side="left"))
