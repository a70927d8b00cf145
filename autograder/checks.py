"""What a check is written with.

A check is a pytest function that carries gradescope-utils' decorators and takes the `student`
fixture. Its docstring's first line is what students read; its points stand beside it:

    @number("1a.2")
    @weight(2)
    def test_softmax_survives_large_scores(student):
        \"\"\"Softmax is stable: shifting every score by 1000 changes nothing.\"\"\"

Beside `student` there is `rng`, a `torch.Generator` seeded for this check and this submission.
Hypothesis draws from the same seed. A check fails by raising `Failure`, best through the
comparator; any other exception is the grader's own fault and costs the student nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from gradescope_utils.autograder_utils.decorators import (
    hide_errors,
    leaderboard,
    number,
    partial_credit,
    tags,
    visibility,
    weight,
)

from autograder.comparison import (
    as_float,
    as_number,
    as_tensor,
    assert_close,
    assert_equal,
    equal,
)
from autograder.confinement.dialogue import TRAIN
from autograder.confinement.student import Answers, Fields, Remote
from autograder.errors import Failure

__all__ = [
    "TRAIN",
    "Answers",
    "Failure",
    "Fields",
    "Forbidden",
    "Remote",
    "StandIn",
    "as_float",
    "as_number",
    "as_tensor",
    "assert_close",
    "assert_equal",
    "builds_on",
    "equal",
    "hide_errors",
    "leaderboard",
    "number",
    "partial_credit",
    "read_by_staff",
    "tags",
    "visibility",
    "weight",
]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Forbidden:
    """Built-ins that a part does not allow; using one costs the part.

    A hidden module says so by a variable `forbidden`. They are looked for twice: by `names` in
    the source of `functions` and what they call, and by `operations` of torch when these run.
    """

    module: str
    functions: tuple[str, ...]
    names: tuple[str, ...]
    operations: tuple[str, ...]


@dataclass(frozen=True)
class StandIn:
    """Something right in the place of an earlier part.

    Attributes:
        name: what the worker puts there (see `inside/worker.py`).
        instead_of: what feedback calls it.
        answer: the grader's function that it calls back, if it needs one.
        fallback: the name to use where the student's own file ends or hangs the process.
    """

    name: str
    instead_of: str
    answer: Callable[..., object] | None = None
    fallback: str = ""


def builds_on(*stand_ins: StandIn) -> Callable[[F], F]:
    """The check is graded as if these earlier parts were right.

    If it fails with the student's own, it runs once more with the stand-ins in their place.
    """

    def decorate(function: F) -> F:
        function.__stand_ins__ = stand_ins  # type: ignore[attr-defined]
        return function

    return decorate


def read_by_staff(points: float, *, bonus: bool = False) -> Callable[[F], F]:
    """The check returns an answer for staff to read, who give up to that many points.

    What follows the first line of its docstring is the rubric, for staff. The check itself gives
    no points. It fails where there is nothing to read.
    """

    def decorate(function: F) -> F:
        function.__weight__ = 0  # type: ignore[attr-defined]
        function.__staff__ = points, bonus  # type: ignore[attr-defined]
        return function

    return decorate
