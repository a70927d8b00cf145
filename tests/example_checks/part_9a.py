"""Everything that can happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import (
    Failure,
    hide_errors,
    leaderboard,
    number,
    partial_credit,
    tags,
    visibility,
    weight,
)


@number("9a.1")
@weight(1)
@tags("easy")
@visibility("hidden")
def test_passes(student: Any) -> None:
    """It passes."""


@number("9a.2")
@weight(1)
def test_fails(student: Any) -> None:
    """It fails."""
    raise Failure("said to the student")


@number("9a.3")
@weight(1)
def test_breaks(student: Any) -> None:
    """It is our own mistake."""
    raise KeyError("said to staff")


@number("9a.4")
@weight(1)
def test_plain_assert(student: Any) -> None:
    """A plain assert fails without showing what was expected."""
    secret = 42
    assert secret == 43, "only this is shown"


@number("9a.5")
@partial_credit(4)
def test_half(student: Any, set_score: Callable[[float], None] | None = None) -> None:
    """Half of the points."""
    assert set_score is not None
    set_score(2)


@number("9a.6")
@partial_credit(4)
def test_a_quarter_then_fails(
    student: Any, set_score: Callable[[float], None] | None = None
) -> None:
    """What was earned before a failure stays."""
    assert set_score is not None
    set_score(1)
    raise Failure("further on it fails")


@number("9a.7")
@partial_credit(4)
def test_too_much(student: Any, set_score: Callable[[float], None] | None = None) -> None:
    """No check gives more than its maximum."""
    assert set_score is not None
    set_score(100)


@number("9a.8")
@weight(1)
@hide_errors("hidden from students")
def test_hides(student: Any) -> None:
    """It hides its message."""
    raise Failure("not to be seen")


@number("9a.9")
@weight(1)
@leaderboard("speed", "asc")
def test_leads(student: Any, set_leaderboard_value: Callable[[float], None] | None = None) -> None:
    """It has a column on the leaderboard."""
    assert set_leaderboard_value is not None
    set_leaderboard_value(7.5)


@number("9a.10")
@weight(1)
@given(n=st.integers(0, 1000))
def test_shrinks(student: Any, n: int) -> None:
    """The smallest input that fails is shown."""
    if n >= 13:
        raise Failure(f"{n} is too large")


@number("9a.11")
@weight(1)
def test_draws(student: Any, rng: torch.Generator) -> None:
    """It shows what it draws."""
    raise Failure(str(torch.randint(10**9, (), generator=rng).item()))
