"""Minibatch parsing."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, StandIn, builds_on, number, weight
from autograder.describe import describe, describe_type
from autograder.hidden.sentences import Chooser, sentence, step

PARTIAL_PARSE = StandIn("PartialParse", "PartialParse", answer=step)


@number("2d.1")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_one_sentence(student: Any, rng: torch.Generator) -> None:
    """One sentence is parsed as the model says."""
    for n_words in (1, 4, 4):
        # ROOT may get a dependent while words are left: that parse is not finished yet.
        _check(student, rng, [sentence(rng, n_words)], batch_size=1, early=True)


@number("2d.2")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_order(student: Any, rng: torch.Generator) -> None:
    """Sentences of different lengths come back in the order in which they were given."""
    _check(student, rng, _sentences(rng, 3, 1, 5), batch_size=3)
    # Whether all are parsed with a smaller batch is another check's affair.
    sentences = _sentences(rng, 4, 6, 1, 3)
    chooser, returned = _parse(student, rng, sentences, batch_size=2)
    _check_order(returned, [chooser.dependencies(words) for words in sentences])


@number("2d.3")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_same_length(student: Any, rng: torch.Generator) -> None:
    """Sentences that finish in the same round are all finished, and parsed right."""
    _check(student, rng, _sentences(rng, 3, 3, 3, 3), batch_size=4)


# In the other checks no two parses finish in the same round.


@number("2d.4")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_more_than_a_batch(student: Any, rng: torch.Generator) -> None:
    """With more sentences than a batch holds, every one is parsed."""
    _check(student, rng, _sentences(rng, 2, 4, 2, 3, 1), batch_size=1, ordered=False)
    _check(student, rng, _sentences(rng, 5, 4, 3, 1, 2), batch_size=2, ordered=False)


@number("2d.5")
@weight(1)
@builds_on(PARTIAL_PARSE)
def test_batches(student: Any, rng: torch.Generator) -> None:
    """model.predict never gets more than batch_size parses at once, nor one that is finished."""
    # Fewer are right: whoever parses one sentence after another keeps to the contract.
    for batch_size in (1, 2, 3):
        sentences = _sentences(rng, 4, 2, 5, 1, 3)
        chooser, _ = _call(student, rng, sentences, batch_size)
        if not chooser.batch_sizes:
            raise Failure("model.predict was never called.")
        if max(chooser.batch_sizes) > batch_size:
            raise Failure(
                f"model.predict got {max(chooser.batch_sizes)} parses at once with a batch_size "
                f"of {batch_size}."
            )
        if chooser.finished is not None:
            raise Failure(chooser.told.strip())
        if chooser.under_way < batch_size:
            raise Failure("model.predict was asked about new parses only: nothing was parsed.")


@number("2d.6")
@weight(0.5)
@builds_on(PARTIAL_PARSE)
def test_repeated_sentences(student: Any, rng: torch.Generator) -> None:
    """The same sentence twice is parsed twice."""
    one, other, third, fourth = _sentences(rng, 3, 3, 3, 3)
    distinct, repeated = [one, other, third, fourth], [one, other, list(one), list(other)]
    # What goes wrong without a repetition, or with the order, is another check's affair.
    chooser, returned = _parse(student, rng, distinct, batch_size=1)
    right = _count_right(returned, [chooser.dependencies(words) for words in distinct])
    if not right:
        raise Failure("Not one of four different sentences was parsed right.")
    chooser, returned = _parse(student, rng, repeated, batch_size=1)
    if _count_right(returned, [chooser.dependencies(words) for words in repeated]) < right:
        raise Failure(
            f"What came back for {describe(one)} and {describe(other)}, each of them twice, is "
            f"{describe(returned)}, which is not right; four different sentences went better."
        )


def _count_right(returned: list[Any], expected: list[Any]) -> int:
    """How many are there, in any order."""
    left = list(returned)
    for right in expected:
        if right in left:
            left.remove(right)
    return len(returned) - len(left)


@number("2d.7")
@weight(0.5)
@builds_on(PARTIAL_PARSE)
def test_edges(student: Any, rng: torch.Generator) -> None:
    """No sentences give no parses, and a batch may be larger than the list of sentences."""
    _check(student, rng, [], batch_size=3)
    _check(student, rng, _sentences(rng, 4, 3), batch_size=5, ordered=False)


def _sentences(rng: torch.Generator, *lengths: int) -> list[list[str]]:
    """Sentences of these lengths, all different."""
    while True:
        sentences = [sentence(rng, n) for n in lengths]
        if len(set(map(tuple, sentences))) == len(lengths):
            return sentences


def _call(
    student: Any,
    rng: torch.Generator,
    sentences: list[list[str]],
    batch_size: int,
    *,
    early: bool = False,
) -> tuple[Chooser, object]:
    """The model that was asked, and what came back."""
    chooser = Chooser(rng, sentences, early=early)
    minibatch_parse = student.parser_transitions.minibatch_parse
    try:
        return chooser, minibatch_parse(sentences, chooser.answers, batch_size)
    except Failure as failure:
        told = "" if chooser.told in str(failure) else chooser.told
        raise Failure(f"{failure}{told}") from None


def _parse(
    student: Any,
    rng: torch.Generator,
    sentences: list[list[str]],
    batch_size: int,
    *,
    early: bool = False,
) -> tuple[Chooser, list[Any]]:
    """The model that was asked, and one result for each sentence."""
    chooser, returned = _call(student, rng, sentences, batch_size, early=early)
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
    return chooser, [_plain(dependencies) for dependencies in returned]


def _plain(dependencies: object) -> object:
    """Pairs may be lists."""
    if not isinstance(dependencies, (list, tuple)):
        return dependencies
    return [tuple(pair) if isinstance(pair, list) else pair for pair in dependencies]


def _check(
    student: Any,
    rng: torch.Generator,
    sentences: list[list[str]],
    batch_size: int,
    *,
    early: bool = False,
    ordered: bool = True,
) -> None:
    """Every sentence is parsed as the model says; where `ordered`, each in its place."""
    chooser, returned = _parse(student, rng, sentences, batch_size, early=early)
    expected = [chooser.dependencies(words) for words in sentences]
    if ordered:
        _check_order(returned, expected)
    for place, words in enumerate(sentences):
        if expected[place] not in ([returned[place]] if ordered else returned):
            raise Failure(
                f"What came back for {describe(words)} is {describe(returned[place])}, which is "
                f"not right.{chooser.told}"
            )


def _check_order(returned: list[Any], expected: list[Any]) -> None:
    """No sentence's dependencies are in the place of another."""
    for place, right in enumerate(expected):
        if returned[place] != right and returned[place] in expected:
            raise Failure(
                f"Place {place} of what came back holds the dependencies of sentence "
                f"{expected.index(returned[place])}: they should be in the order of the sentences."
            )
