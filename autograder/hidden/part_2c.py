"""Transitions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import torch
from hypothesis import given

from autograder.checks import Failure, assert_equal, equal, number, weight
from autograder.describe import describe
from autograder.hidden.inputs import integer
from autograder.hidden.sentences import Derivation, derivation, distinct_sentences, sentence
from solutions.parser_transitions import PartialParse, Transition

STATE = ("stack", "buffer", "dependencies")


@number("2c.1")
@weight(0.5)
@given(words=distinct_sentences())
def test_start(student: Any, words: list[str]) -> None:
    """A new parse has ROOT on the stack, the sentence in the buffer and no dependencies."""
    parse = student.parser_transitions.PartialParse(words)
    right = PartialParse(words)
    for name, value in zip(STATE, student.observe(parse, *STATE), strict=True):
        assert_equal(value, getattr(right, name), f"{name} of a new parse of {describe(words)}")


@number("2c.2")
@weight(1)
@given(words=distinct_sentences())
def test_shift(student: Any, words: list[str]) -> None:
    """SHIFT moves the first word of the buffer to the end of the stack."""
    _check_steps(student, words, ["S"] * len(words), "S")


@number("2c.3")
@weight(1)
@given(words=distinct_sentences(min_words=2))
def test_left_arc(student: Any, words: list[str]) -> None:
    """LEFT-ARC makes the second item of the stack a dependent of the first and removes it."""
    _check_steps(student, words, ["S"] * len(words) + ["LA"] * (len(words) - 1), "LA")


@number("2c.4")
@weight(1)
@given(words=distinct_sentences(min_words=2))
def test_right_arc(student: Any, words: list[str]) -> None:
    """RIGHT-ARC makes the first item of the stack a dependent of the second and removes it."""
    _check_steps(student, words, ["S"] * len(words) + ["RA"] * len(words), "RA")
    _check_steps(student, words, ["S", "RA"] * len(words), "RA")


@number("2c.5")
@weight(1)
def test_parse(student: Any, rng: torch.Generator) -> None:
    """parse(transitions) applies them all, goes on from where it was, returns the dependencies."""
    for n_words in (2, 3, 5):
        _check_parse(student, derivation(rng, n_words), cut=0)
        _check_parse(student, derivation(rng, n_words), cut=integer(rng, 1, 2 * n_words - 2))


def _check_parse(student: Any, derivation: Derivation, cut: int) -> None:
    """All transitions at once, or cut in two."""
    # Judged against the student's own parse_step: a slip in an arc is another check's affair.
    transitions = derivation.transitions[:-1]
    start, stepped = _states(student, derivation.words, transitions)
    if equal(stepped, start):
        raise Failure("parse_step changes nothing, so that parse cannot do what it should.")
    student.restart({})
    parse = student.parser_transitions.PartialParse(derivation.words)
    if cut:
        parse.parse(transitions[:cut])
    returned = parse.parse(transitions[cut:])
    for name, value, own in zip(STATE, student.observe(parse, *STATE), stepped, strict=True):
        if not equal(value, own):
            raise Failure(
                f"After parse(…) {name} is {describe(value)}: parse_step, transition by "
                "transition, leads elsewhere."
            )
    if not equal(returned, stepped[2]):
        raise Failure(
            "parse should return all dependencies found since the parse began, not "
            f"{describe(returned)}."
        )


@number("2c.6")
@weight(0.5)
def test_sentence_is_left_alone(student: Any, rng: torch.Generator) -> None:
    """Parsing does not change the list of words that the caller passed."""
    for n_words in (2, 3, 5):
        case = derivation(rng, n_words)
        student.restart({})
        words = student.put(case.words)
        parse = student.parser_transitions.PartialParse(words)
        start = student.observe(parse, *STATE)
        parse.parse_step("S")
        if equal(student.observe(parse, *STATE), start):
            raise Failure("parse_step('S') changes nothing, so that nothing was parsed.")
        with suppress(Failure):  # whether it goes well is another check's affair
            parse.parse(case.transitions[1:-1])
        now = student.fetch(words)
        if not equal(now, case.words):
            raise Failure(
                f"After parsing, the caller's list {describe(case.words)} is {describe(now)}."
            )


@number("2c.7")
@weight(0.5)
def test_repeated_words(student: Any, rng: torch.Generator) -> None:
    """A word that occurs twice is removed where the arc says, not where it stands first."""
    a, b, c, d = sentence(rng, 4)
    cases: list[tuple[list[str], list[Transition]]] = [
        ([a, b, a, c], ["S", "S", "S", "S", "LA"]),
        ([a, b, a], ["S", "S", "S", "RA"]),
        ([a, a, b], ["S", "S", "S", "LA", "LA"]),
    ]
    for words, transitions in cases:
        # What the same transitions do to words that are all different, right or wrong.
        distinct = [a, b, c, d][: len(words)]
        start, own = _states(student, distinct, transitions)
        if equal(own, start):
            raise Failure("parse_step changes nothing.")
        _, state = _states(student, words, transitions)
        expected = _renamed(own, dict(zip(distinct, words, strict=True)))
        for name, value, right in zip(STATE, state, expected, strict=True):
            assert_equal(value, right, f"{name} of {describe(words)} after {transitions}")


@number("2c.8")
@weight(0.5)
def test_parses_are_independent(student: Any, rng: torch.Generator) -> None:
    """Two parses at the same time do not share their stack, buffer or dependencies."""
    for n_words in (2, 3, 5):
        first, second = derivation(rng, n_words), derivation(rng, 4)
        student.restart({})
        transitions = student.parser_transitions
        one = transitions.PartialParse(first.words)
        start = student.observe(one, *STATE)
        for transition in first.transitions[: len(first.words)]:
            one.parse_step(transition)
        before = student.observe(one, *STATE)
        if equal(before, start):
            raise Failure("parse_step changes nothing.")
        other = transitions.PartialParse(second.words)
        fresh = student.observe(other, *STATE)
        for transition in second.transitions[:-1]:
            other.parse_step(transition)
        after = student.observe(one, *STATE)
        if not equal(after, before):
            raise Failure("Parsing a second sentence changed the first one's parse.")
        again = transitions.PartialParse(second.words)
        if not equal(student.observe(again, *STATE), fresh):
            raise Failure("A new parse starts out differently once another parse has run.")


def _check_steps(
    student: Any, words: list[str], transitions: Sequence[str], judged: Transition
) -> None:
    """Each of the judged transitions does what it should to the student's own state before it."""
    parse = student.parser_transitions.PartialParse(words)
    done = 0
    for transition in transitions:
        before = student.observe(parse, *STATE)
        expected = _step(before, transition)
        if transition == judged and expected is None:
            continue  # an earlier mistake has made it illegal
        parse.parse_step(transition)
        if transition != judged:
            continue
        done += 1
        after = student.observe(parse, *STATE)
        for name, value, right in zip(STATE, after, expected or (), strict=True):
            if not equal(value, right):
                raise Failure(
                    f"After parse_step({judged!r}) on stack {describe(before[0])} and buffer "
                    f"{describe(before[1])}, {name} is {describe(value)}: {RULES[judged, name]}"
                )
    if not done:
        raise Failure(f"No state was reached in which {NAMES[judged]} is legal.")


NAMES = {"S": "SHIFT", "LA": "LEFT-ARC", "RA": "RIGHT-ARC"}
RULES = {
    ("S", "stack"): "SHIFT should add the first word of the buffer at the end.",
    ("S", "buffer"): "SHIFT should remove the first word.",
    ("S", "dependencies"): "SHIFT should leave them alone.",
    ("LA", "stack"): "LEFT-ARC should remove the second item from the end.",
    ("LA", "buffer"): "LEFT-ARC should leave it alone.",
    ("LA", "dependencies"): "LEFT-ARC should add (last item, second item from the end).",
    ("RA", "stack"): "RIGHT-ARC should remove the last item.",
    ("RA", "buffer"): "RIGHT-ARC should leave it alone.",
    ("RA", "dependencies"): "RIGHT-ARC should add (second item from the end, last item).",
}


def _step(state: Sequence[object], transition: str) -> tuple[Any, Any, Any] | None:
    """The state after a transition, by the definition; None where it is not legal."""
    if not all(isinstance(part, (list, tuple)) for part in state):
        return None
    stack, buffer, dependencies = (list(part) for part in state)  # type: ignore[call-overload]
    if transition == "S":
        return ([*stack, buffer[0]], buffer[1:], dependencies) if buffer else None
    if len(stack) < 2:
        return None
    *rest, second, first = stack
    if transition == "LA":
        return [*rest, first], buffer, [*dependencies, (first, second)]
    return [*rest, second], buffer, [*dependencies, (second, first)]


def _states(
    student: Any, words: list[str], transitions: Sequence[Transition]
) -> tuple[list[Any], list[Any]]:
    """What parse_step makes of a new parse, in a process of its own: before and after."""
    student.restart({})
    parse = student.parser_transitions.PartialParse(words)
    start = student.observe(parse, *STATE)
    for transition in transitions:
        parse.parse_step(transition)
    return start, student.observe(parse, *STATE)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """A state with other words."""
    if isinstance(value, (list, tuple)):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value
