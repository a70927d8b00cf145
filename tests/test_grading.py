"""Grading as a whole: the reference gets everything, nothing gets nothing, and it is steady."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from autograder.report import Outcome, Report, Result

from .conftest import MAXIMA, ROOT, SOLUTIONS, Grade, lost


def test_reference_gets_every_point(grade_folder: Grade) -> None:
    """The reference solutions get every point of the parts that are there."""
    report = grade_folder(SOLUTIONS)
    assert lost(report) == set()
    parts = {part: sum(r.max_points for r in report.of_part(part)) for part in report.parts}
    assert parts == MAXIMA
    assert report.complete


def test_staff_give_what_the_machine_does_not(grade_folder: Grade) -> None:
    """13 points and 2 bonus points await staff, and are no part of what the machine gives."""
    report = grade_folder(SOLUTIONS)
    assert (report.staff_points, report.bonus_points) == (13, 2)
    staff = {part: sum(r.staff_points for r in report.of_part(part)) for part in report.parts}
    assert {part: points for part, points in staff.items() if points} == {
        "1c": 2, "1e": 2, "2b": 1, "2f": 1, "2g": 4, "2i": 1, "3a": 2, "3c": 1, "bonus": 1,
    }  # fmt: skip
    for result in report.results:
        if result.staff_points:
            assert result.outcome is Outcome.AWAITING
            assert result.answer
            assert result.rubric
            assert (result.points, result.max_points) == (0, 0)


def test_empty_folder_gets_nothing_of_the_same_maximum(grade_folder: Grade, tmp_path: Path) -> None:
    """An empty folder gets 0 of the same maximum, and is told what is missing."""
    report = grade_folder(tmp_path)
    assert report.points == 0
    assert report.max_points == 87
    assert all(result.outcome is Outcome.FAILED for result in report.results)
    assert report.results[0].message == "softmax.py is missing."


def test_template_gets_nothing(grade_folder: Grade, tmp_path: Path) -> None:
    """The template of written.toml, not filled in, gets no points and awaits nobody."""
    template = ROOT / "data" / "templates" / "written.toml"
    shutil.copy(template, tmp_path)
    report = grade_folder(tmp_path, ("2a", "2b", "2f", "2g", "2i", "3a", "3c", "3d", "bonus"))
    assert report.points == report.awaiting == 0
    written = [result for result in report.results if "is missing" not in result.message]
    assert len(written) == 19
    for result in written:
        assert result.outcome is Outcome.FAILED
        assert "is not answered yet." in result.message
    fields = {result.message.partition(" is")[0] for result in written}
    assert len(fields) == 19, "each names its own field, and the template has it"


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


def test_a_folder_with_the_name_of_a_module_is_a_folder(
    grade_folder: Grade, hand_in: Callable[[dict[str, str | None]], Path]
) -> None:
    """It costs nothing but the module that is not there, also when a traceback names it."""
    folder = hand_in({
        "rnn.py": None,
        "softmax.py": "def softmax(x):\n    exec(compile('1 / 0', 'rnn.py', 'exec'))\n",
    })  # fmt: skip
    (folder / "rnn.py").mkdir()
    (folder / "rnn.py" / "helper.py").write_text("X = 1\n")
    report = grade_folder(folder, parts=("1a", "1c", "2c", "3b"))
    assert {result.outcome for result in report.results} <= {
        Outcome.PASSED, Outcome.FAILED, Outcome.AWAITING,
    }  # fmt: skip
    assert report.points == 9


def _of(report: Report, number: str) -> Result:
    return next(result for result in report.results if result.number == number)
