"""Reads a check: what gradescope-utils' decorators and the docstring say of it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.checks import Forbidden, StandIn
from autograder.errors import GraderFault
from autograder.report import Result

PUBLIC = "autograder.public"
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")


@dataclass(frozen=True)
class Check:
    """A check of the rubric.

    Attributes:
        function: the pytest function.
        number: such as "1a.2".
        title: the first line of its docstring, the sentence that students read.
        points: what it is worth.
        staff_points: what staff may give for the answer that it returns.
        bonus: whether these come on top of the assignment's points.
        rubric: what staff give them for: the docstring after its first line.
        stand_ins: what takes the place of earlier parts when it fails with the student's own.
        forbidden: the built-ins that its part does not allow.
    """

    function: Callable[..., object]
    number: str
    title: str
    points: float
    staff_points: float
    bonus: bool
    rubric: str
    stand_ins: tuple[StandIn, ...]
    forbidden: Forbidden | None

    @classmethod
    def of(cls, function: Callable[..., object]) -> Check:
        """The check that a function is.

        Raises:
            GraderFault: a decorator or the docstring is missing.
        """
        number, points = getattr(function, "__number__", ""), getattr(function, "__weight__", None)
        title, _, rest = (inspect.getdoc(function) or "").partition("\n")
        staff_points, bonus = getattr(function, "__staff__", (0, False))
        if not re.fullmatch(r"\w+\.\d+", number) or points is None or not title:
            raise GraderFault(
                f"The check {function.__module__}.{function.__name__} needs a @number such as "
                '"1a.2", a @weight and a docstring.'
            )
        return cls(
            function=function,
            number=number,
            title=title,
            points=float(points),
            staff_points=float(staff_points),
            bonus=bonus,
            rubric=_unwrapped(rest) if staff_points else "",
            stand_ins=getattr(function, "__stand_ins__", ()),
            forbidden=getattr(inspect.getmodule(function), "forbidden", None),
        )

    @property
    def part(self) -> str:
        """The part of the assignment that it belongs to."""
        return self.number.partition(".")[0]

    @property
    def part_title(self) -> str:
        """The part's name: the docstring of the module, without its full stop.

        A module with checks of several parts has a variable `titles`, part to name.
        """
        module = inspect.getmodule(self.function)
        titles: dict[str, str] = getattr(module, "titles", {})
        if self.part in titles:
            return titles[self.part]
        return (inspect.getdoc(module) or "").partition("\n")[0].rstrip(".")

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts checks as the assignment does: 2c.2 before 2c.10."""
        pieces = re.findall(r"\d+|\D+", self.number)
        return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in pieces)

    def pending(self) -> Result:
        """Its result before it has run: no points, and its maximum."""
        visibility = self._mark("__visibility__", "")
        if visibility and visibility not in VISIBILITIES:
            raise GraderFault(f"Check {self.number} has the unknown visibility {visibility!r}.")
        return Result(
            number=self.number,
            title=self.title,
            max_points=self.points,
            staff_points=self.staff_points,
            bonus=self.bonus,
            rubric=self.rubric,
            visibility=visibility,
            public=self.function.__module__.startswith(f"{PUBLIC}."),
            tags=tuple(self._mark("__tags__", ())),
        )

    def forget(self) -> None:
        """No score of an earlier run is left: gradescope-utils keeps it on the function."""
        for function in self._layers():
            for name in ("__score__", "__leaderboard_value__"):
                vars(function).pop(name, None)

    def partial_score(self) -> float | None:
        """What the check gave by `set_score`, within its maximum; None if it did not."""
        score = self._mark("__score__", None)
        return None if score is None else min(max(float(score), 0.0), self.points)

    def leaderboard(self) -> tuple[str, str, float | None] | None:
        """Name, order and value of its leaderboard column, if it has one."""
        name = self._mark("__leaderboard_column__", None)
        if name is None:
            return None
        order = self._mark("__leaderboard_sort_order__", "desc")
        return name, order, self._mark("__leaderboard_value__", None)

    def feedback_for_failure(self, message: str) -> str:
        """What a student reads: the message, or what `hide_errors` puts in its place."""
        hidden: str | None = self._mark("__hide_errors__", None)
        return message if hidden is None else hidden

    def _mark(self, name: str, default: Any) -> Any:
        for function in self._layers():
            if name in vars(function):
                return vars(function)[name]
        return default

    def _layers(self) -> Iterator[Callable[..., object]]:
        """The function and what its decorators wrap: each may carry marks of its own."""
        function: Callable[..., object] | None = self.function
        while function is not None:
            yield function
            function = getattr(function, "__wrapped__", None)


def _unwrapped(text: str) -> str:
    """A rubric as one line an item: an item begins with its points."""
    return re.sub(r"\s*\n\s*(?![\d.]+ points?:)", " ", text).strip()
