"""Grades one submission, from its path to the report: opens it, tests the walls, grades it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.confinement.nursery import Nursery
from autograder.confinement.session import Session
from autograder.confinement.tiers import self_test
from autograder.course import Course
from autograder.errors import CannotGrade, GraderFault
from autograder.grading import draw_seed, grade
from autograder.render.gradescope import ResultsFile
from autograder.render.html import write_html
from autograder.render.terminal import ProgressLine, print_report
from autograder.report import Outcome, Report, Result
from autograder.running import Order
from autograder.submission import GRADED, HISTORICAL, Submission, open_submission


@dataclass(frozen=True)
class Wishes:
    """What the caller wants.

    Attributes:
        results: where Gradescope's results.json goes, if anywhere.
        report: where the HTML report goes, if anywhere.
        parts: only these parts; all where it is empty.
        seed: draw hidden inputs from this seed instead of from `secret` and the submission.
        secret: the course's, so that nobody else can draw the same hidden inputs.
        course: the file of the course's decisions, if not the one that comes with arcgrade.
    """

    results: Path | None = None
    report: Path | None = None
    parts: tuple[str, ...] = ()
    seed: int | None = None
    secret: bytes = b""
    course: Path | None = None


def grade_submission(nursery: Nursery, path: Path, wishes: Wishes) -> Report:
    """Grade what lies at `path`, showing progress on stderr and the report on stdout.

    Raises:
        CannotGrade: the submission was refused, confinement is too weak, or a file cannot be
            written; there is no results file then.
        GraderFault: the grader failed; neither is there then.
    """
    results = ResultsFile(wishes.results) if wishes.results else None
    if results:
        results.withdraw()  # an older run's must not be taken for this one's
    for file in (wishes.results, wishes.report):
        if file is not None and not file.absolute().parent.is_dir():
            raise CannotGrade(f"{file} cannot be written: its folder does not exist.")
    folder = nursery.folder / "submission"
    folder.mkdir(mode=0o755)
    submission = open_submission(path, folder)
    folder.chmod(0o755)  # whatever our umask is: the worker's user reads it
    try:
        return _grade(nursery, submission, wishes, results)
    except BaseException:
        if results:
            results.withdraw()
        raise


def session_for(nursery: Nursery, submission: Submission) -> Session:
    """The session of a submission that was opened."""

    def module(file: str) -> str:
        return file.removesuffix(".py")

    return Session(
        nursery,
        submission.folder,
        modules=[module(file) for file in GRADED if file.endswith(".py")],
        files={module(f): path for f, path in submission.files.items() if f.endswith(".py")},
        aliases={module(old): module(file) for old, file in HISTORICAL.items()},
    )


def _grade(
    nursery: Nursery, submission: Submission, wishes: Wishes, results: ResultsFile | None
) -> Report:
    course = Course(wishes.course) if wishes.course else Course()
    if results:
        results = ResultsFile(results.path, course.gradescope)
    _ = course.test_sentences  # what is missing of them is better said now than by a check
    tier = self_test(nursery).require()
    seed = draw_seed(wishes.secret, submission) if wishes.seed is None else wishes.seed
    order = Order(submission, wishes.parts, seed, str(tier), course)
    session = session_for(nursery, submission)
    progress = ProgressLine(Console(stderr=True))

    def on_update(report: Report, result: Result | None) -> None:
        progress.update(report, result)
        if results:
            results.write(report)

    try:
        with progress:
            report = grade(order, session, on_update)
    finally:
        session.close()
    print_report(report, Console())
    if wishes.report:
        write_html(report, wishes.report)
    faults = [result for result in report.results if result.outcome is Outcome.NOT_RUN]
    if faults:
        raise GraderFault(
            f"check {faults[0].number} could not be run"
            + (f", and {len(faults) - 1} more" if len(faults) > 1 else "")
            + f".\n{faults[0].details}"
        )
    return report
