"""The pytest plugin that runs checks against a submission and keeps the report."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import torch

from autograder.checks import Forbidden, StandIn
from autograder.confinement.student import Asked, Student, Workers
from autograder.errors import CannotGrade, Failure, GraderFault
from autograder.facts import facts
from autograder.report import Outcome, Report, Result, count_points
from autograder.rubric import Check
from autograder.submission import Submission
from autograder.text import printable

if TYPE_CHECKING:
    from autograder.course import Course

MAX_MESSAGE = 4000


@dataclass(frozen=True)
class Order:
    """What to grade, and how.

    Attributes:
        submission: what was handed in.
        parts: only these parts; all where it is empty.
        seed: what hidden inputs are drawn from; see `grading.draw_seed`.
        tier: how workers are confined, for the report.
        course: what the course decides; None for what comes with arcgrade.
        diagnose: names the mistake that was made, if it is a known one.
    """

    submission: Submission
    parts: tuple[str, ...] = ()
    seed: int = 0
    tier: str = ""
    course: Course | None = None
    diagnose: Callable[[Sequence[Asked]], str] = lambda asked: ""


OnUpdate = Callable[[Report, Result | None], None]
"""Sees the report at the start (without a result) and after every check."""


class Plugin:
    """What pytest needs to know of grading."""

    def __init__(self, order: Order, session: Workers, on_update: OnUpdate) -> None:
        self.report: Report | None = None
        self.trouble: Exception | None = None
        """Why nothing can be graded, if something kept the checks from being collected."""
        self._order = order
        self._session = session
        self._on_update = on_update
        self._checks: dict[str, Check] = {}
        self._forbidden_uses: dict[Forbidden, str] = {}

    # --- collection ------------------------------------------------------------------------------

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A check that cannot be collected must not vanish from the denominator."""
        if report.failed:
            self.trouble = GraderFault(f"A check could not be collected: {report.longreprtext}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """All checks are in the report, with their maxima, before the first one runs."""
        try:
            self._collect(items)
        except (CannotGrade, GraderFault) as error:
            self.trouble = error
        if self.trouble:
            items.clear()

    def _collect(self, items: list[pytest.Item]) -> None:
        found = {
            item.nodeid: Check.of(item.function)
            for item in items
            if isinstance(item, pytest.Function)
        }
        checks = sorted(found.values(), key=lambda check: check.order)
        titles: dict[str, str] = {}
        for check in checks:
            titles.setdefault(check.part, check.part_title)
        wanted = self._order.parts or tuple(titles)
        if unknown := [part for part in wanted if part not in titles]:
            raise CannotGrade(
                f"There is no part {printable(', '.join(unknown), 60)} to grade; "
                f"there are {', '.join(titles)}."
            )
        numbers = [check.number for check in checks]
        if twice := {number for number in numbers if numbers.count(number) > 1}:
            raise GraderFault(f"Two checks have the number {', '.join(sorted(twice))}.")
        self._checks = {node: check for node, check in found.items() if check.part in wanted}
        items[:] = sorted(
            (item for item in items if item.nodeid in self._checks),
            key=lambda item: self._checks[item.nodeid].order,
        )
        submission = self._order.submission
        self.report = Report(
            submission=submission.name,
            parts={part: title for part, title in titles.items() if part in wanted},
            results=tuple(self._checks[item.nodeid].pending() for item in items),
            notes=submission.notes,
            seed=self._order.seed,
            tier=self._order.tier,
            version=version(),
        )
        self._on_update(self.report, None)

    # --- fixtures --------------------------------------------------------------------------------

    @pytest.fixture
    def student(self) -> Iterator[Student]:
        """The submission, in a fresh worker that starts at the first use."""
        student = Student(self._session)
        yield student
        student.close()

    @pytest.fixture
    def submission(self) -> Submission:
        """What was handed in, for checks that read a file of it as data."""
        return self._order.submission

    @pytest.fixture
    def course(self) -> Course:
        """What the course decides."""
        from autograder.course import Course

        return self._order.course or Course()

    @pytest.fixture
    def sentence_lengths(self) -> Sequence[int]:
        """How many words each test sentence has: of the course, or as the handout knows them."""
        if self._order.course:
            return [len(sentence.words) for sentence in self._order.course.test_sentences]
        return facts().test_lengths

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> torch.Generator:
        """A generator for this check and this submission."""
        return torch.Generator().manual_seed(self._seed(self._checks[request.node.nodeid]))

    def _seed(self, check: Check) -> int:
        text = f"{self._order.seed} {check.number}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:6], "big")

    # --- one check -------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run a check: with the student's own earlier parts, then with stand-ins for them."""
        check = self._checks[pyfuncitem.nodeid]
        values = pyfuncitem.funcargs
        arguments = {name: values[name] for name in pyfuncitem._fixtureinfo.argnames}
        student, rng = values.get("student"), values.get("rng")
        hypothesis.seed(self._seed(check))(check.function)

        def attempt(stand_ins: tuple[StandIn, ...] = (), alone: bool = False) -> Result:
            if isinstance(student, Student):
                student.restart(
                    {(s.fallback if alone and s.fallback else s.name): s.answer for s in stand_ins}
                )
            if isinstance(rng, torch.Generator):
                rng.manual_seed(self._seed(check))
            return self._attempt(check, student, lambda: check.function(**arguments))

        result = attempt()
        if result.outcome is Outcome.NOT_RUN:
            result = attempt()  # a fault of the moment is not worth a student's wait
        if result.outcome is Outcome.FAILED and check.stand_ins:
            result = self._with_stand_ins(check.stand_ins, result, student, attempt)
        assert self.report is not None
        self.report = self.report.with_result(result)
        self._on_update(self.report, result)
        return True

    def _with_stand_ins(
        self,
        stand_ins: tuple[StandIn, ...],
        own: Result,
        student: object,
        attempt: Callable[[tuple[StandIn, ...], bool], Result],
    ) -> Result:
        """The result of a check that failed with the student's own earlier parts."""

        def lost() -> bool:
            return isinstance(student, Student) and student.lost is not None

        alone = lost()
        again = attempt(stand_ins, alone)
        # Their earlier file may spoil the process without ending it: once more without it.
        fallback = any(stand_in.fallback for stand_in in stand_ins)
        if again.outcome is Outcome.FAILED and fallback and not alone and not lost():
            without = attempt(stand_ins, True)
            again = without if without.outcome is Outcome.PASSED else again
        return _merge(own, again, stand_ins)

    def _attempt(self, check: Check, student: object, call: Callable[[], object]) -> Result:
        check.forget()
        result = check.pending()
        try:
            if check.forbidden is not None and isinstance(student, Student):
                self._look_for_forbidden(check.forbidden)
                student.forbid(check.forbidden.operations)
            returned = call()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if (message := _student_fault(error, student)) is None:
                details = "".join(traceback.format_exception(error))[-MAX_MESSAGE:]
                return replace(result, outcome=Outcome.NOT_RUN, details=details)
            shown = check.feedback_for_failure(message)
            if shown == message and isinstance(student, Student):
                shown = self._explain(message, student)
            message = shown
            result = replace(result, outcome=Outcome.FAILED, message=message[:MAX_MESSAGE])
            points = check.partial_score() or 0.0
        else:
            if check.staff_points:
                return _awaiting(result, returned)
            result = replace(result, outcome=Outcome.PASSED)
            score = check.partial_score()
            points = check.points if score is None else score
        output = student.output if isinstance(student, Student) else ""
        return replace(
            result,
            points=points,
            leaderboard=check.leaderboard(),
            details=printable(output, MAX_MESSAGE, multiline=True),
        )

    def _explain(self, message: str, student: Student) -> str:
        """The message, the mistake if it is a known one, and what was called."""
        lines = [message]
        if mistake := self._order.diagnose(student.asked):
            lines.append(mistake)
        if trail := student.trail:
            lines += ["", "What was called:", *(f"  {line}" for line in trail)]
        return "\n".join(lines)

    def _look_for_forbidden(self, forbidden: Forbidden) -> None:
        """Raise a failure if the source uses a built-in that the part does not allow."""
        if forbidden not in self._forbidden_uses:
            reader = Student(self._session)
            try:
                found = reader.scan(
                    forbidden.module, list(forbidden.functions), list(forbidden.names)
                )
            finally:
                reader.close()
            self._forbidden_uses[forbidden] = "".join(
                f"{function} uses {name} (line {line}), a built-in that this part does not allow."
                for function, name, line in found[:1]
            )
        if said := self._forbidden_uses[forbidden]:
            raise Failure(said)


def version() -> str:
    """The version of arcgrade; a handout is not installed, and has the one that it was built by."""
    try:
        return metadata.version("arcgrade")
    except metadata.PackageNotFoundError:
        return ""


def _awaiting(result: Result, answer: object) -> Result:
    """The result of a check whose answer staff will read."""
    message = f"Received. Staff read it and give up to {count_points(result.staff_points)}."
    return replace(result, outcome=Outcome.AWAITING, message=message, answer=str(answer))


def _student_fault(error: BaseException, student: object) -> str | None:
    """What to tell the student, or None if the fault is the grader's."""
    if isinstance(error, (AssertionError, pytest.fail.Exception)):
        return str(error) or "The check failed."
    if isinstance(error, hypothesis.errors.Flaky):
        causes = getattr(error, "exceptions", ())
        if any(_student_fault(cause, student) is None for cause in causes):
            return None
        if isinstance(student, Student) and student.lost is not None:
            return str(student.lost)
        return (
            "The same call gave a different result the second time: results should depend on "
            "nothing but the arguments."
        )
    if isinstance(error, UNUSABLE) and _raised_in_a_check(error):
        return f"What your code gave cannot be used here: {printable(str(error), 200)}."
    return None


def _raised_in_a_check(error: BaseException) -> bool:
    """Whether a check itself stumbled, over a value of the student's, and nothing below it.

    Checks run on the reference and on many right hand-ins in the tests; what makes one of them
    stumble is a value that no right answer has, as where a function was expected and a number came.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).parent in CHECKS


UNUSABLE = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
CHECKS = [Path(__file__).parent / name for name in ("hidden", "public")]


def _merge(own: Result, again: Result, stand_ins: tuple[StandIn, ...]) -> Result:
    """The result of a check that failed with the student's own earlier parts and was repeated."""
    replaced = " and ".join(stand_in.instead_of for stand_in in stand_ins)
    if again.outcome is Outcome.PASSED:
        note = f"Passed with something correct in place of your {replaced}."
        return replace(again, message=note)
    if again.outcome is Outcome.FAILED and again.message != own.message:
        text = f"{own.message}\n\nWith something correct in place of your {replaced}:\n"
        return replace(own, message=(text + again.message)[:MAX_MESSAGE])
    return own if again.outcome is Outcome.FAILED else again
