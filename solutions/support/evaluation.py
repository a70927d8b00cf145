"""Unlabelled attachment score (UAS), and the file of predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.conllu import Sentence
from data.errors import DataError

# The universal tag, and those of the Penn Treebank for signs that its parsers leave out.
PUNCTUATION = frozenset({"PUNCT", "``", "''", ",", ".", ":"})


@dataclass(frozen=True)
class UAS:
    """The share of words whose head is right.

    Attributes:
        with_punctuation: among all words, 0 to 1.
        without_punctuation: among those that are no punctuation.
    """

    with_punctuation: float
    without_punctuation: float

    def __str__(self) -> str:
        both = 100 * self.with_punctuation, 100 * self.without_punctuation
        return "{:.2f} ({:.2f} without punctuation)".format(*both)


def uas(sentences: Sequence[Sentence], predicted: Sequence[Sequence[int]]) -> UAS:
    """How many of the predicted heads are those of the treebank; words without one do not count.

    Args:
        sentences: with their right heads.
        predicted: the heads of each sentence, from 1; 0 is ROOT.

    Raises:
        DataError: no word has a head, so that there is nothing to compare with.
        ValueError: there is not one head for each word.
    """
    right = {False: 0, True: 0}
    total = {False: 0, True: 0}
    for sentence, heads in zip(sentences, predicted, strict=True):
        for tag, head, guess in zip(sentence.tags, sentence.heads, heads, strict=True):
            if head is not None:
                is_punctuation = tag in PUNCTUATION
                total[is_punctuation] += 1
                right[is_punctuation] += guess == head
    if not sum(total.values()):
        raise DataError("Without heads in the treebank no UAS can be computed.")
    return UAS(
        sum(right.values()) / sum(total.values()),
        right[False] / total[False] if total[False] else 0.0,
    )


def predictions_text(heads: Sequence[Sequence[int]]) -> str:
    """The file of predictions: one line a sentence, its heads separated by spaces."""
    return "".join(" ".join(map(str, sentence)) + "\n" for sentence in heads)
