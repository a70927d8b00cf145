"""Sentences, derivations, and a model that chooses transitions, for parts 2c and 2d."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st

from autograder.checks import Answers, Failure, Remote
from autograder.describe import describe, describe_type
from solutions.parser_transitions import Dependency, PartialParse, Transition

WORDS = (
    "the", "parser", "reads", "a", "long", "sentence", "and", "finds", "its", "head",
    "before", "noon", "while", "others", "wait", "in", "line", "for", "more", "words",
)  # fmt: skip


@dataclass(frozen=True)
class Derivation:
    """A sentence and a sequence of legal transitions that parses all of it."""

    words: list[str]
    transitions: list[Transition]


def distinct_sentences(min_words: int = 1, max_words: int = 6) -> st.SearchStrategy[list[str]]:
    """Sentences in which no word occurs twice."""
    return st.lists(st.sampled_from(WORDS), min_size=min_words, max_size=max_words, unique=True)


@st.composite
def derivations(draw: st.DrawFn, min_words: int = 1, max_words: int = 6) -> Derivation:
    """A complete derivation of a sentence without a repeated word."""
    words = draw(distinct_sentences(min_words, max_words))
    parse, transitions = PartialParse(words), list[Transition]()
    while not parse.finished:
        transition = draw(st.sampled_from(legal(parse.stack, parse.buffer)))
        parse.parse_step(transition)
        transitions.append(transition)
    return Derivation(words, transitions)


def legal(stack: Sequence[str], buffer: Sequence[str]) -> list[Transition]:
    """The transitions that a state allows; ROOT is nobody's dependent and leaves last."""
    transitions: list[Transition] = []
    if buffer:
        transitions.append("S")
    if len(stack) > 2:
        transitions.append("LA")
    if len(stack) > 2 or (len(stack) == 2 and not buffer):
        transitions.append("RA")
    return transitions


def sentence(rng: torch.Generator, n_words: int) -> list[str]:
    """A sentence of that length without a repeated word."""
    return [WORDS[int(i)] for i in torch.randperm(len(WORDS), generator=rng)[:n_words]]


class Chooser:
    """A model whose choice depends on nothing but the state of a parse.

    So the right dependencies of a sentence are the same whatever the batches and their order.
    What it is asked is written down where the student's code cannot reach it.
    """

    def __init__(self, salt: int) -> None:
        """Another salt makes another model."""
        self._salt = salt
        self.batch_sizes: list[int] = []
        self.answers = Answers("predict", self.predict, observe=("stack", "buffer"))

    def choose(self, stack: Sequence[str], buffer: Sequence[str]) -> Transition:
        """A legal transition; a failure if the parse is finished or no state of a parse."""
        choices = legal(stack, buffer)
        if not choices:
            raise Failure(
                "model.predict was asked about a parse that is finished: its buffer is empty and "
                f"its stack is {describe(list(stack))}."
            )
        state = repr((self._salt, list(stack), list(buffer))).encode()
        return choices[hashlib.sha256(state).digest()[0] % len(choices)]

    def predict(self, partial_parses: Any) -> list[Transition]:
        """Answers the student's call."""
        if not isinstance(partial_parses, (list, tuple)):
            raise Failure(
                "model.predict should get a list of partial parses, not "
                f"{describe_type(partial_parses)}."
            )
        self.batch_sizes.append(len(partial_parses))
        states = [_state(parse) for parse in partial_parses]
        return [self.choose(stack, buffer) for stack, buffer in states]

    def dependencies(self, words: Sequence[str]) -> list[Dependency]:
        """What a right parser makes of a sentence with this model."""
        parse = PartialParse(words)
        while not parse.finished:
            parse.parse_step(self.choose(parse.stack, parse.buffer))
        return parse.dependencies


def _state(parse: object) -> tuple[list[str], list[str]]:
    if not isinstance(parse, Remote):
        raise Failure(f"model.predict should get partial parses, not {describe_type(parse)}.")
    stack, buffer = parse.seen.get("stack"), parse.seen.get("buffer")
    for name, value in (("stack", stack), ("buffer", buffer)):
        if not isinstance(value, (list, tuple)) or not all(isinstance(w, str) for w in value):
            raise Failure(f"A partial parse's {name} should be a list of words.")
    return list(stack or ()), list(buffer or ())


def step(stack: Any, buffer: Any, dependencies: Any, transition: Any) -> tuple[Any, Any, Any]:
    """The state after a transition, for a stand-in that takes the place of 2c."""
    parse = PartialParse(buffer)
    parse.stack, parse.dependencies = list(stack), list(dependencies)
    parse.parse_step(transition)
    return parse.stack, parse.buffer, parse.dependencies
