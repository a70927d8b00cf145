"""Minibatch parsing."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import (
    Failure,
    StandIn,
    assert_equal,
    builds_on,
    equal,
    number,
    weight,
)
from autograder.describe import describe, describe_type
from autograder.hidden.inputs import integer
from autograder.hidden.sentences import Chooser, distinct_sentences, sentence, step

PARTIAL_PARSE = StandIn("PartialParse", "PartialParse", answer=step)


@number("2d.1")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_one_sentence(student: Any, rng: torch.Generator) -> None:
    """One sentence is parsed as the model says."""
    for n_words in (1, 4):
        _check(student, Chooser(integer(rng, 0, 2**40)), [sentence(rng, n_words)], batch_size=1)


@number("2d.2")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_order(student: Any, rng: torch.Generator) -> None:
    """Sentences of different lengths come back in the order in which they were given."""
    for lengths, batch_size in (((5, 1, 3), 3), ((4, 6, 2, 1), 2)):
        sentences = [sentence(rng, n) for n in lengths]
        _check(student, Chooser(integer(rng, 0, 2**40)), sentences, batch_size)


@number("2d.3")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_same_length(student: Any, rng: torch.Generator) -> None:
    """Sentences that finish in the same round are all finished, and parsed right."""
    sentences = [sentence(rng, 3) for _ in range(4)]
    _check(student, Chooser(integer(rng, 0, 2**40)), sentences, batch_size=4)


@number("2d.4")
@weight(1)
@builds_on(PARTIAL_PARSE)
@given(
    # All of one length: they finish in the order in which they began, see 2d.2 for the other case.
    sentences=st.integers(1, 4).flatmap(
        lambda n: st.lists(distinct_sentences(n, n), min_size=3, max_size=6)
    ),
    batch_size=st.integers(1, 2),
    salt=st.integers(0, 2**40),
)
def test_more_than_a_batch(
    student: Any, sentences: list[list[str]], batch_size: int, salt: int
) -> None:
    """With more sentences than a batch holds, every one is parsed."""
    _check(student, Chooser(salt), sentences, batch_size)


@number("2d.5")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_batches(student: Any, rng: torch.Generator) -> None:
    """model.predict never gets more than batch_size parses at once, nor one that is finished."""
    # Fewer are right: whoever parses one sentence after another keeps to the contract.
    for batch_size in (1, 2, 3):
        chooser = Chooser(integer(rng, 0, 2**40))
        _parse(student, chooser, [sentence(rng, n) for n in (4, 2, 5, 1, 3)], batch_size)
        if not chooser.batch_sizes:
            raise Failure("model.predict was never called.")
        if max(chooser.batch_sizes) > batch_size:
            raise Failure(
                f"model.predict got {max(chooser.batch_sizes)} parses at once with a batch_size "
                f"of {batch_size}."
            )


@number("2d.6")
@weight(0.5)
@builds_on(PARTIAL_PARSE)
def test_repeated_sentences(student: Any, rng: torch.Generator) -> None:
    """The same sentence twice is parsed twice."""
    one, other = sentence(rng, 3), sentence(rng, 3)
    _check(
        student, Chooser(integer(rng, 0, 2**40)), [one, other, list(one), list(other)], batch_size=4
    )


@number("2d.7")
@weight(0.5)
@builds_on(PARTIAL_PARSE)
def test_edges(student: Any, rng: torch.Generator) -> None:
    """No sentences give no parses, and a batch may be larger than the list of sentences."""
    _check(student, Chooser(integer(rng, 0, 2**40)), [], batch_size=3)
    pair = [sentence(rng, 3), sentence(rng, 3)]
    _check(student, Chooser(integer(rng, 0, 2**40)), pair, batch_size=5)


def _parse(student: Any, chooser: Chooser, sentences: list[list[str]], batch_size: int) -> Any:
    return student.parser_transitions.minibatch_parse(sentences, chooser.answers, batch_size)


def _check(student: Any, chooser: Chooser, sentences: list[list[str]], batch_size: int) -> None:
    returned = _parse(student, chooser, sentences, batch_size)
    if not isinstance(returned, (list, tuple)):
        raise Failure(
            "minibatch_parse should return a list with the dependencies of each sentence, not "
            f"{describe_type(returned)}."
        )
    if len(returned) != len(sentences):
        raise Failure(
            f"minibatch_parse returned the dependencies of {len(returned)} sentences for "
            f"{len(sentences)}."
        )
    expected = [chooser.dependencies(words) for words in sentences]
    for place, words in enumerate(sentences):
        try:
            assert_equal(returned[place], expected[place], f"What came back for {describe(words)}")
        except Failure:
            others = [i for i, e in enumerate(expected) if i != place and equal(returned[place], e)]
            if others:
                raise Failure(
                    f"Place {place} of what came back holds the dependencies of sentence "
                    f"{others[0]}: they should be in the order of the sentences."
                ) from None
            raise
