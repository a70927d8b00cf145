"""Reads test_predictions.txt: the heads of the test sentences, one line a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.errors import Failure
from autograder.text import printable

SHOWN = 3
NOBODY = -1
_HEAD = re.compile(r"[0-9]{1,6}", re.ASCII)


def read_predictions(text: str, lengths: Sequence[int]) -> tuple[list[list[int]], str]:
    """The heads of each sentence, and sentences about lines that could not be used.

    In such a line no head is right; the others count all the same.

    Args:
        text: what was handed in.
        lengths: how many words each test sentence has.

    Raises:
        Failure: there is not one line for each sentence, so that none can be told from the next.
    """
    lines = text.rstrip().split("\n") if text.strip() else []
    if len(lines) != len(lengths):
        raise Failure(
            f"test_predictions.txt has {len(lines)} lines, and there are {len(lengths)} test "
            "sentences: write one line for each, in their order."
        )
    heads: list[list[int]] = []
    slips: list[str] = []
    for place, (line, length) in enumerate(zip(lines, lengths, strict=True), start=1):
        found, slip = _heads(line, length)
        heads.append(found)
        if slip:
            slips.append(f"line {place}: {slip}")
    if not slips:
        return heads, ""
    more = f"; and {len(slips) - SHOWN} more" if len(slips) > SHOWN else ""
    return heads, f" Lines that count as wrong: {'; '.join(slips[:SHOWN])}{more}."


def _heads(line: str, length: int) -> tuple[list[int], str]:
    """The heads of a line, and what is wrong with it."""
    nobody = [NOBODY] * length
    words = line.split()
    if len(words) != length:
        return nobody, f"{len(words)} heads for a sentence of {length} words"
    for word in words:
        if not _HEAD.fullmatch(word) or int(word) > length:
            shown = printable(word, 20)
            return nobody, f'"{shown}" is no head; heads are numbers from 0 (ROOT) to {length}'
    return [int(word) for word in words], ""
