"""What a course decides, and the predictions that are judged by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import CannotGrade, Failure
from autograder.predictions import read_predictions
from autograder.report import Outcome, Result
from data.treebanks import SMALL, load
from solutions.support.evaluation import predictions_text

from .conftest import SOLUTIONS, Grade

HandIn = Callable[[dict[str, str | None]], Path]
FILE = """
[test_predictions]
treebank = "small"
thresholds = [[50, 0.5], [80, 1]]
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """A course file with that text."""

    def make(text: str) -> Path:
        path = tmp_path / "course.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return make


def test_shares_begin_at_the_thresholds() -> None:
    """A UAS gives the share of the highest threshold that it reaches, and knows the next one."""
    course = Course()
    assert course.thresholds == [(60, 0.25), (75, 0.5), (85, 0.75), (90, 1)]
    assert course.share(59.99) == (0, 60)
    assert course.share(60) == (0.25, 75)
    assert course.share(89.9) == (0.75, 90)
    assert course.share(90) == (1, None)


def test_one_line_chooses_another_treebank(write: Callable[[str], Path], tmp_path: Path) -> None:
    """A folder is found from the course file, wherever the command runs."""
    line = "1\tgo\t_\tVERB\t_\t_\t0\troot\t_\t_\n\n"
    (tmp_path / "ours").mkdir()
    for split in ("train", "dev", "test"):
        (tmp_path / "ours" / f"{split}.conllu").write_text(line, encoding="utf-8")
    course = Course(write(FILE.replace('"small"', '"ours"')))
    assert [sentence.words for sentence in course.test_sentences] == [("go",)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[test_predictions]", "[test", "is no course file: "),
        ("thresholds", "treshold", "unknown field `treshold`"),
        ('"small"', "3", "Expected `str`, got `int`"),
        ("80, 1]", "50, 1]", "the thresholds should rise"),
        ("[80, 1]", "[80, 0.4]", "the thresholds should rise"),
        ("80, 1]", "80, 0.9]", "the last threshold should give all points"),
        ("80, 1]", "180, 1]", "Expected `float` <= 100"),
        ("[[50, 0.5], [80, 1]]", "[]", "length >= 1"),
    ],
)
def test_a_wrong_course_file_gets_one_sentence(
    write: Callable[[str], Path], old: str, new: str, said: str
) -> None:
    """It names the file and what is wrong with it, before anything is graded."""
    with pytest.raises(CannotGrade, match=re.escape(said)) as caught:
        Course(write(FILE.replace(old, new)))
    assert "course.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_get_one_sentence(write: Callable[[str], Path], tmp_path: Path) -> None:
    """So do a course file that is not there, an unknown treebank, and one without heads."""
    with pytest.raises(CannotGrade, match=r"nowhere\.toml cannot be read"):
        Course(tmp_path / "nowhere.toml")
    with pytest.raises(CannotGrade, match="no-such-treebank"):
        _ = Course(write(FILE.replace('"small"', '"no-such-treebank"'))).test_sentences
    folder = tmp_path / "blind"
    folder.mkdir()
    for split in ("train", "dev", "test"):
        text = "1\tgo\t_\tVERB\t_\t_\t_\t_\t_\t_\n\n"
        (folder / f"{split}.conllu").write_text(text, encoding="utf-8")
    with pytest.raises(CannotGrade, match="have no heads to compare with"):
        _ = Course(write(FILE.replace('"small"', '"blind"'))).test_sentences


# --- reading predictions -------------------------------------------------------------------------


def test_predictions_are_read_line_by_line() -> None:
    """Spaces and blank lines at the end do not matter."""
    assert read_predictions("2 0 \n 0\n\n", [2, 1]) == ([[2, 0], [0]], "")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2 0", "line 2: 2 heads for a sentence of 3 words"),
        ("2 0 x", 'line 2: "x" is no head; heads are numbers from 0 (ROOT) to 3'),
        ("2 0 4", 'line 2: "4" is no head'),
        ("2 0 -1", 'line 2: "-1" is no head'),
        ("2 0 1.0", 'line 2: "1.0" is no head'),
        ("2 0 ١", 'line 2: "١" is no head'),
        ("2 0 99999999999999999999", "is no head"),
        ("2 0 \x1b[2J", r"\x1b[2J"),
        ("", "line 2: 0 heads"),
    ],
)
def test_a_line_that_cannot_be_used_counts_as_wrong(line: str, said: str) -> None:
    """It is named, and the others count all the same."""
    heads, slips = read_predictions(f"0\n{line}\n2 0\n", [1, 3, 2])
    assert heads == [[0], [-1, -1, -1], [2, 0]]
    assert said in slips
    assert "\x1b" not in slips


def test_many_slips_are_counted() -> None:
    """Three are shown."""
    _, slips = read_predictions("x\n" * 9, [1] * 9)
    assert slips.count("line") == 3
    assert slips.endswith("and 6 more.")


@pytest.mark.parametrize(("text", "n"), [("", 0), ("\n", 0), ("0\n", 1), ("0\n0\n0\n", 3)])
def test_another_number_of_lines_is_refused(text: str, n: int) -> None:
    """No line can be told from the next: both numbers are said."""
    with pytest.raises(Failure, match=f"has {n} lines, and there are 2 test sentences"):
        read_predictions(text, [1, 1])


# --- the check -----------------------------------------------------------------------------------


def predictions_of(share: float) -> str:
    """The small treebank's heads, but for the last sentences, whose words are all ROOT's."""
    sentences = load(SMALL).test
    cut = round(share * len(sentences))
    heads = [
        [head or 0 for head in s.heads] if i < cut else [0] * len(s.heads)
        for i, s in enumerate(sentences)
    ]
    return predictions_text(heads)


def result_of(grade_folder: Grade, folder: Path) -> Result:
    """What the check of the predictions says."""
    (result,) = (r for r in grade_folder(folder, ("2h",)).results if r.number == "2h.9")
    return result


@pytest.mark.parametrize(("share", "points"), [(1.0, 8), (0.85, 6), (0.75, 4), (0.3, 0)])
def test_points_follow_the_uas(
    grade_folder: Grade, hand_in: HandIn, share: float, points: float
) -> None:
    """More right heads give more points, and the leaderboard has the UAS."""
    files = {"parser_model.py": None, "test_predictions.txt": predictions_of(share)}
    result = result_of(grade_folder, hand_in(files))
    assert result.points == points
    assert result.max_points == 8
    assert result.leaderboard is not None
    name, order, value = result.leaderboard
    assert (name, order) == ("UAS", "desc")
    assert value is not None
    assert abs(value - 100 * share) < 12
    if points < 8:
        assert result.outcome is Outcome.FAILED
        assert f"UAS {value:.2f}" in result.message
        assert "The next points come from" in result.message


def test_missing_predictions_say_so(grade_folder: Grade, hand_in: HandIn) -> None:
    """No file, no points, one sentence, and nothing on the leaderboard."""
    files: dict[str, str | None] = {"parser_model.py": None, "test_predictions.txt": None}
    result = result_of(grade_folder, hand_in(files))
    assert (result.points, result.message) == (0, "test_predictions.txt is missing.")
    assert result.leaderboard == ("UAS", "desc", None)


def test_the_references_predictions_are_its_own(tmp_path: Path) -> None:
    """`solutions/test_predictions.txt` is what `arcgrade train small` writes."""
    from click.testing import CliRunner

    from autograder.cli import main

    done = CliRunner().invoke(main, ["train", "small", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "dev UAS 9" in done.output
    written = (tmp_path / "test_predictions.txt").read_text(encoding="utf-8").split()
    shipped = (SOLUTIONS / "test_predictions.txt").read_text(encoding="utf-8").split()
    # Another processor may round otherwise, and a close call fall the other way.
    same = sum(a == b for a, b in zip(written, shipped, strict=True))
    assert same > 0.97 * len(shipped)
