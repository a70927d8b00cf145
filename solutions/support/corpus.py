"""Sentences as flat arrays, so that many are worked on at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.conllu import Sentence

from .vocabulary import NULL, ROOT, UNKNOWN, Vocabulary

Ints = np.ndarray[Any, np.dtype[np.int64]]
MISSING = -1


@dataclass(frozen=True)
class Corpus:
    """Some sentences: row 0 for no word, then for each sentence a row for ROOT and one a word.

    The sentences come from the longest to the shortest. A parse of n words takes 2n steps, so of
    many that are parsed in step, those that are not finished are always the first ones.

    Attributes:
        kinds: what is known of each row: the number of its word, of its part of speech and, if
            the vocabulary has fine tags, of its fine tag.
        heads: the row of each row's head; MISSING for ROOT, and where it is not given.
        roots: the row of each sentence's ROOT.
        lengths: how many words each sentence has, in falling order.
        order: the place of each sentence in the list that it came from.
    """

    kinds: tuple[Ints, ...]
    heads: Ints
    roots: Ints
    lengths: Ints
    order: Ints

    @classmethod
    def of(cls, sentences: Sequence[Sentence], vocabulary: Vocabulary) -> Corpus:
        """Sentences with the numbers that a vocabulary gives to their words and tags."""
        lengths = np.array([len(sentence.words) for sentence in sentences], dtype=np.int64)
        order = np.argsort(-lengths, kind="stable")
        lengths = lengths[order]
        in_order = [sentences[place] for place in order]
        roots = 1 + np.concatenate(([0], np.cumsum(lengths[:-1] + 1))).astype(np.int64)
        kinds = [
            _column(vocabulary.words, [map(str.lower, s.words) for s in in_order]),
            _column(vocabulary.tags, [s.tags for s in in_order]),
        ]
        if vocabulary.fine_tags:
            kinds.append(_column(vocabulary.fine_tags, [s.fine_tags for s in in_order]))
        heads = [MISSING]
        for sentence, root in zip(in_order, roots.tolist(), strict=False):  # no sentences: one root
            heads.append(MISSING)
            heads.extend(MISSING if head is None else root + head for head in sentence.heads)
        return cls(
            kinds=tuple(kinds),
            heads=np.array(heads, dtype=np.int64),
            roots=roots[: len(lengths)],
            lengths=lengths,
            order=order,
        )

    def features(self, rows: Ints) -> Ints:
        """What a network reads: `(n, 18)` rows to `(n, 36)` numbers, the words, then their tags.

        With fine tags, which come last, there are 54.
        """
        return np.concatenate([kind[rows] for kind in self.kinds], axis=1)

    def numbered(self, heads: Ints) -> list[list[int]]:
        """Heads as treebanks have them (0 is ROOT), sentence by sentence in the first order."""
        lists: list[list[int]] = [[] for _ in self.order]
        for place, root, length in zip(self.order, self.roots, self.lengths, strict=True):
            lists[place] = (heads[root + 1 : root + 1 + length] - root).tolist()
        return lists


def _column(numbers: dict[str, int], sentences: Sequence[Iterable[str]]) -> Ints:
    """The number of each row's name: none for row 0, then ROOT and the names of each sentence."""
    null, unknown, root = numbers[NULL], numbers[UNKNOWN], numbers[ROOT]
    column = [null]
    for names in sentences:
        column.append(root)
        column.extend(numbers.get(name, unknown) for name in names)
    return np.array(column, dtype=np.int64)
