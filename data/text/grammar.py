"""Writes `harbour.txt`: 700 sentences of a small grammar, each drawn by chance.

`python -m data.text.grammar` writes the file anew, to the letter as it is. What a model can learn
from it goes beyond pairs of words: the verb agrees with its subject across whatever stands between
them, and it depends on the hour of the first word what boats do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TypeVar

from data.text import TEXT

T = TypeVar("T")

SENTENCES = 700
SEED = 2017

# (singular, plural)
PEOPLE = (("sailor", "sailors"), ("fisher", "fishers"), ("pilot", "pilots"), ("child", "children"))
BOATS = (("boat", "boats"), ("ferry", "ferries"), ("barge", "barges"))
THINGS = (("net", "nets"), ("rope", "ropes"), ("lamp", "lamps"), ("crate", "crates"))
VERBS = {
    "people": (("mends", "mend"), ("carries", "carry"), ("counts", "count"), ("hides", "hide")),
    "morning": (("leaves", "leave"), ("crosses", "cross")),
    "evening": (("reaches", "reach"), ("enters", "enter")),
    "seeing": (("sees", "see"), ("knows", "know"), ("follows", "follow")),
}
MORNING = (("at", "dawn"), ("before", "noon"), ("in", "the", "morning"))
EVENING = (("at", "dusk"), ("after", "sunset"), ("in", "the", "evening"))
PLACES = (("on", "the", "quay"), ("near", "the", "tower"), ("behind", "the", "market"))
WATERS = ("harbour", "bay", "river")
ADJECTIVES = ("old", "small", "red", "quiet", "wet")


class Grammar:
    """Draws sentences. Every choice takes one number of the generator, for good and all."""

    def __init__(self, seed: int) -> None:
        self._numbers = random.Random(seed)  # noqa: S311 - a text, not a key

    def sentence(self) -> list[str]:
        """One of two kinds: of boats and the hour, or of people and what they do."""
        return [*(self._boats() if self._chance(0.4) else self._people()), "."]

    def _boats(self) -> Iterator[str]:
        morning = self._chance(0.5)
        yield from self._one(MORNING if morning else EVENING)
        number = self._number()
        yield from self._noun(BOATS, number)
        if self._chance(0.35):
            yield from self._relative(number)
        verbs = VERBS["morning" if morning else "evening"]
        yield self._one(verbs)[number]
        yield from ("the", self._one(WATERS))

    def _people(self) -> Iterator[str]:
        number = self._number()
        yield from self._noun(PEOPLE, number)
        if self._chance(0.3):
            yield from self._relative(number)
        elif self._chance(0.3):
            yield from self._one(PLACES)
        yield self._one(VERBS["people"])[number]
        yield from self._noun(THINGS, self._number())
        if self._chance(0.3):
            yield from self._one((*MORNING, *EVENING))

    def _relative(self, number: int) -> Iterator[str]:
        yield "that"
        if self._chance(0.5):
            yield self._one(VERBS["seeing"])[number]
            yield from self._noun((*PEOPLE, *BOATS), self._number())
        else:
            other = self._number()
            yield from self._noun(PEOPLE, other)
            yield self._one(VERBS["seeing"])[other]

    def _noun(self, nouns: tuple[tuple[str, str], ...], number: int) -> Iterator[str]:
        if number == 0:
            yield "the" if self._chance(0.6) else "a"
        else:
            yield "the" if self._chance(0.6) else self._one(("two", "three", "many"))
        if self._chance(0.35):
            yield self._one(ADJECTIVES)
        yield self._one(nouns)[number]

    def _number(self) -> int:
        return int(self._chance(0.5))

    def _chance(self, probability: float) -> bool:
        return self._numbers.random() < probability

    def _one(self, choices: tuple[T, ...]) -> T:
        return choices[int(self._numbers.random() * len(choices))]


def text() -> str:
    """The whole text, a sentence a line."""
    grammar = Grammar(SEED)
    return "".join(" ".join(grammar.sentence()) + "\n" for _ in range(SENTENCES))


if __name__ == "__main__":
    TEXT.write_text(text(), encoding="utf-8")
