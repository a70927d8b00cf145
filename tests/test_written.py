"""written.toml: hundreds of malformed files, the table of 2a, and what happens to prose."""

from __future__ import annotations

import builtins
import io
import itertools
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from autograder.equality import equal
from autograder.errors import CannotGrade, Failure
from autograder.formulas import parse
from autograder.hidden import part_written
from autograder.hidden.table import GIVEN, ROWS, judge
from autograder.render.gradescope import to_gradescope
from autograder.render.html import to_html
from autograder.render.terminal import print_report
from autograder.report import Outcome, Report, Result
from autograder.rubric import Check
from autograder.running import Order, Plugin
from autograder.submission import open_submission
from autograder.symbols import DROPPING, LOSS, WORDS
from autograder.written import FORM, Written
from solutions.parser_transitions import PartialParse, Transition

from .conftest import ROOT, SOLUTIONS, Grade
from .malformed import ASKED, FIELDS, broken, spoilt
from .test_rendering import validate

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CHECKS = sorted(
    (Check.of(f) for name, f in vars(part_written).items() if name.startswith("test_")),
    key=lambda check: check.order,
)
FILES = dict(broken())
Mark = Callable[[bytes], dict[str, Result]]


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mark:
    """Runs the checks of written answers on a file, as the plugin does: number to result.

    No text may be evaluated meanwhile, neither by us nor by what we call.
    """

    def watching(original: Callable[..., object]) -> Callable[..., object]:
        def call(source: object, *rest: Any) -> object:
            if isinstance(source, str):  # and no module's code, that an import runs
                raise SystemError("a text was evaluated")  # the plugin: a fault of the grader's
            return original(source, *rest)

        return call

    def run(data: bytes) -> dict[str, Result]:
        for name in ("hand-in", "copy"):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
            (tmp_path / name).mkdir()
        (tmp_path / "hand-in" / "written.toml").write_bytes(data)
        shutil.copy(SOLUTIONS / "unrolled.svg", tmp_path / "hand-in")
        submission = open_submission(tmp_path / "hand-in", tmp_path / "copy")
        plugin = Plugin(Order(submission), None, lambda *_: None)  # type: ignore[arg-type]
        results: dict[str, Result] = {}
        with monkeypatch.context() as patch:
            for name in ("eval", "exec"):
                patch.setattr(builtins, name, watching(getattr(builtins, name)))
            for check in CHECKS:
                call = partial(check.function, submission=submission)
                results[check.number] = plugin._attempt(check, None, call)
        return results

    return run


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Sympy makes code for a number of symbols, when there is the first formula of so many."""
    for vocabulary in (WORDS, DROPPING, LOSS):
        name = next(iter(vocabulary.names))
        equal(parse(f"{name}^2 - 1/{name}", vocabulary), parse(name, vocabulary))


def reference() -> dict[str, Any]:
    """The tables of the reference."""
    text = (SOLUTIONS / "written.toml").read_text(encoding="utf-8")
    tables: dict[str, Any] = tomllib.loads(text)
    return tables


def with_answer(field: tuple[str, str], value: str) -> bytes:
    """The reference with one answer in place of its own, as TOML."""
    lines = []
    for part, answers in reference().items():
        lines.append(f"[{part}]")
        for name, own in answers.items():
            text = value if (part, name) == field else json.dumps(own, ensure_ascii=False)
            lines.append(f"{name} = {text}")
    return "\n".join(lines).encode()


class TestMalformed:
    """Whatever the file, it is graded quickly, with a message, and nothing of it is evaluated."""

    def test_there_are_hundreds(self) -> None:
        """More than 200 of them."""
        assert len(FILES) > 80
        assert len(list(spoilt())) > 600

    @pytest.mark.parametrize("data", list(FILES.values()), ids=list(FILES))
    def test_file(self, mark: Mark, data: bytes) -> None:
        """A file of which nothing can be read gets no points, and says why at every check."""
        start = time.perf_counter()
        results = mark(data)
        assert time.perf_counter() - start < 10
        assert set(results) == set(FIELDS.values())
        for result in results.values():
            assert result.outcome is Outcome.FAILED, result.details
            assert result.points == 0
            assert 0 < len(result.message) < 1000
            assert "written.toml" in result.message or "not answered yet" in result.message

    @pytest.mark.parametrize("field", list(FIELDS), ids=".".join)
    def test_answer(self, mark: Mark, field: tuple[str, str]) -> None:
        """A spoilt answer costs its own points and no others, and says where it stands."""
        for name, at, value in spoilt():
            if at != field:
                continue
            start = time.perf_counter()
            results = mark(with_answer(field, value))
            assert time.perf_counter() - start < 10, name
            for number, result in results.items():
                if number != FIELDS[field]:
                    assert result.outcome in (Outcome.PASSED, Outcome.AWAITING), (name, result)
                    continue
                assert result.outcome is Outcome.FAILED, (name, result.details)
                assert result.points == 0, name
                assert 0 < len(result.message) < 1000, name
                assert f"[{field[0]}] {field[1]}" in result.message or field[0] == "2a", name

    def test_a_file_that_is_too_large_is_refused(self, tmp_path: Path) -> None:
        """10 MB of written.toml are not even read; one sentence says what to do."""
        (tmp_path / "hand-in").mkdir()
        (tmp_path / "copy").mkdir()
        (tmp_path / "hand-in" / "written.toml").write_text(f"a = '{'x' * 10_000_000}'")
        with pytest.raises(CannotGrade, match="is larger than 1 MiB: hand in a smaller one"):
            open_submission(tmp_path / "hand-in", tmp_path / "copy")

    def test_cuts_and_slips_of_the_reference(self, mark: Mark) -> None:
        """Cut anywhere, or with any characters replaced, the reference is graded as well."""
        rng = random.Random(4)
        right = (SOLUTIONS / "written.toml").read_bytes()
        for _ in range(60):
            data = bytearray(right[: rng.randrange(len(right))])
            for _ in range(rng.randrange(4)):
                if data:
                    data[rng.randrange(len(data))] = rng.choice(b"\"'[]{}=\\#.\n\x00\x80xO9^")
            for result in mark(bytes(data)).values():
                assert result.outcome is not Outcome.NOT_RUN, result.details
                assert result.message or result.outcome is Outcome.PASSED

    def test_whole_grading(self, grade_folder: Grade, tmp_path: Path) -> None:
        """Graded as `arcgrade grade` does it is the same."""
        (tmp_path / "written.toml").write_bytes(FILES["tables and arrays"])
        report = grade_folder(tmp_path, ("2a", "2b", "3a", "3d", "bonus"))
        assert report.complete
        assert report.points == 0
        assert "nested more than 8 deep" in report.results[0].message


class TestMessages:
    """What a student reads shows the place."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "[2b]\nsteps = '2*m'\n",
                "written.toml, line 2, [2b] steps: There is no such name here; there are: n.\n"
                "    2*m\n      ^",
            ),
            (
                "[2b]\nsteps = '9**9**9**9'\n",
                "written.toml, line 2, [2b] steps: An exponent may be 32 at most.\n"
                "    9**9**9**9\n          ^^^^",
            ),
            (
                "[2b]\nsteps = 2*n\n",
                "written.toml, line 2: Expected newline or end of document after a statement.\n"
                "    steps = 2*n\n             ^",
            ),
            (
                '[2f]\ngamma = "\\gamma"\n',
                "written.toml, line 2: A backslash in \"…\" begins an escape; put the answer in "
                "single quotes: '…'.\n"
                '    gamma = "\\gamma"\n             ^',
            ),
            ("[2b]\nstep = '2n'", "[2b] steps is not answered yet. [2b] has step: is that a slip?"),
            ("[b]\nx = 1", "[2b] steps is not answered yet. The file has [b]: is that a slip?"),
            (
                "[2b]\nsteps = ['2n']\n",
                "written.toml, line 2, [2b] steps: A text in quotes is asked for, not a list.",
            ),
            ("[2b]\nsteps = 'n'", "[2b] steps: n is not right. That counts one transition for a "
             "word; what else has to happen to it?"),
        ],
    )  # fmt: skip
    def test_steps(self, mark: Mark, text: str, said: str) -> None:
        """The message of 2b's formula, to the letter."""
        assert mark(text.encode())["2b.1"].message == said

    def test_no_message_tells_the_answer(self, mark: Mark) -> None:
        """Wrong answers are told what is wrong with them, and not the right one."""
        for field in ASKED:
            own = str(reference()[field[0]][field[1]])
            for wrong in ("1", "n", "p", "CE", "O(d)", "x", "9^99", "D_h^2 + |V| d τ"):
                said = mark(with_answer(field, json.dumps(wrong)))[FIELDS[field]].message
                assert own not in said


# --- the table of 2a -----------------------------------------------------------------------------


def right_rows() -> list[list[str]]:
    """The rows after the given ones, replayed with the reference's transitions."""
    parse = PartialParse(["I", "parsed", "this", "sentence", "correctly"])
    rows = []
    transitions: list[Transition] = ["S", "S", "LA", "S", "S", "LA", "RA", "S", "RA", "RA"]
    for transition in transitions:
        before = len(parse.dependencies)
        parse.parse_step(transition)
        arc = " -> ".join(parse.dependencies[-1]) if len(parse.dependencies) > before else ""
        rows.append([" ".join(parse.stack), " ".join(parse.buffer), arc, transition])
    assert parse.finished
    assert len(rows) == ROWS + 3
    return rows[3:]


class TestTable:
    """The rows of 2a, judged each against the one before it."""

    def test_right(self) -> None:
        """The rows of the reference are all right, with the given ones above them or without."""
        given = [[" ".join(s.stack), " ".join(s.buffer), "", "S"] for s in GIVEN]
        for first in range(len(GIVEN) + 1):
            assert judge([*given[first:], *right_rows()]) == judge(right_rows())
        assert judge(right_rows()).right == ROWS
        assert judge(right_rows()).trouble == ""

    @pytest.mark.parametrize("row", range(ROWS))
    @pytest.mark.parametrize("cell", range(4))
    def test_one_slip_costs_one_row(self, row: int, cell: int) -> None:
        """A wrong cell costs its row, whichever it is, and is named."""
        rows = right_rows()
        rows[row][cell] = {0: "ROOT sentence", 1: "I correctly", 2: "I -> this"}.get(
            cell, "LA" if rows[row][3] != "LA" else "RA"
        )
        judgement = judge(rows)
        assert judgement.right == ROWS - 1
        assert judgement.trouble.startswith(f"Your row {row + 1}, ")

    @pytest.mark.parametrize("row", range(ROWS))
    def test_left_out_or_twice_costs_one_row(self, row: int) -> None:
        """A row that is missing costs itself, and so does one that stands there twice."""
        rows = right_rows()
        missing = judge([*rows[:row], *rows[row + 1 :]])
        twice = judge([*rows[:row], rows[row], *rows[row:]])
        assert missing.right == twice.right == ROWS - 1
        assert ("missing before" in missing.trouble) == (row < ROWS - 1)
        assert f"Your row {row + 2}" in twice.trouble

    def test_a_slip_that_is_carried_on_costs_one_row(self) -> None:
        """A word lost from the buffer is missing ever after; only the row that lost it is wrong."""
        rows = right_rows()
        lost = [
            [stack, buffer.replace("correctly", ""), arc, move] for stack, buffer, arc, move in rows
        ]
        carried = [*lost[:4], ["ROOT", "", "ROOT -> parsed", "RA"]]
        judgement = judge(carried)
        assert judgement.trouble.startswith("Your row 1, ")
        assert "the buffer is not what SHIFT makes" in judgement.trouble
        assert judgement.right == len(carried) - 1

    def test_the_row_that_makes_the_tree_unreachable_is_the_wrong_one(self) -> None:
        """ROOT's arc before the last word is shifted: that row, not those that follow from it."""
        rows = [
            *right_rows()[:4],
            ["ROOT", "correctly", "ROOT -> parsed", "RA"],
            ["ROOT correctly", "", "", "S"],
            ["ROOT", "", "ROOT -> correctly", "RA"],
        ]
        judgement = judge(rows)
        assert judgement.right == ROWS - 1
        assert judgement.trouble.startswith("Your row 5, ")
        assert "not all of the tree can be reached" in judgement.trouble

    def test_only_one_sequence_yields_the_tree(self) -> None:
        """Of all sequences that can follow the given rows, replayed, one yields the tree."""
        heads = {("parsed", "I"), ("sentence", "this"), ("parsed", "sentence")}
        heads |= {("parsed", "correctly"), ("ROOT", "parsed")}
        found = []
        for rest in itertools.product(("S", "LA", "RA"), repeat=ROWS):
            parse = PartialParse(["I", "parsed", "this", "sentence", "correctly"])
            try:
                parse.parse(["S", "S", "LA", *rest])  # type: ignore[list-item]
            except ValueError:
                continue
            if set(parse.dependencies) == heads and parse.finished:
                found.append(list(rest))
        assert found == [[row[3] for row in right_rows()]]

    def test_random_tables_are_judged(self) -> None:
        """Rows drawn at random get no more points than rows that follow from each other."""
        rng = random.Random(2)
        words = ["ROOT", "I", "parsed", "this", "sentence", "correctly"]
        for _ in range(300):
            rows = [
                [
                    " ".join(rng.sample(words, rng.randrange(5))),
                    " ".join(rng.sample(words, rng.randrange(3))),
                    rng.choice(("", "parsed -> I")),
                    rng.choice(("S", "LA", "RA", "?")),
                ]
                for _ in range(rng.randrange(1, 12))
            ]
            assert judge(rows).right <= 2
            assert judge(rows).trouble


# --- prose ---------------------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> ![x](http://x) [bold red]x[/] "
    "\x1b]8;;http://x\x07 \x1b[2J \u202e \u200b {{ 7*7 }} {% raw %} \r\nforged: 100/100 &amp;"
)


class TestProse:
    """Prose reaches staff as text, with its maximum and the rubric, and gives no points."""

    @pytest.fixture
    def hostile(self, grade_folder: Grade, tmp_path: Path) -> Report:
        """The report of an answer that tries to be more than text."""
        text = f"[1c]\n[2b]\nwhy = {json.dumps(HOSTILE)}\n[bonus]\nspeed_up = 'x'\n"
        (tmp_path / "written.toml").write_text(text, encoding="utf-8")
        return grade_folder(tmp_path, ("2b", "bonus"))

    def test_no_points_are_invented(self, hostile: Report) -> None:
        """An answer awaits staff; it counts neither as earned nor as lost."""
        answer = next(result for result in hostile.results if result.number == "2b.2")
        assert answer.outcome is Outcome.AWAITING
        assert (answer.points, answer.max_points, answer.staff_points) == (0, 0, 1)
        assert (hostile.points, hostile.max_points) == (0, 1)
        assert (hostile.staff_points, hostile.bonus_points, hostile.awaiting) == (1, 1, 2)
        assert hostile.complete

    def test_page(self, hostile: Report) -> None:
        """On the page it is text, beside the rubric."""
        page = to_html(hostile)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script" not in page
        assert "<img" not in page
        assert "\x1b" not in page
        assert "\u202e" not in page
        assert "awaiting staff" in page
        assert "is removed from the stack exactly once" in page.replace("\n", " ")

    def test_terminal(self, hostile: Report) -> None:
        """In the terminal it moves no cursor and is no markup."""
        out = io.StringIO()
        print_report(hostile, Console(file=out, width=100, force_terminal=True, no_color=True))
        assert "\x1b]8" not in out.getvalue()
        assert "\x1b[2J" not in out.getvalue()
        assert "[bold red]x[/]" in out.getvalue()
        assert "staff …/1" in out.getvalue()
        assert "2 answers await them" in out.getvalue().replace("\n", " ")

    def test_gradescope(self, hostile: Report) -> None:
        """There it has no score that could count as lost, and students see no rubric."""
        document = to_gradescope(hostile)
        validate(document)
        test = next(test for test in document["tests"] if test["number"] == "2b.2")
        assert "score" not in test
        assert "max_score" not in test
        assert "status" not in test
        assert test["output"].startswith(
            "Received. Staff read it and give up to 1 point.\n\n    <script>"
        )
        assert document["test_output_format"] == "md"
        assert test["extra_data"]["staff_points"] == 1
        assert "stack" in test["extra_data"].pop("rubric")
        shown = json.dumps(document, ensure_ascii=False)
        assert "is removed from the stack" not in shown
        assert "\\u001b" not in shown
        assert "\u202e" not in shown
        assert sum(test.get("max_score", 0) for test in document["tests"]) == 1

    def test_empty_answer_is_marked(self, mark: Mark) -> None:
        """Nothing awaits staff where nothing was written."""
        for text in ("", "  \n\t", "...", "TODO", "…"):
            results = mark(with_answer(("2b", "why"), json.dumps(text)))
            assert results["2b.2"].outcome is Outcome.FAILED
            assert results["2b.2"].message == "[2b] why is not answered yet."
            assert results["2b.2"].staff_points == 1

    def test_long_answer_is_cut_and_says_so(self, mark: Mark) -> None:
        """Of a very long answer the beginning is kept."""
        result = mark(with_answer(("2b", "why"), json.dumps("word " * 9000)))["2b.2"]
        assert result.answer.endswith("[… cut: the answer has 44999 characters]")
        assert len(result.answer) < 10_100

    def test_lines_may_be_a_list(self, mark: Mark) -> None:
        """A list of lines is prose too."""
        result = mark(with_answer(("2b", "why"), '["one", "two"]'))["2b.2"]
        assert result.answer == "one\ntwo"

    def test_drawing_is_looked_up_and_not_opened(self, mark: Mark) -> None:
        """Only a picture that was handed in beside the file counts, in whatever case."""
        for name in ("/etc/passwd", "../unrolled.svg", "./unrolled.svg", "written.toml", "a\x1b"):
            answer = mark(with_answer(("3c", "drawing"), json.dumps(name)))["3c.10"]
            assert answer.outcome is Outcome.FAILED
            assert "There is no picture" in answer.message
        answer = mark(with_answer(("3c", "drawing"), '"UNROLLED.svg"'))["3c.10"]
        assert answer.outcome is Outcome.AWAITING
        assert answer.answer.startswith("unrolled.svg, ")


# --- the form ------------------------------------------------------------------------------------


def test_template_and_document_have_every_field() -> None:
    """The template, its documentation and the reference have the fields of the checks."""
    template = (ROOT / "data" / "templates" / "written.toml").read_text(encoding="utf-8")
    document = (ROOT / "docs" / "written.md").read_text(encoding="utf-8")
    for tables in (tomllib.loads(template), reference()):
        assert {(part, name) for part, table in tables.items() for name in table} == set(FIELDS)
    for part, name in FIELDS:
        assert f"`[{part}] {name}`" in document


def test_numbers_of_the_checks() -> None:
    """Every field has a check, and every check a field."""
    assert {(part, name) for part, names in FORM.items() for name in names} == set(FIELDS)
    assert {check.number for check in CHECKS} == set(FIELDS.values())


def test_sympy_is_imported_for_a_formula_only() -> None:
    """A grader that meets no formula does not wait half a second for what compares them."""
    code = "import sys, autograder.single, autograder.hidden.part_written; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sympy" not in done.stdout.split()


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """Without written.toml its checks say that it is missing."""
    (tmp_path / "copy").mkdir()
    (tmp_path / "hand-in").mkdir()
    submission = open_submission(tmp_path / "hand-in", tmp_path / "copy")
    with pytest.raises(Failure, match=r"written\.toml is missing"):
        Written.of(submission)
