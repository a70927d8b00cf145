"""Grading as a whole: the reference gets everything, nothing gets nothing, and it is steady."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.report import Outcome, Report, Result

from .conftest import SOLUTIONS, Grade, lost


def test_reference_gets_every_point(grade_folder: Grade) -> None:
    """The reference solutions get every point of the parts that are there."""
    report = grade_folder(SOLUTIONS)
    assert lost(report) == set()
    parts = {part: sum(r.max_points for r in report.of_part(part)) for part in report.parts}
    assert parts == {
        "1a": 5, "1b": 5, "1c": 3, "1d": 5, "1e": 3,
        "2c": 6, "2d": 6,
        "3a": 0, "3b": 8, "3c": 7, "3d": 0,
    }  # fmt: skip


def test_empty_folder_gets_nothing_of_the_same_maximum(grade_folder: Grade, tmp_path: Path) -> None:
    """An empty folder gets 0 of the same maximum, and is told what is missing."""
    report = grade_folder(tmp_path)
    assert report.points == 0
    assert report.max_points == 48
    assert all(result.outcome is Outcome.FAILED for result in report.results)
    assert report.results[0].message == "softmax.py was not handed in."


def test_score_is_steady(grade_folder: Grade) -> None:
    """The same seed gives the same report to the letter."""
    first, second = (grade_folder(SOLUTIONS, seed=5).results for _ in range(2))
    assert first == second


def test_missing_file_costs_its_parts_only(
    grade_folder: Grade, hand_in: Callable[[dict[str, str | None]], Path]
) -> None:
    """Without softmax.py, parts 1a and 1b are lost, and the classifier keeps its points."""
    report = grade_folder(hand_in({"softmax.py": None}))
    assert {number[:2] for number in lost(report)} == {"1a", "1b"}
    assert "something correct in place of your softmax.py" in _of(report, "1d.2").message


def _of(report: Report, number: str) -> Result:
    return next(result for result in report.results if result.number == number)
