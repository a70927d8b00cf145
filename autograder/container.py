"""What runs in a container of Gradescope's, for one submission.

Whatever happens, a valid results.json stands there from the first moment to the last; what stdout
says is for staff, and the platform shows it to nobody else. `run_autograder` calls this, and deals
with what can go wrong before and around it (see `bundled/run_autograder`).
"""

from __future__ import annotations

import contextlib
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course, Gradescope
from autograder.errors import CannotGrade, GraderFault
from autograder.history import History, failure, read_history, refusal
from autograder.render.contract import BrokenContract, Results, read_results
from autograder.render.gradescope import ResultsFile, versions

if TYPE_CHECKING:
    from autograder.report import Report
    from autograder.submission import Submission

# Measured by `nox -s gradescope`: grading the reference takes 0.53 GB at its peak. The rest is for
# submissions that use more, so that they meet the limits of a check and not the container's.
ENOUGH_MEMORY = 1400 << 20
PRELOAD = ("torch._dynamo",)
_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # of control groups, version 2 and 1


class Container:
    """The folders of a container.

    Attributes:
        submission: what was handed in.
        results: the file to write.
        source: the bundle, unpacked: `course.toml`, and `course.secret`.
    """

    def __init__(self, root: Path) -> None:
        self.submission = root / "submission"
        self.results = root / "results" / "results.json"
        self.metadata = root / "submission_metadata.json"
        self.source = root / "source"


def run(root: Path) -> bool:
    """Grade the submission below `root`; the result is whether the grader did its part."""
    container = Container(root)
    history: History | None = None
    course: Course | None = None
    try:
        course = Course(container.source / "course.toml")
        history = _history(container)
        ungraded = list(history.ungraded) if history else []
        results = ResultsFile(container.results, course.gradescope, {"ungraded": ungraded})
        document = history and refusal(history, course.rate_limit, course.gradescope)
        if document:
            _say("Refused by the rate limit; the earlier result was kept.")
            results.write_document(document)
            return True
        _grade(container, course, results)
    except Exception as error:
        _say(traceback.format_exc() if not isinstance(error, CannotGrade) else f"arcgrade: {error}")
        _failed(container, course, history, str(error))
        return False
    return True


def after_crash(root: Path, status: int) -> None:
    """Leave a result that is no score, after `run` ended without saying why: it was killed."""
    container = Container(root)
    course = Course(container.source / "course.toml")
    causes = {124: "it took too long", 137: "it was killed, most likely for lack of memory"}
    why = causes.get(status, f"it ended with status {status}")
    _say(f"The grader did not finish: {why}.")
    begun = None
    with contextlib.suppress(OSError, BrokenContract):
        begun = read_results(container.results.read_bytes())
    _failed(container, course, _history(container), why, begun)


def _grade(container: Container, course: Course, results: ResultsFile) -> None:
    from autograder.confinement.nursery import Nursery

    secret = (container.source / "course.secret").read_bytes().strip()
    with Nursery(preload=PRELOAD) as nursery:
        # Imported while the nursery does the same, on another core.
        from rich.console import Console

        from autograder.confinement.tiers import self_test
        from autograder.grading import PUBLIC, draw_seed, grade
        from autograder.grading import run as run_checks
        from autograder.render.terminal import print_report
        from autograder.report import Outcome, Result
        from autograder.running import Order
        from autograder.single import session_for

        tier = self_test(nursery)
        _say(str(tier))
        for line in [*facts(), *tier.advice]:
            _say(line)
        tier.require()
        folder = nursery.folder / "submission"
        folder.mkdir(mode=0o755)
        submission = open_or_refuse(container.submission, folder)
        folder.chmod(0o755)  # whatever our umask is: the worker's user reads it
        seed = draw_seed(secret, submission)
        session = session_for(nursery, submission)

        def on_update(report: Report, result: Result | None) -> None:
            results.write(report)

        order = Order(submission, (), seed, str(tier), course)
        try:
            report = grade(order, session, on_update)
            # Last, and without points: whatever becomes of them, the score stands.
            try:
                report = with_public(report, run_checks(PUBLIC, order, session))
            except (CannotGrade, GraderFault) as error:
                _say(f"The public checks could not be run: {error}")
        finally:
            session.close()
        results.write(report)
        print_report(report, Console(width=100, color_system=None))
        for result in report.results:
            if result.outcome is Outcome.NOT_RUN:
                _say(f"Check {result.number} could not be run:\n{result.details}")


def with_public(report: Report, public: Report) -> Report:
    """The report with each part's public checks before its others, as 1a.p1 and so on."""
    results = []
    for part in report.parts:
        for result in public.of_part(part):
            number = result.number.replace(".", ".p")
            results.append(replace(result, number=number, title=f"{result.title} (public check)"))
        results += report.of_part(part)
    return replace(report, results=tuple(results))


def open_or_refuse(path: Path, folder: Path) -> Submission:
    """The submission; one that was refused is empty and says why, so that every check says 0."""
    from autograder.submission import open_submission

    try:
        return open_submission(path, folder)
    except CannotGrade as error:
        nothing = folder.with_name("nothing")
        nothing.mkdir()
        empty = open_submission(nothing, folder)
        return replace(empty, notes=(f"Nothing of it could be graded. {error}",))


def facts() -> list[str]:
    """What staff want to know of the container, a sentence each."""
    said = ["; ".join(f"{name} {version}" for name, version in versions().items())]
    memory = memory_limit()
    if memory is None:
        return said
    megabytes = f"{memory / 1e9:.2f} GB"
    if memory >= ENOUGH_MEMORY:
        return [*said, f"memory {megabytes}"]
    return [
        *said,
        f"WARNING: this container has {megabytes} of memory, and grading may need 1.5 GB: choose a "
        "larger one in the assignment's settings, under Autograder.",
    ]


def memory_limit(groups: Path = Path("/sys/fs/cgroup")) -> int | None:
    """The memory of this container in bytes, of its control group or of the whole machine."""
    limits = []
    for name in _LIMITS:
        try:
            limits.append(int((groups / name).read_text()))
        except (OSError, ValueError):  # not there, or "max"
            continue
    try:
        total = Path("/proc/meminfo").read_text().partition("MemTotal:")[2].split()[0]
        limits.append(int(total) << 10)
    except (OSError, ValueError, IndexError):
        pass
    return min(limits, default=None)


def _history(container: Container) -> History | None:
    try:
        return read_history(container.metadata)
    except (ValueError, OSError) as error:  # msgspec's and json's are ValueErrors
        _say(f"{container.metadata.name} could not be read, so no limit was looked at: {error}")
        return None


def _failed(
    container: Container,
    course: Course | None,
    history: History | None,
    why: str,
    begun: Results | None = None,
) -> None:
    settings = course.gradescope if course else Gradescope()
    results = ResultsFile(container.results, settings)
    results.write_document(failure(history, settings, why, begun))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
