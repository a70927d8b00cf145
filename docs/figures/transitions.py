"""Drawings of the page on the transition system."""

from __future__ import annotations

from docs.building.transitions import QUESTION, oracle
from docs.figures.trees import tree

PARCEL = ("A", "parcel", "came", "yesterday", "from", "Norway")
CROSSING = (2, 3, 0, 3, 6, 2)


def question() -> str:
    """The tree of part 2a."""
    return tree(QUESTION.split(), [(head, i) for i, head in enumerate((2, 0, 4, 2, 2), 1)])


def crossing() -> str:
    """A tree that no transitions lead to; the two arcs that cross have a colour."""
    try:
        oracle(PARCEL, CROSSING)
    except ValueError:
        arcs = [(head, i) for i, head in enumerate(CROSSING, 1)]
        return tree(PARCEL, arcs, marked={(0, 3), (2, 6)})
    raise AssertionError("this tree was to be one that cannot be reached")
