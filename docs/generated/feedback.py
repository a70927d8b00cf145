"""What the grader says: hand-ins of tests/submissions, graded while the site is built.

They are the project's own files, so nothing has to be confined, and any system can build the site.
"""

from __future__ import annotations

import atexit
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from rich.console import Console

from autograder import checking
from autograder.confinement.plain import PlainSession
from autograder.grading import grade
from autograder.handout import handout_files
from autograder.render.terminal import print_report
from autograder.report import Report
from autograder.running import Order
from docs.building import ROOT

WRONG = ROOT / "tests" / "submissions" / "wrong"
SOLUTIONS = ROOT / "solutions"


@cache
def _session() -> PlainSession:
    session = PlainSession()
    atexit.register(session.__exit__, None, None, None)
    return session


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "my-work"
        folder.mkdir()
        yield folder


@cache
def _graded(name: str, part: str) -> Report:
    """A part of the reference with that hand-in in the place of one file."""
    with _folder() as folder:
        for path in SOLUTIONS.iterdir():
            if path.suffix in (".py", ".toml", ".svg"):
                shutil.copy(path, folder)
        text = (WRONG / name).read_text(encoding="utf-8")
        file = text.split(":")[0].removeprefix("# ")
        folder.joinpath(file).write_text(text, encoding="utf-8")
        return _grade(folder, part)


def _grade(folder: Path, part: str) -> Report:
    with checking.opened(folder, _session()) as order:
        return grade(Order(order.submission, (part,), seed=0), _session())


def graded(name: str, number: str) -> str:
    """What a check says of a hand-in of tests/submissions/wrong, a fenced block."""
    report = _graded(name, number.partition(".")[0])
    return said(report, number)


def answered(part: str, field: str, answer: str) -> str:
    """What the first check of a part says of a written.toml with just this answer."""
    with _folder() as folder:
        text = f"[{part}]\n{field} = '{answer}'\n"
        folder.joinpath("written.toml").write_text(text, encoding="utf-8")
        return said(_grade(folder, part), f"{part}.1")


def said(report: Report, number: str) -> str:
    """What a report says of a check, a fenced block.

    Raises:
        ValueError: nothing, or nothing that it would say when grading in earnest.
    """
    result = next(result for result in report.results if result.number == number)
    if not result.message or "WireError" in result.message:  # which has no stand-ins
        raise ValueError(f"check {number} cannot be shown without confinement")
    mark = "✓" if result.points == result.max_points else "✗"
    lines = [f"{mark} {number} {result.title}", *_wrapped(result.message)]
    return "\n".join(["```text", *lines, "```"])


def _wrapped(message: str) -> list[str]:
    console = Console(file=io.StringIO(), width=72, color_system=None)
    console.print(message, markup=False, highlight=False)
    assert isinstance(console.file, io.StringIO)
    return [f"    {line.rstrip()}".rstrip() for line in console.file.getvalue().splitlines()]


def report_of_sample(part: str) -> str:
    """What `arcgrade grade data/sample --part …` prints, without its last line, the seed."""
    with _folder() as folder:
        sample = folder / "sample"
        shutil.copytree(ROOT / "data" / "sample", sample)
        report = _grade(sample, part)
    console = Console(file=io.StringIO(), width=78, color_system=None)
    print_report(report, console)
    return _block(console, until=r"seed \d+.*")


def check_of_starter(part: str) -> str:
    """What `arcgrade check` says of a part of the handout's starter."""
    files = {name: data for name, data in handout_files().items() if "/" not in name}
    with _folder() as folder:
        for name, data in files.items():
            folder.joinpath(name).write_bytes(data)
        return _checked(folder, part)


def check_of(name: str, part: str) -> str:
    """What `arcgrade check` says of a hand-in of tests/submissions/wrong."""
    with _folder() as folder:
        text = (WRONG / name).read_text(encoding="utf-8")
        folder.joinpath(text.split(":")[0].removeprefix("# ")).write_text(text, encoding="utf-8")
        return _checked(folder, part)


def _checked(folder: Path, part: str) -> str:
    console = Console(file=io.StringIO(), width=78, color_system=None)
    checking.check(folder, (part,), _session(), console)
    return _block(console)


def _block(console: Console, until: str = "$^") -> str:
    assert isinstance(console.file, io.StringIO)
    text = re.sub(r"\d+\.\d s;", "0.6 s;", console.file.getvalue())  # the same at every build
    text = re.sub(rf"(?m)^{until}\n", "", text)
    return "\n".join(["```text", *(line.rstrip() for line in text.strip("\n").splitlines()), "```"])
