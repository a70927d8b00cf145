"""Measures the small treebank: `python -m data.small.statistics`, for its README."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from data.conllu import Sentence, read_treebank

Guess = Callable[[Sentence], Sequence[int]]
"""The heads of a sentence, guessed from everything else."""


def projective(heads: Sequence[int | None]) -> bool:
    """Whether no two arcs cross, the one from ROOT included."""
    arcs = [sorted((i, head)) for i, head in enumerate(heads, start=1) if head is not None]
    return not any(a < c < b < d for a, b in arcs for c, d in arcs)


def previous_word(sentence: Sentence) -> list[int]:
    """Every word hangs from the one before it."""
    return list(range(len(sentence.words)))


def next_word(sentence: Sentence) -> list[int]:
    """Every word hangs from the one after it, the last from ROOT."""
    return [*range(2, len(sentence.words) + 1), 0]


def usual_offset(train: Sequence[Sentence]) -> Guess:
    """Every word hangs where words of its tag, between those tags, most often hang in `train`.

    That is so many words to the left or right. Between tags that `train` does not have, the tag
    alone decides.
    """
    counts: dict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
    for sentence in train:
        for i, (head, context) in enumerate(zip(sentence.heads, contexts(sentence), strict=True)):
            if head is not None:
                offset = head - i - 1 if head else 0  # 0 stands for ROOT
                counts[context][offset] += 1
                counts[context[1:2]][offset] += 1

    def guess(sentence: Sentence) -> list[int]:
        heads = []
        for i, context in enumerate(contexts(sentence)):
            known = context if context in counts else context[1:2]
            offset = counts[known].most_common(1)[0][0] if known in counts else 0
            heads.append(i + 1 + offset if offset else 0)
        return heads

    return guess


def contexts(sentence: Sentence) -> list[tuple[str, str, str]]:
    """Each word's tag, between those of its neighbours."""
    tags = sentence.tags
    return list(zip(["", *tags], tags, [*tags[1:], ""], strict=False))


def uas(sentences: Sequence[Sentence], guess: Guess) -> float:
    """The percentage of words, marks included, whose head was guessed."""
    right = total = 0
    for sentence in sentences:
        pairs = list(zip(sentence.heads, guess(sentence), strict=True))
        right += sum(head == guessed for head, guessed in pairs)
        total += len(pairs)
    return 100 * right / total


def tables(splits: dict[str, list[Sentence]]) -> str:
    """What the README shows, in Markdown: what is in each split, and what guessing gives."""
    known = {word.lower() for sentence in splits["train"] for word in sentence.words}
    lines = [
        "| split | sentences | words | a sentence | types | not in train | not projective |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for split, sentences in splits.items():
        words = [word.lower() for sentence in sentences for word in sentence.words]
        lengths = [len(sentence.words) for sentence in sentences]
        crossing = sum(not projective(sentence.heads) for sentence in sentences)
        lines.append(
            f"| {split} | {len(sentences)} | {len(words):,} | {min(lengths)} to {max(lengths)}, "
            f"mean {len(words) / len(sentences):.1f} | {len(set(words)):,} | "
            f"{100 * sum(word not in known for word in words) / len(words):.1f} % | "
            f"{100 * crossing / len(sentences):.1f} % |"
        )
    lines += ["", "| every word hangs from | dev UAS | test UAS |", "| --- | --- | --- |"]
    guesses = {
        "the word before": previous_word,
        "the word after": next_word,
        "where its tag and its neighbours' tags usually put it": usual_offset(splits["train"]),
    }
    for name, guess in guesses.items():
        dev, test = (uas(splits[split], guess) for split in ("dev", "test"))
        lines.append(f"| {name} | {dev:.1f} | {test:.1f} |")
    return "\n".join(lines) + "\n"


def shipped() -> dict[str, list[Sentence]]:
    """The splits beside this file."""
    folder = Path(__file__).parent
    return {split: read_treebank(folder / f"{split}.conllu") for split in ("train", "dev", "test")}


if __name__ == "__main__":
    sys.stdout.write(tables(shipped()))
