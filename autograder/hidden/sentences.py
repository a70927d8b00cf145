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
from autograder.hidden.inputs import integer
from solutions.parser_transitions import Dependency, IllegalTransition, PartialParse, Transition

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


def derivation(rng: torch.Generator, n_words: int) -> Derivation:
    """A complete derivation of a sentence without a repeated word."""
    words = sentence(rng, n_words)
    parse, transitions = PartialParse(words), list[Transition]()
    while not parse.finished:
        choices = legal(parse.stack, parse.buffer)
        transitions.append(choices[integer(rng, 0, len(choices) - 1)])
        parse.parse_step(transitions[-1])
    return Derivation(words, transitions)


def legal(stack: Sequence[str], buffer: Sequence[str], *, early: bool = False) -> list[Transition]:
    """The transitions that a state allows; ROOT is nobody's dependent.

    Unless it may come `early`, ROOT's arc comes last, when the buffer is empty.
    """
    transitions: list[Transition] = []
    if buffer:
        transitions.append("S")
    if len(stack) > 2:
        transitions.append("LA")
    if len(stack) > 2 or (len(stack) == 2 and (early or not buffer)):
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

    def __init__(
        self, rng: torch.Generator, sentences: Sequence[Sequence[str]], *, early: bool = False
    ) -> None:
        """Another model each time; different sentences of a length get different transitions."""
        self._early = early
        self.batch_sizes: list[int] = []
        self.finished: list[str] | None = None
        """The stack of a finished parse that the model was asked about, if it ever was."""
        self.under_way = 0
        """How often it was asked about a parse that is no longer at its start."""
        self._asked = 0
        self._needed = sum(2 * len(words) for words in sentences)
        self.answers = Answers(
            "predict",
            self.predict,
            observe=("stack", "buffer"),
            locally=lambda parses: [self.choose(parse.stack, parse.buffer) for parse in parses],
        )
        distinct = {tuple(words) for words in sentences if len(words) > 1}
        for _ in range(100):
            self._salt = integer(rng, 0, 2**40)
            if len({tuple(self._derive(words)[0]) for words in distinct}) == len(distinct):
                break

    def choose(self, stack: Sequence[str], buffer: Sequence[str]) -> Transition:
        """A legal transition, or SHIFT where the parse is finished."""
        choices = legal(stack, buffer, early=self._early) or ["S"]
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
        self._asked += max(1, len(partial_parses))
        if self._asked > 3 * self._needed + 20:
            raise Failure(
                f"model.predict was asked for {self._asked} transitions, where {self._needed} are "
                f"enough: the loop does not seem to end.{self.told}"
            )
        states = [_state(parse) for parse in partial_parses]
        for stack, buffer in states:
            self.under_way += len(stack) > 1
            if not buffer and len(stack) < 2:
                self.finished = stack
        return [self.choose(stack, buffer) for stack, buffer in states]

    @property
    def told(self) -> str:
        """What to say of a finished parse, after another sentence; empty if there was none."""
        if self.finished is None:
            return ""
        return (
            " model.predict was asked about a parse that is finished: its buffer is empty and its "
            f"stack is {describe(self.finished)}."
        )

    def dependencies(self, words: Sequence[str]) -> list[Dependency]:
        """What a right parser makes of a sentence with this model."""
        return self._derive(words)[1]

    def _derive(self, words: Sequence[str]) -> tuple[list[Transition], list[Dependency]]:
        parse, transitions = PartialParse(words), list[Transition]()
        while not parse.finished:
            transitions.append(self.choose(parse.stack, parse.buffer))
            parse.parse_step(transitions[-1])
        return transitions, parse.dependencies


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
    try:
        parse.parse_step(transition)
    except IllegalTransition as error:
        raise Failure(
            f"parse_step({describe(transition)}) was called where that is not legal: {error}."
        ) from None
    return parse.stack, parse.buffer, parse.dependencies
