"""Runs the public checks on a student's own machine, once or whenever a file is saved."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from autograder.confinement.plain import PlainSession
from autograder.errors import GraderFault
from autograder.facts import facts
from autograder.grading import PUBLIC, run
from autograder.render.check import print_check
from autograder.render.terminal import ProgressLine
from autograder.report import Outcome, Report
from autograder.running import Order
from autograder.submission import GRADED, HISTORICAL, PICTURES, open_submission

STAMP = "not for grades: nothing is confined here"
# Seconds between two looks at the files, and how long they have to rest after a change: an editor
# may write several, or one in pieces.
LOOK = 0.5
REST = 0.2

Stamps = dict[str, tuple[int, int]]
"""File to the time of its last change, and its size."""


def check(path: Path, parts: tuple[str, ...], session: PlainSession, console: Console) -> Report:
    """Run the checks and print what came of them; progress goes to stderr.

    Raises:
        CannotGrade: what lies at `path` cannot be opened, or there is no such part.
        GraderFault: the checks could not be run.
    """
    started = time.monotonic()
    with (
        opened(path, session) as order,
        ProgressLine(
            Console(stderr=True), verb="Checking", quiet=not console.is_terminal
        ) as progress,
    ):
        report = run(PUBLIC, Order(order.submission, parts, tier=STAMP), session, progress.update)
    print_check(report, facts(), time.monotonic() - started, console)
    faults = [result for result in report.results if result.outcome is Outcome.NOT_RUN]
    if faults:
        raise GraderFault(f"check {faults[0].number} could not be run.\n{faults[0].details}")
    return report


def watch(
    path: Path,
    again: Callable[[], object],
    console: Console,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Call `again` after every change of the student's files, until Ctrl-C."""
    seen = stamps(path)
    while True:
        again()
        console.print("\nWaiting for a file to be saved; Ctrl-C ends this.", style="dim")
        while (now := stamps(path)) == seen:
            sleep(LOOK)
        while True:
            sleep(REST)
            later = stamps(path)
            if later == now:
                break
            now = later
        changed = [name for name in now | seen if now.get(name) != seen.get(name)]
        seen = now
        console.print(f"\n{', '.join(sorted(changed)[:3])} changed.", style="dim", markup=False)


def stamps(path: Path) -> Stamps:
    """When the files that checks look at were changed; those of the handout itself are left out."""
    folder = path if path.is_dir() else path.parent
    given = {name.partition("/")[0] for name in facts().given if "/" in name}
    found: Stamps = {}
    for file in _files(folder, given):
        with contextlib.suppress(OSError):  # it is being replaced
            status = file.stat()
            found[file.relative_to(folder).as_posix()] = status.st_mtime_ns, status.st_size
    return found


def _files(folder: Path, given: set[str]) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for entry in sorted(folder.iterdir()):
            if entry.is_dir():
                left_out = entry.name in given or entry.name.startswith((".", "__"))
                if not left_out and not (entry / "pyvenv.cfg").is_file():
                    yield from (file for file in _files(entry, set()) if file.suffix == ".py")
            elif entry.suffix in (".py", *PICTURES) or entry.name in GRADED:
                yield entry


@contextlib.contextmanager
def opened(path: Path, session: PlainSession) -> Iterator[Order]:
    """A private copy, found and read as when it is graded; the session holds it."""
    copy = Path(tempfile.mkdtemp(prefix="arcgrade-"))
    try:
        submission = open_submission(path, copy)
        session.hold(
            submission.folder,
            modules=[_module(file) for file in GRADED if file.endswith(".py")],
            files={_module(f): name for f, name in submission.files.items() if f.endswith(".py")},
            aliases={_module(old): _module(file) for old, file in HISTORICAL.items()},
        )
        yield Order(submission)
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _module(file: str) -> str:
    return file.removesuffix(".py")
