"""Transitions."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import Failure, assert_equal, equal, number, weight
from autograder.describe import describe
from autograder.hidden.sentences import Derivation, derivations, distinct_sentences
from solutions.parser_transitions import PartialParse, Transition

STATE = ("stack", "buffer", "dependencies")


@number("2c.1")
@weight(0.5)
@given(words=distinct_sentences())
def test_start(student: Any, words: list[str]) -> None:
    """A new parse has ROOT on the stack, the sentence in the buffer and no dependencies."""
    parse = student.parser_transitions.PartialParse(words)
    _compare_states(student, parse, PartialParse(words))


@number("2c.2")
@weight(1)
@given(words=distinct_sentences())
def test_shift(student: Any, words: list[str]) -> None:
    """SHIFT moves the first word of the buffer to the end of the stack."""
    parse, right = student.parser_transitions.PartialParse(words), PartialParse(words)
    for _ in words:
        parse.parse_step("S")
        right.parse_step("S")
        _compare_states(student, parse, right)


@number("2c.3")
@weight(1)
@given(words=distinct_sentences(min_words=2))
def test_left_arc(student: Any, words: list[str]) -> None:
    """LEFT-ARC makes the second item of the stack a dependent of the first and removes it."""
    _check_arcs(student, words, "LA")


@number("2c.4")
@weight(1)
@given(words=distinct_sentences(min_words=2))
def test_right_arc(student: Any, words: list[str]) -> None:
    """RIGHT-ARC makes the first item of the stack a dependent of the second and removes it."""
    _check_arcs(student, words, "RA")


@number("2c.5")
@weight(1)
@given(derivation=derivations(min_words=2), data=st.data())
def test_parse(student: Any, derivation: Derivation, data: st.DataObject) -> None:
    """parse(transitions) applies them all, goes on from where it was, returns the dependencies."""
    # Judged against the student's own parse_step: a slip in an arc is another check's affair.
    cut = data.draw(st.integers(1, len(derivation.transitions)))
    transitions = student.parser_transitions
    stepped = transitions.PartialParse(derivation.words)
    for transition in derivation.transitions:
        stepped.parse_step(transition)
    parse = transitions.PartialParse(derivation.words)
    if cut < len(derivation.transitions):
        parse.parse(derivation.transitions[:cut])
        returned = parse.parse(derivation.transitions[cut:])
    else:
        returned = parse.parse(derivation.transitions)
    if not isinstance(returned, (list, tuple)) or len(returned) != len(derivation.words):
        raise Failure(
            f"parse should return all {len(derivation.words)} dependencies found since the parse "
            f"began, not {describe(returned)}."
        )
    assert_equal(returned, stepped.dependencies, "What parse returned")
    assert_equal(parse.stack, stepped.stack, "stack after parse")
    assert_equal(parse.buffer, stepped.buffer, "buffer after parse")


@number("2c.6")
@weight(0.5)
@given(derivation=derivations(min_words=2))
def test_sentence_is_left_alone(student: Any, derivation: Derivation) -> None:
    """Parsing does not change the list of words that the caller passed."""
    transitions = student.parser_transitions
    words = student.put(derivation.words)
    transitions.PartialParse(words).parse(derivation.transitions)
    now = student.fetch(words)
    if not equal(now, derivation.words):
        raise Failure(
            f"After parsing, the caller's list {describe(derivation.words)} is {describe(now)}."
        )


@number("2c.7")
@weight(0.5)
@given(words=distinct_sentences(3, 3))
def test_repeated_words(student: Any, words: list[str]) -> None:
    """A word that occurs twice is removed where the arc says, not where it stands first."""
    first, second, third = words
    cases: list[tuple[list[str], Transition]] = [
        ([first, second, first, third], "LA"),
        ([first, second, first], "RA"),
    ]
    for sentence, arc in cases:
        parse, right = student.parser_transitions.PartialParse(sentence), PartialParse(sentence)
        transitions: list[Transition] = [*["S"] * len(sentence), arc]  # type: ignore[list-item]
        for transition in transitions:
            parse.parse_step(transition)
            right.parse_step(transition)
        _compare_states(student, parse, right)


@number("2c.8")
@weight(0.5)
@given(first=derivations(min_words=2), second=derivations(min_words=2))
def test_parses_are_independent(student: Any, first: Derivation, second: Derivation) -> None:
    """Two parses at the same time do not share their stack, buffer or dependencies."""
    transitions = student.parser_transitions
    one = transitions.PartialParse(first.words)
    one.parse(first.transitions)
    before = student.observe(one, *STATE)
    other = transitions.PartialParse(second.words)
    fresh = student.observe(other, *STATE)
    other.parse(second.transitions)
    after = student.observe(one, *STATE)
    if not isinstance(before[2], (list, tuple)) or not before[2]:
        raise Failure("A parse has no dependencies after its transitions.")
    if not equal(after, before):
        raise Failure("Parsing a second sentence changed the first one's parse.")
    again = transitions.PartialParse(second.words)
    if not equal(student.observe(again, *STATE), fresh):
        raise Failure("A new parse starts out differently once another parse has run.")


def _check_arcs(student: Any, words: list[str], arc: Transition) -> None:
    """Shift all words, then one kind of arc until one item is left above ROOT (or ROOT alone)."""
    transitions: list[Transition] = ["S"] * len(words)
    transitions += [arc] * (len(words) - 1 if arc == "LA" else len(words))
    parse, right = student.parser_transitions.PartialParse(words), PartialParse(words)
    for transition in transitions:
        parse.parse_step(transition)
        right.parse_step(transition)
        if transition != "S":
            _compare_states(student, parse, right)


def _compare_states(student: Any, parse: Any, right: PartialParse) -> None:
    for name, value in zip(STATE, student.observe(parse, *STATE), strict=True):
        assert_equal(value, getattr(right, name), name)
