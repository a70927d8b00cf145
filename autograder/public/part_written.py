"""Written answers: they are there, and can be read. Whether they are right is not looked at."""

from __future__ import annotations

from autograder.checks import Failure, number, weight
from autograder.describe import describe
from autograder.formulas import Vocabulary
from autograder.submission import PICTURES, Submission
from autograder.symbols import DROPPING, LOSS, NUMBER, SIZES, SIZES_AND_STEPS, WORDS
from autograder.text import printable
from autograder.written import Written

titles = {"2a": "Transitions by hand", "2b": "The number of transitions"}
COLUMNS = ("stack", "buffer", "dependency", "transition")
GIVEN = 4
"""The start, and the three transitions that the template has."""


@number("1c.8")
@weight(0)
def test_1c(submission: Submission) -> None:
    """written.toml: [1c] placeholders is answered."""
    Written.of(submission).prose("1c", "placeholders")


@number("1e.8")
@weight(0)
def test_1e(submission: Submission) -> None:
    """written.toml: [1e] automatic_differentiation is answered."""
    Written.of(submission).prose("1e", "automatic_differentiation")


@number("2a.8")
@weight(0)
def test_2a(submission: Submission) -> None:
    """written.toml: [2a] rows go on below the given ones, each with four cells."""
    rows = Written.of(submission).answer("2a", "rows")
    if isinstance(rows, str):
        rows = rows.strip().split("\n")
    if not isinstance(rows, list):
        raise Failure("[2a] rows should be a list of rows.")
    cells = [_cells(row, place) for place, row in enumerate(rows, start=1)]
    filled = [row for row in cells if any(row)]
    if len(filled) <= GIVEN:
        raise Failure("[2a] rows is not answered yet: go on below the given rows.")
    for row in filled[1:]:
        if not row[3]:
            raise Failure(f"[2a] rows: {describe(row)} has no transition in its last cell.")


@number("2b.8")
@weight(0)
def test_2b(submission: Submission) -> None:
    """written.toml: [2b] steps is a formula in n, and why is answered."""
    _formulas(submission, "2b", steps=WORDS)
    Written.of(submission).prose("2b", "why")


@number("2f.8")
@weight(0)
def test_2f(submission: Submission) -> None:
    """written.toml: [2f] gamma is a formula in p_drop, and why is answered."""
    _formulas(submission, "2f", gamma=DROPPING)
    Written.of(submission).prose("2f", "why")


@number("2g.8")
@weight(0)
def test_2g(submission: Submission) -> None:
    """written.toml: [2g] momentum and adaptive_rates are answered."""
    for name in ("momentum", "adaptive_rates"):
        Written.of(submission).prose("2g", name)


@number("3a.8")
@weight(0)
def test_3a(submission: Submission) -> None:
    """written.toml: [3a] has two numbers, a formula in CE, and an argument."""
    _formulas(submission, "3a", perplexity=NUMBER, loss=NUMBER, formula=LOSS)
    Written.of(submission).prose("3a", "argument")


@number("3c.8")
@weight(0)
def test_3c(submission: Submission) -> None:
    """written.toml: [3c] drawing is the name of a picture beside the file."""
    name = Written.of(submission).prose("3c", "drawing")
    pictures = [p.name for p in submission.folder.iterdir() if p.suffix.lower() in PICTURES]
    if name.lower() not in map(str.lower, pictures):
        raise Failure(f"[3c] drawing: there is no picture {printable(name, 80)!r} beside the file.")


@number("3d.8")
@weight(0)
def test_3d(submission: Submission) -> None:
    """written.toml: [3d] has three orders of growth, and a slow step."""
    _formulas(submission, "3d", forward=SIZES, backward=SIZES, tau_steps=SIZES_AND_STEPS)
    Written.of(submission).prose("3d", "slow_step")


def _formulas(submission: Submission, part: str, **vocabularies: Vocabulary) -> None:
    written = Written.of(submission)
    for name, vocabulary in vocabularies.items():
        written.formula(part, name, vocabulary)


def _cells(row: object, place: int) -> list[object]:
    """The four cells of a row, in whatever form it is written."""
    if isinstance(row, str):
        row = [cell.strip() for cell in row.strip().strip("|").split("|")]
    if isinstance(row, dict):
        if not set(row) <= set(COLUMNS):
            raise Failure(f"[2a] rows, row {place}: the cells are called {', '.join(COLUMNS)}.")
        row = [row.get(column, "") for column in COLUMNS]
    if isinstance(row, list) and len(row) == 1:  # a blank line of a text
        row = row * 4
    if not isinstance(row, list) or len(row) != len(COLUMNS):
        raise Failure(f"[2a] rows, row {place}: a row has four cells, {', '.join(COLUMNS)}.")
    return row
