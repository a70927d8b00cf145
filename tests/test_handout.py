"""What students get: generated, complete, and without anything that gives an answer away."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder import handout
from autograder.course import Course
from autograder.errors import CannotGrade, GraderFault
from autograder.handout import NAME, STARTERS, build_handout, handout_files, regions, starter
from autograder.report import Outcome
from data.conllu import read_treebank

from .conftest import ROOT, SOLUTIONS, Grade

# A line of a region that is shorter than this, without blanks, says nothing of the solution.
TRIVIAL = 14
# Longer lines that anybody's training loop has: support/training.py is given to students.
COMMON = {"optimizer.zero_grad()", "loss.backward()", "return loss.item()"}
# What the written answers are, however they are spaced; no text of a handout says so.
ANSWERS = (
    r"(?<![\d^])2\*?n\b", r"1/\(1[-−]p", r"exp\(ce\)", r"e\^\{?ce", r"ln10000", r"9\.21",
    r"d_h\^?[2²]\+", r"ŷ[-−]y(?!\w)", r"delta1@", r"δ₁uᵀ",
)  # fmt: skip


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Everything in the handout."""
    return handout_files()


@pytest.fixture(scope="module")
def texts(files: dict[str, bytes]) -> dict[str, str]:
    """The same as text."""
    return {name: data.decode() for name, data in files.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The handout, built and unpacked as a student does."""
    build_handout(tmp_path / "handout.zip")
    with zipfile.ZipFile(tmp_path / "handout.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / NAME


def solved(folder: Path) -> Path:
    """The handout with everything that is left to do done."""
    for name in (*STARTERS, "written.toml", "unrolled.svg"):
        text = (SOLUTIONS / name).read_text(encoding="utf-8")
        (folder / name).write_text(re.sub(r"^from \.", "from ", text, flags=re.M), encoding="utf-8")
    return folder


# --- nothing leaks -------------------------------------------------------------------------------


def test_no_line_of_a_solution(texts: dict[str, str]) -> None:
    """No line of any region of a solution is anywhere in the zip, comments included."""
    lines = {
        line.strip()
        for name in STARTERS
        for line in regions((SOLUTIONS / name).read_text(encoding="utf-8"))
        if len(line.replace(" ", "")) >= TRIVIAL and line.strip() not in COMMON
    }
    assert len(lines) > 100
    for name, text in texts.items():
        if not name.endswith(".conllu"):
            found = {line.strip() for line in text.splitlines()} & lines
            assert not found, f"{name}: {found}"


def test_no_answer_of_the_written_parts(texts: dict[str, str]) -> None:
    """No text gives the answer to a written question away, in whatever spacing."""
    for name, text in texts.items():
        if name.endswith((".md", ".toml", ".txt")) or name in STARTERS or "/public/" in name:
            plain = re.sub(r"\s|[`{}\\$·]", "", text).lower()
            for answer in ANSWERS:
                match = re.search(answer, plain)
                assert match is None, f"{name}: …{plain[match.start() - 30 : match.end() + 9]}…"


def test_only_what_was_named(texts: dict[str, str]) -> None:
    """No hidden check, misconception, stand-in, secret, grammar or prediction is in the zip."""
    for name in texts:
        assert not re.search(
            r"hidden|misconception|stand_in|confined|grammar|lexicon|statistics|sample|course"
            r"|predictions\.txt|solutions|extended|factored|fast_output|language_model",
            name,
        ), name
    for name, text in texts.items():
        if name.endswith(".py"):
            tree = ast.parse(text)
            assert not {n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == "SECRET"}
    hidden = {p.read_text(encoding="utf-8") for p in (ROOT / "autograder/hidden").glob("*.py")}
    assert not hidden & set(texts.values())


def test_public_checks_stand_alone(texts: dict[str, str]) -> None:
    """What is run when a student checks imports no solution, no hidden check and nothing else."""
    modules = {name for name in texts if name.startswith("checker/autograder/")}
    for name in modules:
        for node in ast.walk(ast.parse(texts[name])) if name.endswith(".py") else ():
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                top = node.module.split(".")[0]
                assert top not in ("solutions", "data", "tests"), f"{name}: {node.module}"
                assert not node.module.startswith(("autograder.hidden", "autograder.misc")), name


def test_test_sentences_have_no_heads(files: dict[str, bytes], tmp_path: Path) -> None:
    """Their words and tags are all there; heads and relations are not, nor in any comment."""
    path = tmp_path / "test.conllu"
    path.write_bytes(files["data/small/test.conllu"])
    given, right = read_treebank(path), Course().test_sentences
    assert [(s.words, s.tags, s.fine_tags) for s in given] == [
        (s.words, s.tags, s.fine_tags) for s in right
    ]
    assert all(head is None for s in given for head in s.heads)
    assert all(relation == "_" for s in given for relation in s.relations)
    for split in ("train", "dev"):
        assert (
            files[f"data/small/{split}.conllu"]
            == (ROOT / f"data/small/{split}.conllu").read_bytes()
        )


# --- the zip -------------------------------------------------------------------------------------


def test_a_course_with_other_test_sentences(tmp_path: Path) -> None:
    """With its file, the checks know how many sentences there are and how long each is."""
    line = "1\tgo\t_\tVERB\t_\t_\t0\troot\t_\t_\n\n"
    for split in ("train", "dev", "test"):
        (tmp_path / f"{split}.conllu").write_text(line * 3, encoding="utf-8")
    course = tmp_path / "course.toml"
    course.write_text('[test_predictions]\ntreebank = "."\nthresholds = [[50, 1]]\n')
    facts = json.loads(handout_files(course)["checker/autograder/handout.json"])
    assert facts["test_lengths"] == [1, 1, 1]


def test_zip_is_the_same_every_time(tmp_path: Path) -> None:
    """Two builds have the same bytes; names are sorted, in one folder, and none is a link."""
    contents = []
    for name in ("one.zip", "two.zip"):
        build_handout(tmp_path / name)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]
    with zipfile.ZipFile(io.BytesIO(contents[0])) as archive:
        infos = archive.infolist()
        assert [info.filename for info in infos] == sorted(info.filename for info in infos)
        assert {info.filename.split("/")[0] for info in infos} == {NAME}
        assert {info.external_attr >> 16 for info in infos} == {0o100644}
        assert {info.date_time for info in infos} == {handout.DATE}
        assert all(b"\r" not in archive.read(info) for info in infos)


def test_a_build_that_cannot_be_made_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where files of the repository or the folder of the zip are missing, a sentence says so."""
    with pytest.raises(CannotGrade, match="cannot be written"):
        build_handout(tmp_path / "no" / "handout.zip")
    monkeypatch.setattr(handout, "ROOT", tmp_path)
    with pytest.raises(CannotGrade, match="built in a clone"):
        build_handout(tmp_path / "handout.zip")


def test_requirements_are_what_is_imported(texts: dict[str, str]) -> None:
    """Everything that the handout's code imports is in its requirements, and torch is pinned."""
    known = {"gradescope_utils": "gradescope-utils", "tomllib": ""}
    optional = {"pooch", "requests", "platformdirs"}  # to fetch other treebanks, which say so
    own = {name.removesuffix(".py") for name in STARTERS}
    own |= {
        "autograder",
        "data",
        "support",
        "mpmath",
        "sympy",
    }  # the last two: to compare, not read
    required = set(re.findall(r"^([\w-]+)[=>]", texts["requirements.txt"], re.M))
    for name, text in texts.items():
        for node in ast.walk(ast.parse(text)) if name.endswith(".py") else ():
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            for top in {module.split(".")[0] for module in modules}:
                if top not in sys.stdlib_module_names | own | optional:
                    assert known.get(top, top) in required, f"{name} imports {top}"
    assert "torch==2." in texts["requirements.txt"]


def test_links_lead_somewhere(texts: dict[str, str]) -> None:
    """Relative links in the handout's documents name files in it."""
    for name in (n for n in texts if n.endswith(".md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", texts[name]):
            assert os.path.normpath(Path(name).parent / target) in texts, f"{name}: {target}"


def test_assignment_names_the_thresholds_and_the_points(texts: dict[str, str]) -> None:
    """What students read of points is what the course's file and the checks say."""
    assignment = " ".join(texts["ASSIGNMENT.md"].split())
    (a, _), (b, _), (c, _), (d, _) = Course().thresholds
    assert f"a quarter from a UAS of {a:g} % on, half from {b:g}" in assignment
    assert f"three quarters from {c:g}, and all from {d:g}" in assignment
    total = sum(
        int(number)
        for head in re.findall(r"\*\*\d\w \(([^)]*)\)\.\*\*", assignment)
        for number, kind in re.findall(r"(\d+) (bonus )?points?", head)
        if not kind
    )
    assert total == 100


# --- the starter ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STARTERS)
def test_starter_keeps_signatures_and_docstrings(name: str, texts: dict[str, str]) -> None:
    """Each function that is left to do has its signature and docstring, and says what it is."""

    def described(source: str) -> dict[str, tuple[str, str | None]]:
        return {
            node.name: (ast.unparse(node.args), ast.get_docstring(node))
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
        }

    solution = described((SOLUTIONS / name).read_text(encoding="utf-8"))
    given = described(texts[name])
    assert given.items() <= solution.items()
    todo = re.findall(r'NotImplementedError\("([\w.]+): part (\w+) is left to do"\)', texts[name])
    assert {function.split(".")[-1] for function, _ in todo} <= given.keys()
    assert len(todo) == texts[name].count("NotImplementedError")
    assert "SOLUTION" not in texts[name]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f():\n    # BEGIN SOLUTION: 1a\n    return 1\n", "does not end"),
        ("def f():\n    return 1\n    # END SOLUTION\n", "had not begun"),
        ("def f():\n    # BEGIN SOLUTION\n    return 1\n", "no marker"),
        (
            "def f():\n    # BEGIN SOLUTION: 1a\n    # BEGIN SOLUTION: 1b\n    return 1\n",
            "within another",
        ),
        ("def f():\n    # BEGIN SOLUTION NO PROMPT\n    return 1\n    # END SOLUTION\n", "parsed"),
    ],
)
def test_a_wrong_marker_is_an_error(source: str, said: str) -> None:
    """A marker that is missing or misspelt never lets a solution through."""
    with pytest.raises(GraderFault, match=said):
        starter(source)


def test_starter_imports_cleanly(folder: Path) -> None:
    """Every file of the starter can be imported, without a warning."""
    for name in STARTERS:
        command = [sys.executable, "-W", "error", "-c", f"import {name.removesuffix('.py')}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_starter_gets_nothing(grade_folder: Grade, folder: Path) -> None:
    """The grader gives the starter 0 of 87 points, and no answer of it awaits staff."""
    report = grade_folder(folder)
    assert (report.points, report.max_points, report.awaiting) == (0, 87, 0)
    assert {result.outcome for result in report.results} == {Outcome.FAILED}


# --- as a student ---------------------------------------------------------------------------------

# Nothing of the project is there, nor anything that only Linux has: as on Windows, for Python.
BLOCKER = """
import os, select, signal, socket, sys
WITHOUT = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "solutions", "jinja2"}
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in WITHOUT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
sys.path[:] = [p for p in sys.path if not os.path.isdir(os.path.join(p, "solutions"))]
os.supports_dir_fd.clear()
os.supports_fd.clear()
for module, names in (
    (os, "fork pidfd_open geteuid getuid setuid set_blocking O_NOFOLLOW O_NONBLOCK O_DIRECTORY"),
    (signal, "pidfd_send_signal SIGALRM alarm"),
    (socket, "AF_UNIX send_fds recv_fds socketpair"),
):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
"""


def as_student(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the handout, with the blocker in every process."""
    blocked = folder.parent / "blocked"
    blocked.mkdir(exist_ok=True)
    (blocked / "sitecustomize.py").write_text(BLOCKER, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTEST"))}
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(blocked), "OMP_NUM_THREADS": "1", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_starter_fails_every_public_check_and_says_what_is_left(folder: Path) -> None:
    """Of the starter no check passes, and each says what is left to do, also without Linux."""
    done = as_student(folder, "-m", "arcgrade", "check")
    assert done.returncode == 1, done.stderr
    assert "✓" not in done.stdout
    failed = done.stdout.count("✗")
    assert f"0 of {failed} public checks passed; " in done.stdout
    said = re.findall(r"is left to do \(|is not answered yet|is missing", done.stdout)
    assert len(said) == failed > 35


def test_from_the_zip_to_the_submission(folder: Path, grade_folder: Grade) -> None:
    """Solve, train, check, pack, and be graded: everything that the handout's README names."""
    solved(folder)
    (folder / "helper.py").write_text("X = 1\n")
    trained = as_student(folder, "train.py", "--epochs", "4", "--batch-size", "256")
    assert trained.returncode == 0, trained.stderr
    assert "test UAS not known" in trained.stdout
    checked = as_student(folder, "-m", "arcgrade", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    last = checked.stdout.strip().splitlines()[-2:]
    assert re.fullmatch(r"public checks passed; \d+ hidden checks run when you submit", last[0])
    assert "not for grades" in last[1]
    packed = as_student(folder, "-m", "arcgrade", "submit-zip")
    assert packed.returncode == 0, packed.stderr
    assert "Before you hand it in" not in packed.stdout
    with zipfile.ZipFile(folder / "submission.zip") as archive:
        names = {*STARTERS, "written.toml", "test_predictions.txt", "unrolled.svg", "helper.py"}
        assert set(archive.namelist()) == names
    report = grade_folder(folder / "submission.zip")
    assert report.points >= 83  # four epochs may cost something of the UAS
    assert report.notes == ()
