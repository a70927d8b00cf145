"""The table of hand-ins: right ones get every point, wrong ones lose just what is wrong.

Each hand-in of `submissions/` says in its first lines what it is and what it must lose:

    # classifier.py: the specs of inputs and labels are swapped.
    # Loses: 1c.1

A file takes the place of one reference solution, and is graded on the parts of that file, from the
first one that it must lose to those that build on it. Of written.toml it has just the answers that
differ from the reference's. A folder is handed in as it is. Where
the checks do not agree yet, a third line says what is lost today (`# Today: 1c.1 1c.2`); the row
is expected to fail until they do, and then the line has to go.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.report import Outcome, Report
from autograder.submission import GRADED

from .conftest import SOLUTIONS, Grade, lost

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SUBMISSIONS = Path(__file__).parent / "submissions"
PARTS = {
    "softmax.py": ("1a", "1b"),
    "classifier.py": ("1c", "1d", "1e"),
    "parser_transitions.py": ("2c", "2d"),
    "initialization.py": ("2e", "2f"),
    "optimizers.py": ("2g",),
    "parser_model.py": ("2h",),
    "rnn.py": ("3a", "3b", "3c", "3d"),
    "written.toml": ("2a", "2b", "3a", "3d"),
}
HEADER = re.compile(
    r"# (?:(?P<file>\w+\.(?:py|toml)): )?.+\n"
    r"# Loses: (?P<loses>nothing|\w+\.\d+(?: \w+\.\d+)*)\n"
    r"(?P<today># Today: .+\n)?"
)

HandIn = Callable[[dict[str, str | None]], Path]


@dataclass(frozen=True)
class Row:
    """A hand-in of the table.

    Attributes:
        path: its file, or its folder.
        file: the graded file whose place it takes; empty for a folder.
        loses: the numbers of the checks that it must lose, and no others.
        disputed: whether the checks do not agree yet.
    """

    path: Path
    file: str
    loses: frozenset[str]
    disputed: bool

    @classmethod
    def read(cls, path: Path) -> Row:
        """The row that a hand-in's header describes.

        Raises:
            ValueError: it has none.
        """
        texts = [file.read_text(encoding="utf-8") for file in sorted(_files(path))]
        headers = [header for text in texts if (header := HEADER.match(text))]
        if len(headers) != 1:
            raise ValueError(f"{path} should have one header, not {len(headers)}")
        header = headers[0]
        loses = frozenset(re.findall(r"\w+\.\d+", header["loses"]))
        file = "" if path.is_dir() else header["file"]
        return cls(path, file, loses, disputed=header["today"] is not None)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts to grade: those of its files, from the first one that it must lose."""
        lost = {number.partition(".")[0] for number in self.loses}
        if self.file == "written.toml":  # its answers have nothing to do with each other
            return tuple(sorted({*lost, *PARTS[self.file]}))
        first = min(lost, default="")
        files = {self.file} if self.file else {f.name for f in _files(self.path)}
        return tuple(
            part
            for graded, parts in PARTS.items()
            if any(name.endswith(graded) for name in files)
            for part in parts
            if part >= first
        )


def _files(path: Path) -> list[Path]:
    return list(path.rglob("*.py")) if path.is_dir() else [path]


def _rows(kind: str) -> list[Row]:
    paths = sorted((SUBMISSIONS / kind).iterdir())
    return [
        Row.read(path)
        for path in paths
        if path.suffix in (".py", ".toml") or any(path.rglob("*.py"))
    ]


def _parameters(rows: list[Row]) -> list[object]:
    disputed = pytest.mark.xfail(strict=True, reason="the checks do not agree yet")
    return [
        pytest.param(row, id=row.path.stem, marks=[disputed] if row.disputed else [])
        for row in rows
    ]


RIGHT, WRONG = _rows("right"), _rows("wrong")


@pytest.mark.parametrize("row", _parameters(RIGHT))
def test_right_hand_in_gets_every_point(grade_folder: Grade, hand_in: HandIn, row: Row) -> None:
    """What the contract allows costs nothing."""
    report = grade_folder(_folder(row, hand_in), row.parts)
    assert _told(report) == ""


@pytest.mark.parametrize("row", _parameters(WRONG))
def test_wrong_hand_in_loses_what_is_wrong(grade_folder: Grade, hand_in: HandIn, row: Row) -> None:
    """A mistake costs the checks that its header names, and no others; each says something."""
    report = grade_folder(_folder(row, hand_in), row.parts)
    assert lost(report) == row.loses, _told(report)
    assert all(result.message for result in report.results if result.number in row.loses)
    assert report.complete


@pytest.mark.parametrize(
    "name",
    [
        "softmax_not_written",
        "softmax_syntax_error",
        "softmax_over_columns",
        "softmax_detached",
        "loss_mean_of_batch",
        "loss_python_float",
    ],
)
def test_softmax_does_not_cost_the_classifier(
    grade_folder: Grade, hand_in: HandIn, name: str
) -> None:
    """A wrong softmax.py costs 1a and 1b; the parts that build on it are graded without it."""
    row = Row.read(SUBMISSIONS / "wrong" / f"{name}.py")
    report = grade_folder(_folder(row, hand_in), ("1c", "1d", "1e"))
    assert _told(report) == ""


@pytest.mark.parametrize("name", ["xavier_no_root", "xavier_not_written", "xavier_numpy"])
def test_initialization_does_not_cost_the_parser(
    grade_folder: Grade, hand_in: HandIn, name: str
) -> None:
    """A wrong initialization.py costs 2e; the reference's ParserModel, which uses it, nothing."""
    row = Row.read(SUBMISSIONS / "wrong" / f"{name}.py")
    assert _told(grade_folder(_folder(row, hand_in), ("2h",))) == ""


@pytest.mark.parametrize("text", [None, "import os\nos._exit(0)\n", "def xavier(:\n"])
def test_initialization_that_is_no_module_does_not_cost_the_parser(
    grade_folder: Grade, hand_in: HandIn, text: str | None
) -> None:
    """Nor does one that is missing, ends the process or cannot be read."""
    assert _told(grade_folder(hand_in({"initialization.py": text}), ("2h",))) == ""


def test_table_names_real_checks(grade_folder: Grade, tmp_path: Path) -> None:
    """Every number in a header is a check's, and every check is lost by some wrong hand-in."""
    numbers = {result.number for result in grade_folder(tmp_path).results}
    in_test_course = {"2h.9"}  # a file of predictions has no place for a header
    assert frozenset(in_test_course).union(*(row.loses for row in WRONG)) == numbers


def _folder(row: Row, hand_in: HandIn) -> Path:
    if not row.file:
        files: dict[str, str | None] = dict.fromkeys(GRADED)
        files |= {str(f.relative_to(row.path)): f.read_text("utf-8") for f in _files(row.path)}
        # What is no code is the reference's, and lies beside theirs.
        place = min(file.relative_to(row.path).parent for file in _files(row.path))
        data = (path for path in SOLUTIONS.iterdir() if path.suffix in (".toml", ".txt", ".svg"))
        files |= {str(place / path.name): path.read_text("utf-8") for path in data}
        return hand_in(files)
    text = row.path.read_text(encoding="utf-8")
    return hand_in({row.file: _with_answers(text) if row.file == "written.toml" else text})


def _with_answers(text: str) -> str:
    """The reference's written.toml with the answers of `text` in place of its own."""
    tables = tomllib.loads((SOLUTIONS / "written.toml").read_text(encoding="utf-8"))
    for part, answers in tomllib.loads(text).items():
        tables[part] |= answers
    return "".join(
        f"[{part}]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in answers.items())
        for part, answers in tables.items()
    )


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _told(report: Report) -> str:
    """What the checks that were not passed in full say; for the message of a failed test."""
    return "\n\n".join(
        f"{result.number} {result.title}\n{result.message or result.details}"
        for result in report.results
        if result.outcome not in (Outcome.PASSED, Outcome.AWAITING)
        or result.points < result.max_points
    )
