"""The comparator: what passes, what fails, in which order, and what is said of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.comparison import (
    as_float,
    as_number,
    assert_close,
    assert_equal,
    equal,
    relation,
)
from autograder.errors import Failure

RIGHT = torch.tensor([[0.25, 0.75], [0.5, 0.5]])


def message(actual: object, expected: torch.Tensor = RIGHT) -> str:
    """What the comparator says of a wrong answer."""
    with pytest.raises(Failure) as caught:
        assert_close(actual, expected)
    return str(caught.value)


def test_equal_tensors_pass() -> None:
    """The right tensor passes, and so does one within the tolerance of its dtype."""
    assert_close(RIGHT.clone(), RIGHT)
    assert_close(RIGHT + 1e-6, RIGHT)


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (None, "The result should be a tensor, not None."),
        ([0.25, 0.75], "The result should be a tensor, not a list."),
        (np.ones(2), "The result should be a tensor, not a float64 numpy array of shape (2,)."),
        (RIGHT.double(), "The result should have dtype float32, not float64."),
        (RIGHT[:1], "The result should have shape (2, 2), not (1, 2)."),
        (torch.zeros(0), "The result should have shape (2, 2), not (0,)."),
        (RIGHT * math.nan, "The result is NaN at (0, 0)."),
        (torch.tensor([[0.25, 0.75], [math.inf, 0.5]]), "The result is infinite at (1, 0)."),
    ],
)  # fmt: skip
def test_form_is_judged_before_values(actual: object, said: str) -> None:
    """Type, dtype, shape and finiteness are judged in that order, before any value."""
    assert message(actual) == said


def test_nothing_broadcasts() -> None:
    """An answer that would broadcast to the right one is wrong."""
    assert "shape" in message(torch.tensor(0.5), torch.full((3, 3), 0.5))


@pytest.mark.parametrize("value", [[], [math.inf, 1.0], [math.nan]])
def test_only_something_finite_can_be_expected(value: list[float]) -> None:
    """A check that expects nothing, an infinity or NaN is a mistake of the check."""
    expected = torch.tensor(value)
    with pytest.raises(ValueError, match="empty or not finite"):
        assert_close(expected.clone(), expected)


def test_no_message_holds_the_expected_value() -> None:
    """The furthest entry is named with the student's value; the right one is nowhere."""
    said = message(torch.tensor([[0.25, 0.75], [0.125, 0.5]]))
    assert said == "The result has wrong values; the furthest off is 0.125 at (1, 0)."


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda e: e.T.contiguous(), "It is the transpose of the right one"),
        (lambda e: -e, "It has the opposite sign"),
        (lambda e: e.flip(0), "It is the right one in reverse along dimension 0"),
        (lambda e: e / 3, "It is 1/3 of the right one"),
        (lambda e: e * 4, "It is 4 times the right one"),
        (torch.log, "It is the logarithm of the right one"),
        (torch.zeros_like, "All of it is zero"),
        (lambda e: e + 1, ""),
    ],
)
def test_relations_are_named(wrong: object, said: str) -> None:
    """What a wrong tensor is to the right one is said, where it is known."""
    expected = torch.tensor([[0.1, 0.7, 0.4], [0.3, 0.9, 0.2], [0.8, 0.6, 0.5]])
    assert callable(wrong)
    assert relation(wrong(expected), expected) == said


def test_plain_values_compare_type_by_type() -> None:
    """A tuple is as good as a list; a bool is no int, an int no float, a tensor nothing plain."""
    assert equal([("a", "b")], [["a", "b"]])
    assert equal({"a": (None, 3)}, {"a": [None, 3]})
    assert not equal(True, 1)
    assert not equal(1, 1.0)
    assert not equal("ab", ["a", "b"])
    assert not equal([torch.ones(2)], [1.0])
    assert not equal(torch.ones(2), torch.ones(2))
    with pytest.raises(Failure, match="stack is \\['a'\\], which is not right"):
        assert_equal(["a"], ["b"], "stack")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_equal_is_reflexive(value: object) -> None:
    """Every plain value equals itself, also once its lists have become tuples."""
    assert equal(value, value)
    assert equal(_tuples(value), value)


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def test_numbers_are_taken_where_their_form_is_another_checks_affair() -> None:
    """For `as_number` one number may have any shape; `as_float` takes Python's and numpy's."""
    assert as_number(torch.tensor([[2.0]])).shape == ()
    assert as_float(np.array(1.5, dtype=np.float32)) == 1.5
    with pytest.raises(Failure, match="should be one number, not a float32 tensor of shape"):
        as_number(torch.ones(2))
    for wrong in (1, True, "1.0", torch.tensor(1.0), np.ones(1)):
        with pytest.raises(Failure, match="should be a float"):
            as_float(wrong)
