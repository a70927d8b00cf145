"""The project's own rules: where imports point, and what the documents promise."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from autograder.errors import CannotGrade
from autograder.report import Report

from .conftest import ROOT, Grade

RANK = {"data": 0, "solutions": 1, "autograder": 2, "tests": 3}


def imports(file: Path) -> set[str]:
    """The modules that a file imports, absolutely named."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def sources(folder: str) -> list[Path]:
    """The project's own files below a folder."""
    mine = (ROOT / folder).rglob("*.py")
    return [f for f in mine if not {"sample", "submissions"} & set(f.relative_to(ROOT).parts)]


@pytest.mark.parametrize("folder", RANK)
def test_imports_point_one_way(folder: str) -> None:
    """Imports point from tests to autograder to solutions to data, and never back."""
    for file in sources(folder):
        for module in imports(file):
            top = module.partition(".")[0]
            assert RANK.get(top, -1) <= RANK[folder], f"{file} imports {module}"


def test_what_runs_beside_the_student_imports_nothing_of_the_graders() -> None:
    """The inside of confinement stands alone: it is loaded under a name of its own."""
    inside = "autograder.confinement.inside"
    for file in sources("autograder/confinement/inside"):
        outside = {m for m in imports(file) if m.startswith(("autograder", "solutions", "data"))}
        assert all(module.startswith(inside) for module in outside), file


def test_only_confinement_knows_about_processes() -> None:
    """No other room of the autograder starts, signals or talks to a process."""
    for file in sources("autograder"):
        if "confinement" not in file.parts:
            assert not imports(file) & {"subprocess", "socket", "signal", "multiprocessing"}, file


def test_sessions_are_all_in_the_table() -> None:
    """CONTRIBUTING has a row for each session, and no other."""
    text = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    sessions = set(re.findall(r"^@session\ndef (\w+)", text, re.MULTILINE))
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `nox -s (\w+)`", table, re.MULTILINE)) == sessions


def test_readme_names_the_points(grade_folder: Grade, tmp_path: Path) -> None:
    """The points in the README are those of the checks."""
    report: Report = grade_folder(tmp_path)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{report.max_points:g} points" in readme


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link in a document names a file that is there."""
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_sample_is_partly_right(grade_folder: Grade) -> None:
    """The sample submission shows both: points, and feedback of several kinds."""
    report = grade_folder(ROOT / "data" / "sample")
    assert 0.5 < report.points / report.max_points < 0.95
    failed = [result for result in report.results if result.points < result.max_points]
    assert all(result.message for result in failed)
    assert len({result.part for result in failed}) >= 4


def test_errors_are_told_apart() -> None:
    """What keeps us from grading is not an assertion, so that no check can fail by it."""
    assert not issubclass(CannotGrade, AssertionError)
