"""What students run on their own machines: the public checks without confinement, and packing."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from rich.console import Console

from autograder.checking import check, stamps, watch
from autograder.confinement import plain
from autograder.confinement.plain import PlainSession
from autograder.course import Course
from autograder.errors import CannotGrade
from autograder.grading import PUBLIC, run
from autograder.packing import pack
from autograder.render.check import verdict
from autograder.report import Outcome, Report
from autograder.running import Order
from autograder.submission import open_submission

from .conftest import ROOT, SOLUTIONS

HandIn = Callable[[Mapping[str, "str | None"]], Path]
Check = Callable[..., Report]
SOFTMAX = (SOLUTIONS / "softmax.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def session() -> Iterator[PlainSession]:
    """One process for all tests, as `--watch` has one for all runs."""
    with PlainSession() as session:
        yield session


@pytest.fixture
def checked(session: PlainSession) -> Check:
    """Runs the public checks on a folder: `checked(path, "1a", "1b")`."""
    return lambda path, *parts: check(path, parts, session, Console(file=io.StringIO()))


def outcomes(report: Report) -> dict[str, Outcome]:
    """Number to outcome."""
    return {result.number: result.outcome for result in report.results}


def failed(report: Report) -> set[str]:
    """The numbers of those that failed."""
    return {number for number, outcome in outcomes(report).items() if outcome is Outcome.FAILED}


def message(report: Report, number: str) -> str:
    """What a check says."""
    return next(result.message for result in report.results if result.number == number)


def test_reference_passes_everything(checked: Check) -> None:
    """The reference solutions pass every public check, twice in one process, and get no points."""
    for _ in range(2):
        report = checked(SOLUTIONS)
        assert set(outcomes(report).values()) == {Outcome.PASSED}
        assert report.max_points == 0


def test_every_part_with_points_has_public_checks(checked: Check) -> None:
    """There is at least one for each part of code, and one for each part of written.toml."""
    parts = "1a 1b 1c 1d 1e 2a 2b 2c 2d 2e 2f 2g 2h 3a 3b 3c 3d"
    assert " ".join(checked(SOLUTIONS).parts) == parts


def test_empty_folder_fails_everything(checked: Check, tmp_path: Path) -> None:
    """Of a folder without files each check says which one is missing."""
    report = checked(tmp_path)
    assert set(outcomes(report).values()) == {Outcome.FAILED}
    assert all("is missing" in result.message for result in report.results)


@pytest.mark.parametrize(
    ("file", "old", "new", "number", "said"),
    [
        ("softmax.py", "x - x.max(dim=1, keepdim=True).values", "x", "1a.2", "NaN"),
        ("softmax.py", "(yhat)).sum()", "(yhat)).mean()", "1b.1", "1/4 of the right one"),
        ("softmax.py", "e / e.sum(dim=1", "torch.softmax(x, 1) + 0 * e.sum(dim=1", "1a.1", "line"),
        ("classifier.py", "torch.int32),\n        }", "torch.int64),\n        }", "1c.1", "int32"),
        ("classifier.py", "zeros(config.n_features", "ones(config.n_features", "1d.1", ""),
        ("classifier.py", "self.optimizer.step()", "pass", "1e.1", "second call"),
        ("parser_transitions.py", '(-1, -2) if transition == "LA" else (-2, -1)',
         '(-2, -1) if transition == "LA" else (-1, -2)', "2c.2", "after S, S, LA"),
        ("parser_transitions.py", "unfinished[:batch_size]", "unfinished", "2d.1", "batch_size"),
        ("initialization.py", "(6 / sum", "(3 / sum", "2e.2", "ε = 0.1"),
        ("initialization.py", "gamma * d * h", "d * h", "2f.1", "γ should keep it at 1"),
        ("optimizers.py", "(1 - beta1) * grad", "grad",
         "2g.1", "The example expects"),
        ("parser_model.py", "torch.relu(x", "torch.tanh(x", "2h.2", "forward(w)"),
        ("rnn.py", "* h * (1 - h)  # eq-rnn-delta2", "  # eq-rnn-delta2", "3b.2", "L_x"),
        ("rnn.py", "s = delta * h * (1 - h)", "s = delta * h", "3c.1", "backward_step['L_x']"),
        ("written.toml", "steps = '2*n'", "steps = '2*m'", "2b.8", "There is no such name"),
        ("written.toml", '"unrolled.svg"', '"other.svg"', "3c.8", "no picture"),
        ("test_predictions.txt", "\n", " 1\n", "2h.4", "heads for a sentence"),
    ],
)  # fmt: skip
def test_wrong_work_is_told(
    checked: Check, hand_in: HandIn, file: str, old: str, new: str, number: str, said: str
) -> None:
    """A slip fails a check of its part, which says what is wrong; other parts are left alone."""
    text = (SOLUTIONS / file).read_text(encoding="utf-8")
    assert old in text
    folder = hand_in({file: text.replace(old, new, 1)})
    part = number.partition(".")[0]
    report = checked(folder, part)
    assert number in failed(report)
    assert said in message(report, number)


def test_hang_costs_one_check(
    checked: Check, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that does not return fails its check by the clock; the next has a new process."""
    monkeypatch.setattr(plain, "PATIENCE", 0.3)
    text = SOFTMAX.replace("    e = ", "    while x.max() > 1000: pass\n    e = ", 1)
    report = checked(hand_in({"softmax.py": text}), "1a", "1b")
    assert failed(report) == {"1a.2"}
    assert "did not return within 1.5 seconds" in message(report, "1a.2")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os._exit(0)", "ended the whole process"),
        ("import ctypes; ctypes.string_at(0)", "crashed (SIGSEGV)"),
    ],
)
def test_crash_costs_one_check(checked: Check, hand_in: HandIn, code: str, said: str) -> None:
    """A process that ends fails the check that it ended in, and no other."""
    text = SOFTMAX.replace("    e = ", f"    if x.max() > 1000:\n        {code}\n    e = ", 1)
    report = checked(hand_in({"softmax.py": text}), "1a", "1b")
    assert failed(report) == {"1a.2"}
    assert said in message(report, "1a.2")


def test_an_import_that_exits_is_named(checked: Check, hand_in: HandIn) -> None:
    """What the file would define below is missing, and the line that ended it is shown."""
    report = checked(hand_in({"softmax.py": "import sys\nsys.exit('no gpu')\n"}), "1a", "1d")
    assert message(report, "1a.1").startswith(
        "softmax.py has no function or class named softmax: importing it raised SystemExit: "
        "no gpu\n  softmax.py, line 2\n    sys.exit('no gpu')"
    )
    # Who imports from it is told the file, not where it was copied to.
    assert "from 'submission.softmax' (softmax.py)" in message(report, "1d.1")


def test_no_check_sees_what_another_left(checked: Check, hand_in: HandIn) -> None:
    """Between two checks modules are forgotten, and torch's settings are as at the start."""
    text = f"""{SOFTMAX}
import sys, torch
import helper
assert not hasattr(torch, "left_behind_here") or helper.calls == 0
helper.calls += 1
torch.left_behind_here = True
assert torch.get_default_dtype() == torch.float32
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
sys.path.insert(0, "elsewhere")
"""
    text = text.replace("    e = ", "    torch.set_grad_enabled(True)\n    e = ", 1)
    report = checked(hand_in({"softmax.py": text, "helper.py": "calls = 0\n"}), "1a")
    assert failed(report) == set(), message(report, "1a.1")


def test_what_is_printed_is_shown(hand_in: HandIn, session: PlainSession) -> None:
    """What the code prints never mixes with the protocol, and stands below what failed."""
    text = SOFTMAX.replace("    e = ", "    print('x is', x.shape)\n    e = 2 * ", 1)
    text = text.replace("keepdim=True)  #", "keepdim=True) + 1  #")
    console = Console(file=io.StringIO(), width=100)
    check(hand_in({"softmax.py": text}), ("1a",), session, console)
    assert isinstance(console.file, io.StringIO)
    assert "Your code printed:" in console.file.getvalue()
    assert "x is torch.Size([3, 2])" in console.file.getvalue()


def test_large_values_cross(checked: Check, hand_in: HandIn) -> None:
    """A value larger than any pipe's buffer comes through in both directions."""
    text = (SOLUTIONS / "initialization.py").read_text(encoding="utf-8")
    text = text.replace("    if not training:", "    print('-' * 300_000)\n    if not training:")
    assert failed(checked(hand_in({"initialization.py": text}), "2e", "2f")) == set()


def test_predictions_are_of_the_courses_sentences(
    hand_in: HandIn, session: PlainSession, tmp_path: Path
) -> None:
    """Where a course decides, as on Gradescope, its sentences count and no handout is needed."""
    line = "1\tgo\t_\tVERB\t_\t_\t0\troot\t_\t_\n\n"
    for split in ("train", "dev", "test"):
        (tmp_path / f"{split}.conllu").write_text(line * 2, encoding="utf-8")
    (tmp_path / "course.toml").write_text(
        '[test_predictions]\ntreebank = "."\nthresholds = [[50, 1]]\n', encoding="utf-8"
    )
    (tmp_path / "copy").mkdir()
    opened = open_submission(hand_in({"test_predictions.txt": "0\n0\n"}), tmp_path / "copy")
    for course, outcome in (
        (Course(tmp_path / "course.toml"), Outcome.PASSED),
        (Course(), Outcome.FAILED),
    ):
        order = Order(opened, ("2h",), course=course)
        assert outcomes(run(PUBLIC, order, session))["2h.4"] is outcome


def test_unknown_part(checked: Check) -> None:
    """A part that does not exist is refused by name."""
    with pytest.raises(CannotGrade, match="There is no part 9z"):
        checked(SOLUTIONS, "9z")


def test_verdict_never_says_all() -> None:
    """The last word names the hidden checks, whether everything passed or not."""
    assert verdict(5, 5, 100) == "public checks passed; 100 hidden checks run when you submit"
    assert verdict(4, 5, 9) == "4 of 5 public checks passed; 9 hidden checks run when you submit"


# --- watching ------------------------------------------------------------------------------------


class Stop(Exception):
    """The end of a test's watching."""


def test_watch_runs_again_when_a_file_is_saved(hand_in: HandIn, session: PlainSession) -> None:
    """Once at the start, once after each save, and not between."""
    folder = hand_in({"softmax.py": "def softmax(x):\n    return x\n"})
    console = Console(file=io.StringIO())
    seen: list[set[str]] = []
    slept = 0

    def again() -> None:
        seen.append(failed(check(folder, ("1a",), session, console)))
        if len(seen) == 2:
            raise Stop

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += 1
        if slept == 3:
            (folder / "softmax.py").write_text(SOFTMAX, encoding="utf-8")

    with pytest.raises(Stop):
        watch(folder, again, console, sleep)
    assert seen == [{"1a.1", "1a.2", "1a.3"}, set()]
    assert slept >= 4
    assert isinstance(console.file, io.StringIO)
    assert "softmax.py changed." in console.file.getvalue()


def test_stamps_are_of_the_students_files(tmp_path: Path) -> None:
    """Sources, helpers, answers and pictures are watched; hidden folders and data are not."""
    for name in ("softmax.py", "written.toml", "drawing.png", "mine/helper.py", "notes.md",
                 ".venv/x.py", "env/pyvenv.cfg", "env/z.py", "__pycache__/y.py",
                 "mine/weights.bin"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert set(stamps(tmp_path)) == {"softmax.py", "written.toml", "drawing.png", "mine/helper.py"}


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_watch_from_the_command_line(hand_in: HandIn) -> None:
    """`arcgrade check --watch` goes on until Ctrl-C, which ends it quietly."""
    import signal

    folder = hand_in({"softmax.py": "def softmax(x):\n    return x\n"})
    command = [sys.executable, "-m", "autograder", "check", str(folder), "--part", "1a", "--watch"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    text = ""
    saved = False
    while "public checks passed; " not in text.replace("0 of 3 public", ""):
        line = process.stdout.readline()
        assert line, process.communicate()
        text += line
        if "0 of 3 public checks passed" in text and not saved:
            saved = True
            time.sleep(0.1)
            (folder / "softmax.py").write_text(SOFTMAX, encoding="utf-8")
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert out.endswith("Stopped.\n")


def arcgrade(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-W", "error", "-m", "autograder", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["check", "solutions", "--part", "1a"], 0, "public checks passed; "),
        (["check", "data/sample", "--part", "1a"], 1, "2 of 3 public checks passed; "),
        (["check", "nowhere"], 2, "There is no nowhere"),
        (["submit-zip", ".ci", "--out", os.devnull], 2, "No graded file was found"),
    ],
)
def test_exit_codes(arguments: list[str], code: int, said: str) -> None:
    """0 when all public checks passed, 1 when one did not, 2 when they cannot be run."""
    done = arcgrade(*arguments)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# --- packing -------------------------------------------------------------------------------------


def test_pack_takes_what_is_to_be_handed_in(hand_in: HandIn, tmp_path: Path) -> None:
    """Graded files, own modules and the drawing; no other picture, no data, no environment."""
    folder = hand_in(
        {
            "helper.py": "",
            "mine/tools.py": "",
            "cat.png": "a cat",
            "notes.md": "",
            ".venv/pyvenv.cfg": "",
            ".venv/lib.py": "",
        }
    )
    lines = pack(folder, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = set(archive.namelist())
    assert {"softmax.py", "written.toml", "test_predictions.txt", "unrolled.svg"} <= names
    assert {"helper.py", "mine/tools.py"} <= names
    assert not {"cat.png", "notes.md"} & names
    assert not any(name.startswith(".venv") for name in names)
    assert len(lines) == 1  # nothing to warn of


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"rnn.py": None, "written.toml": None}, "Missing: rnn.py, written.toml."),
        (
            {"softmax.py": "def softmax(x):\n    raise NotImplementedError\n"},
            "softmax.py still raises NotImplementedError (1 times).",
        ),
        ({"written.toml": "[2b]\nsteps = 'n'\n"}, "not answered yet: [1c] placeholders"),
        ({"written.toml": "[2b\n"}, "written.toml, line 1"),
        ({"written.toml": '[3c]\ndrawing = "no.png"\n'}, "the drawing 'no.png'"),
        ({"test_predictions.txt": "0\n"}, "test_predictions.txt has 1 lines"),
    ],
)
def test_pack_warns(
    hand_in: HandIn, tmp_path: Path, files: dict[str, str | None], said: str
) -> None:
    """What is missing or not filled in is said, and the zip is written all the same."""
    assert said in "\n".join(pack(hand_in(files), tmp_path / "out.zip"))
    assert (tmp_path / "out.zip").is_file()


def test_pack_takes_along_what_is_imported_of_the_handout(
    hand_in: HandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A given file is no part of the zip unless a file of the student's imports it."""
    from autograder import packing
    from autograder.facts import Facts

    given = ("train.py", "support/__init__.py", "support/states.py", "support/run.py")
    monkeypatch.setattr(packing, "facts", lambda: Facts("", 1, (), given))
    files = dict.fromkeys(given, "")
    source = (SOLUTIONS / "parser_model.py").read_text(encoding="utf-8")
    folder = hand_in(
        {**files, "parser_model.py": f"{source}\nfrom support.states import x\n",
         "test_predictions.txt": None}
    )  # fmt: skip
    pack(folder, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = set(archive.namelist())
    assert names & set(given) == {"support/__init__.py", "support/states.py"}
