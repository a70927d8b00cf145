"""Drawings of the page on the network that parses."""

from __future__ import annotations

import html

import numpy as np

from data.conllu import Sentence
from docs.building.transitions import oracle
from docs.figures.trees import tree
from solutions.support.corpus import Corpus
from solutions.support.states import N_POSITIONS, TRANSITIONS, States
from solutions.support.vocabulary import Vocabulary

SENTENCE = "The shy gardener repaired this wooden pedal with new tools"
WORDS = tuple(SENTENCE.split())
TAGS = ("DET", "ADJ", "NOUN", "VERB", "DET", "ADJ", "NOUN", "ADP", "ADJ", "NOUN")
HEADS = (3, 3, 4, 0, 7, 7, 4, 10, 10, 4)
STEPS = 12

# The order of States.rows().
_CHILDREN = ("l1", "r1", "l2", "r2", "l1.l1", "r1.r1")
POSITIONS = (
    *("s3", "s2", "s1", "b1", "b2", "b3"),
    *(f"s1.{child}" for child in _CHILDREN),
    *(f"s2.{child}" for child in _CHILDREN),
)


def state() -> tuple[dict[int, int], dict[str, int]]:
    """The heads found after some steps, and the word of each position that has one.

    A word is its number in the sentence; 0 is ROOT.
    """
    sentence = Sentence(WORDS, TAGS, TAGS, HEADS, TAGS)
    corpus = Corpus.of([sentence], Vocabulary.of([sentence]))
    states = States(corpus)
    for transition in oracle(WORDS, HEADS)[:STEPS]:
        states.step(np.array([TRANSITIONS.index(transition)]))
    root = int(corpus.roots[0])
    words = range(root + 1, root + 1 + len(WORDS))
    heads = {row - root: int(states.heads[row]) - root for row in words if states.heads[row] > 0}
    rows = states.rows()[0].tolist()
    assert len(rows) == len(POSITIONS) == N_POSITIONS
    return heads, {name: row - root for name, row in zip(POSITIONS, rows, strict=True) if row}


def features() -> str:
    """A state, and below each word the positions that it fills."""
    heads, positions = state()
    notes = [
        [name for name, word in positions.items() if word == place]
        for place in range(len(WORDS) + 1)
    ]
    return tree(WORDS, [(head, word) for word, head in heads.items()], notes=notes)


def layers() -> str:
    """The network from the numbers of the features to the transition, with the shapes."""
    boxes = [
        ("36 numbers", "w", "look up L"),
        ("(1, 1800)", "x", "W, b₁, ReLU"),
        ("(1, 200)", "h", "U, b₂"),
        ("(1, 3)", "θ", "softmax"),
        ("(1, 3)", "ŷ", ""),
    ]
    width, gap, parts = 84, 92, []
    for place, (shape, name, next_step) in enumerate(boxes):
        x = 4 + place * (width + gap)
        middle = x + width / 2
        parts.append(
            f'<rect x="{x}" y="30" width="{width}" height="44" rx="5" fill="none" stroke="black"/>'
            + _text(middle, 57, name, 17)
            + _text(middle, 94, shape, 14)
        )
        if next_step:
            start, end = x + width + 4, x + width + gap - 4
            parts.append(
                f'<path d="M{start},52 H{end - 6}" stroke="black" fill="none"/>'
                f'<path d="M{end - 8},47 L{end},52 L{end - 8},57 Z" fill="black"/>'
                + _text((start + end) / 2, 40, next_step, 13)
            )
    right = 8 + len(boxes) * width + (len(boxes) - 1) * gap
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{0.75 * right:.0f}pt" height="78pt" '
        f'viewBox="0 0 {right} 104">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, size: int) -> str:
    return (
        f'<text x="{x:.0f}" y="{y}" text-anchor="middle" font-size="{size}" fill="black">'
        f"{html.escape(text)}</text>"
    )
