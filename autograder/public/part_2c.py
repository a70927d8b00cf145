"""Transitions."""

from __future__ import annotations

from typing import Any

from autograder.checks import number, weight
from autograder.public.example import expect_plain

WORDS = ["She", "reads", "books"]
STATE = ("stack", "buffer", "dependencies")
# Transition, then the stack, the buffer and the dependencies after it.
STEPS: tuple[tuple[str, list[str], list[str], list[tuple[str, str]]], ...] = (
    ("S", ["ROOT", "She"], ["reads", "books"], []),
    ("S", ["ROOT", "She", "reads"], ["books"], []),
    ("LA", ["ROOT", "reads"], ["books"], [("reads", "She")]),
    ("S", ["ROOT", "reads", "books"], [], [("reads", "She")]),
    ("RA", ["ROOT", "reads"], [], [("reads", "She"), ("reads", "books")]),
    ("RA", ["ROOT"], [], [("reads", "She"), ("reads", "books"), ("ROOT", "reads")]),
)


@number("2c.1")
@weight(0)
def test_start(student: Any) -> None:
    """A new parse of "She reads books" has ROOT on its stack and the words in its buffer."""
    parse = student.parser_transitions.PartialParse(WORDS)
    for name, expected in zip(STATE, (["ROOT"], WORDS, []), strict=True):
        expect_plain(getattr(parse, name), expected, name)


@number("2c.2")
@weight(0)
def test_steps(student: Any) -> None:
    """Its six transitions, one after another: S, S, LA, S, RA, RA."""
    parse = student.parser_transitions.PartialParse(WORDS)
    done: list[str] = []
    for move, *state in STEPS:
        parse.parse_step(move)
        done.append(move)
        for name, expected in zip(STATE, state, strict=True):
            expect_plain(getattr(parse, name), expected, f"{name} after {', '.join(done)}")


@number("2c.3")
@weight(0)
def test_parse(student: Any) -> None:
    """parse(…) of the six transitions returns three dependencies, and leaves the sentence alone."""
    words = student.put(WORDS)
    parse = student.parser_transitions.PartialParse(words)
    returned = parse.parse([transition for transition, *_ in STEPS])
    expect_plain(returned, STEPS[-1][3], "What parse returns")
    expect_plain(student.fetch(words), WORDS, "The caller's list after parsing")
