"""What becomes of a check: outcomes, partial credit, seeds, and faults of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import grading
from autograder.checks import number, weight
from autograder.confinement.session import Session
from autograder.errors import CannotGrade, GraderFault
from autograder.render.gradescope import to_gradescope
from autograder.report import Outcome, Report, Result
from autograder.rubric import Check
from autograder.running import OnUpdate, Order, Plugin

from .conftest import Grade


@pytest.fixture
def example(grade_folder: Grade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Grade:
    """Grades an empty folder with the example checks: `example(seed=3)`."""
    monkeypatch.setattr(grading, "CHECKS", "tests.example_checks")
    return lambda **values: grade_folder(tmp_path, **values)


def of(report: Report, number: str) -> Result:
    """The result of a check."""
    return next(result for result in report.results if result.number == number)


def test_outcomes(example: Grade) -> None:
    """Each check ends as it says, with the points it says, in the order of their numbers."""
    report = example()
    assert [result.number for result in report.results] == [f"9a.{i}" for i in range(1, 12)]
    outcomes = {result.number: (result.outcome.value, result.points) for result in report.results}
    assert outcomes == {
        "9a.1": ("passed", 1),
        "9a.2": ("failed", 0),
        "9a.3": ("not run", 0),
        "9a.4": ("failed", 0),
        "9a.5": ("passed", 2),
        "9a.6": ("failed", 1),
        "9a.7": ("passed", 4),
        "9a.8": ("failed", 0),
        "9a.9": ("passed", 1),
        "9a.10": ("failed", 0),
        "9a.11": ("failed", 0),
    }
    assert report.max_points == 20
    assert not report.complete
    assert report.parts == {"9a": "Everything that can happen"}


def test_messages(example: Grade) -> None:
    """Students read what was meant for them; our own mistakes are for staff."""
    report = example()
    assert of(report, "9a.2").message == "said to the student"
    assert of(report, "9a.3").message == ""
    assert "said to staff" in of(report, "9a.3").details
    assert of(report, "9a.4").message == "only this is shown"
    assert of(report, "9a.8").message == "hidden from students"
    assert of(report, "9a.10").message == "13 is too large"


def test_gradescope_fields(example: Grade) -> None:
    """Tags, visibility and the leaderboard arrive where Gradescope looks for them."""
    document = to_gradescope(example())
    assert document["tests"][0]["tags"] == ["easy"]
    assert document["tests"][0]["visibility"] == "hidden"
    assert document["leaderboard"] == [{"name": "speed", "value": 7.5, "order": "asc"}]


def test_seeds(example: Grade) -> None:
    """The same seed draws the same inputs, another one others."""
    drawn = [of(example(seed=seed), "9a.11").message for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_scores_of_an_earlier_run_are_forgotten(example: Grade) -> None:
    """Partial credit does not carry over from one submission to the next."""
    assert [of(example(), "9a.6").points for _ in range(2)] == [1, 1]


def test_every_version_of_the_report_is_whole(
    example: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first version on, every check is there with its maximum."""
    versions: list[Report] = []

    def watching(order: Order, session: Session, on_update: OnUpdate) -> Plugin:
        return Plugin(order, session, lambda report, result: versions.append(report))

    monkeypatch.setattr("autograder.grading.Plugin", watching)
    example()
    assert [version.max_points for version in versions] == [20] * 12
    assert all(result.outcome is Outcome.PENDING for result in versions[0].results)


def test_unknown_part_cannot_be_graded(example: Grade) -> None:
    """A part that does not exist is refused by name."""
    with pytest.raises(CannotGrade, match="There is no part 8z to grade; there are 9a"):
        example(parts=("8z",))


@pytest.mark.parametrize(
    "source",
    [
        "import no_such_module\n",
        "def test_x(student):\n    pass\n",
        "from autograder.checks import number\n@number('1')\ndef test_x(): 'It holds.'\n",
    ],
    ids=["import fails", "no number", "bad number"],
)
def test_a_check_that_cannot_be_collected_stops_everything(
    grade_folder: Grade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str
) -> None:
    """No check may vanish from the denominator: the grader stops instead."""
    package = tmp_path / f"broken_{abs(hash(source))}"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "part_8a.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(grading, "CHECKS", package.name)
    with pytest.raises(GraderFault):
        grade_folder(tmp_path)


def test_order_is_that_of_numbers() -> None:
    """2c.10 comes after 2c.2, and part 10a after 2c."""

    def check(text: str) -> Check:
        @number(text)  # type: ignore[untyped-decorator]
        @weight(1)  # type: ignore[untyped-decorator]
        def function() -> None:
            """It holds."""

        return Check.of(function)

    ordered = sorted(["10a.1", "2c.10", "2c.2"], key=lambda text: check(text).order)
    assert ordered == ["2c.2", "2c.10", "10a.1"]
