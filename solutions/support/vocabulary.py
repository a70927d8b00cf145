"""Words and parts of speech as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from data.conllu import Sentence

NULL, UNKNOWN, ROOT = "<null>", "<unknown>", "<root>"
"""No word there; a word that is not in the vocabulary; the root of the tree."""

# A word that was seen once says little of itself; together such words teach what an unknown one
# is like.
MIN_COUNT = 2


@dataclass(frozen=True)
class Vocabulary:
    """Numbers for words and tags, which share one table of embeddings.

    Attributes:
        words: lower-cased word to number, NULL, UNKNOWN and ROOT included; NULL is 0.
        tags: part of speech to number, with a NULL, UNKNOWN and ROOT of its own; they follow
            the words.
        fine_tags: as `tags`, the treebank's own; empty where they are not used.
    """

    words: dict[str, int]
    tags: dict[str, int]
    fine_tags: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, sentences: Sequence[Sentence], min_count: int = MIN_COUNT, *, fine_tags: bool = False
    ) -> Vocabulary:
        """The words that occur `min_count` times or more, and all tags, of some sentences."""
        counts = Counter(word.lower() for sentence in sentences for word in sentence.words)
        kinds = [
            [word for word, times in counts.items() if times >= min_count],
            sorted({tag for sentence in sentences for tag in sentence.tags}),
        ]
        if fine_tags:
            kinds.append(sorted({tag for sentence in sentences for tag in sentence.fine_tags}))
        numbers = count()
        return cls(
            *(dict(zip([NULL, UNKNOWN, ROOT, *names], numbers, strict=False)) for names in kinds)
        )

    def __len__(self) -> int:
        return len(self.words) + len(self.tags) + len(self.fine_tags)

    def word(self, word: str) -> int:
        """The number of a word, in whatever case."""
        return self.words.get(word.lower(), self.words[UNKNOWN])

    def tag(self, tag: str) -> int:
        """The number of a part of speech."""
        return self.tags.get(tag, self.tags[UNKNOWN])

    def embeddings(
        self, dimension: int = 50, seed: int = 0, deviation: float = 0.5
    ) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Random embeddings to start from, float32 `(len(self), dimension)`.

        The deviation is about that of pretrained vectors. With a much smaller one the words are
        hardly told apart at first, and ten epochs are not enough to make up for it.
        """
        random = np.random.default_rng(seed)
        table = random.normal(scale=deviation, size=(len(self), dimension))
        return table.astype(np.float32)
