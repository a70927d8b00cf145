"""The one model of what came out, for every renderer."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field, replace


class Outcome(enum.Enum):
    """How a check ended."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"
    """The grader's fault; no points are given or taken."""
    AWAITING = "awaiting staff"
    """An answer is there, and people give its points."""


@dataclass(frozen=True)
class Result:
    """One check of the rubric.

    Attributes:
        number: "1a.2"; the part is what stands before the dot.
        title: what holds if the check passes, one line.
        max_points: what it is worth, whether it ran or not; without what staff give.
        points: what was earned.
        message: for the student; empty if there is nothing to say.
        visibility: when Gradescope shows it to students, if the check itself says so; else the
            course does.
        public: whether students have the check themselves.
        tags: Gradescope's tags.
        leaderboard: a name and a value, if the check reports one.
        details: for staff: the grader's own error, or what the code printed.
        staff_points: what staff may give for the answer.
        bonus: whether these come on top of the assignment's points.
        rubric: for staff: what they give them for.
        answer: the student's, for staff to read.
    """

    number: str
    title: str
    max_points: float
    points: float = 0.0
    outcome: Outcome = Outcome.PENDING
    message: str = ""
    visibility: str = ""
    public: bool = False
    tags: tuple[str, ...] = ()
    leaderboard: tuple[str, str, float | None] | None = None
    details: str = ""
    staff_points: float = 0.0
    bonus: bool = False
    rubric: str = ""
    answer: str = ""

    @property
    def part(self) -> str:
        """The part of the assignment, such as "1a"."""
        return self.number.partition(".")[0]


@dataclass(frozen=True)
class Report:
    """What a submission earned, check by check; every check is in it from the start.

    Attributes:
        submission: what was graded.
        parts: part to its title, in the order of the assignment.
        results: in the order of the checks.
        notes: sentences about the submission as a whole.
        seed: what the hidden inputs were drawn from; with it a run is repeated exactly.
        tier: how student code was confined, for staff.
    """

    submission: str
    parts: dict[str, str]
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    seed: int = 0
    tier: str = ""
    version: str = ""
    _places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = {result.number: place for place, result in enumerate(self.results)}
        object.__setattr__(self, "_places", places)

    def with_result(self, result: Result) -> Report:
        """The report with the result of one check replaced."""
        results = list(self.results)
        results[self._places[result.number]] = result
        return replace(self, results=tuple(results))

    def of_part(self, part: str) -> tuple[Result, ...]:
        """The results of a part."""
        return tuple(result for result in self.results if result.part == part)

    @property
    def points(self) -> float:
        """What was earned."""
        return total(result.points for result in self.results)

    @property
    def max_points(self) -> float:
        """What could be; the same for every submission, and without what staff give."""
        return total(result.max_points for result in self.results)

    @property
    def staff_points(self) -> float:
        """What staff may give on top, without the bonus; the same for every submission."""
        return total(result.staff_points for result in self.results if not result.bonus)

    @property
    def bonus_points(self) -> float:
        """What staff may give on top of all points of the assignment."""
        return total(result.staff_points for result in self.results if result.bonus)

    @property
    def awaiting(self) -> int:
        """How many answers are there for staff to read."""
        return sum(result.outcome is Outcome.AWAITING for result in self.results)

    @property
    def complete(self) -> bool:
        """Whether every check ran."""
        wanted = (Outcome.PASSED, Outcome.FAILED, Outcome.AWAITING)
        return all(result.outcome in wanted for result in self.results)


def total(points: Iterable[float]) -> float:
    """A sum of points, without the last bits of floating point."""
    return round(sum(points), 4)


def show_points(points: float) -> str:
    """Points as people write them: 5, 0.5."""
    return f"{points:g}"


def count_points(points: float, kind: str = "") -> str:
    """Points with their noun: 1 point, 2 bonus points."""
    return f"{show_points(points)} {kind}point{'' if points == 1 else 's'}"


def show_staff_points(report: Report) -> str:
    """What staff may give, as a sentence; empty if there is nothing of the kind."""
    pieces = []
    if report.staff_points:
        pieces.append(f"up to {count_points(report.staff_points)}")
    if report.bonus_points:
        pieces.append(f"up to {count_points(report.bonus_points, 'bonus ')}")
    if not pieces:
        return ""
    answers = {0: "no answer awaits", 1: "1 answer awaits"}
    awaiting = answers.get(report.awaiting, f"{report.awaiting} answers await")
    return f"Staff give {' and '.join(pieces)} on top; {awaiting} them."
