"""What the tests share: one warm nursery, and a way to grade a folder with it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest
import torch

from autograder.confinement.nursery import Nursery
from autograder.confinement.tiers import self_test
from autograder.errors import CannotGrade
from autograder.grading import grade
from autograder.report import Outcome, Report
from autograder.running import Order
from autograder.single import session_for
from autograder.submission import GRADED, open_submission

ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions"

# What the machine gives for each part, as the assignment says.
MAXIMA = {
    "1a": 5, "1b": 5, "1c": 3, "1d": 5, "1e": 3,
    "2a": 6, "2b": 1, "2c": 6, "2d": 6, "2e": 4, "2f": 1, "2g": 0, "2h": 20, "2i": 0,
    "3a": 3, "3b": 8, "3c": 7, "3d": 4, "bonus": 0,
}  # fmt: skip

Grade = Callable[..., Report]

# pytest-xdist takes all processors; threads of torch's would only wait for each other there.
torch.set_num_threads(1)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """A nursery that confines as well as this machine can; skipped where that is not enough."""
    try:
        with Nursery(preload=("torch._dynamo",)) as nursery:
            self_test(nursery).require()
            yield nursery
    except CannotGrade as error:
        pytest.skip(str(error))


@pytest.fixture
def grade_folder(nursery: Nursery) -> Iterator[Grade]:
    """Grades a folder as `arcgrade grade` does: `grade_folder(path, parts=("1a",), seed=7)`."""
    copies: list[Path] = []

    def run(path: Path, parts: tuple[str, ...] = (), seed: int = 1) -> Report:
        copy = Path(tempfile.mkdtemp(prefix="submission-", dir=nursery.folder))
        copy.chmod(0o755)
        copies.append(copy)
        submission = open_submission(path, copy)
        session = session_for(nursery, submission)
        try:
            return grade(Order(submission, parts, seed), session)
        finally:
            session.close()

    yield run
    for copy in copies:
        shutil.rmtree(copy)


@pytest.fixture
def few_examples() -> Iterator[None]:
    """Property checks try three inputs and shrink nothing: for tests that grade very often."""
    full = hypothesis.settings.get_profile("arcgrade")
    few = {"max_examples": 3, "phases": (hypothesis.Phase.generate,)}
    hypothesis.settings.register_profile("arcgrade", full, **few)
    yield
    hypothesis.settings.register_profile("arcgrade", full)


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Makes a folder of files, name to text; `None` as text leaves a reference solution out.

    Files that are not named are those of the reference solutions.
    """

    def make(files: Mapping[str, str | None]) -> Path:
        folder = tmp_path / "hand-in"
        folder.mkdir()
        for path in SOLUTIONS.iterdir():
            graded = path.name in GRADED or path.suffix == ".svg"  # a drawing is named in one
            if graded and path.name not in files:
                shutil.copy(path, folder)
        for name, text in files.items():
            if text is not None:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return folder

    return make


def points(report: Report) -> dict[str, float]:
    """Check number to points."""
    return {result.number: result.points for result in report.results}


def lost(report: Report) -> set[str]:
    """The numbers of the checks that did not give all their points, or that practice failed."""
    return {
        result.number
        for result in report.results
        if result.points < result.max_points or result.outcome is Outcome.FAILED
    }
