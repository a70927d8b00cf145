"""The command line, as its user meets it: exit codes, one sentence, and what is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.confinement.nursery import Nursery

from .conftest import ROOT, SOLUTIONS
from .test_rendering import validate


def arcgrade(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-W", "error", "-m", "autograder", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(autouse=True)
def _confined(nursery: Nursery) -> None:
    """Nothing is graded where student code cannot be confined."""


def test_grades_a_zip_and_writes_all_that_was_asked_for(tmp_path: Path) -> None:
    """A zip with the work one folder down is graded; results, report and seed are there."""
    archive = tmp_path / "someone.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(SOLUTIONS / "softmax.py", "a2/q1_softmax.py")
        file.writestr("__MACOSX/a2/._q1_softmax.py", "junk")
    results, page = tmp_path / "results.json", tmp_path / "report.html"
    done = arcgrade("grade", archive, "--results", results, "--report", page, "--part", "1a,1b")
    assert done.returncode == 0, done.stderr
    assert "10 of 10 points" in done.stdout
    assert done.stderr.splitlines()[0] == "1a.1 passed 2/2"
    document = json.loads(results.read_text(encoding="utf-8"))
    validate(document)
    assert sum(test["score"] for test in document["tests"]) == 10
    assert "10 <small>of 10 points" in page.read_text(encoding="utf-8")
    again = arcgrade("grade", archive, "--part", "1a", "--seed", document["extra_data"]["seed"])
    assert f"seed {document['extra_data']['seed']}" in again.stdout


def test_status_is_zero_whatever_the_score(tmp_path: Path) -> None:
    """An empty folder is graded with 0 points and status 0."""
    done = arcgrade("grade", tmp_path, "--part", "1a")
    assert (done.returncode, "0 of 5 points" in done.stdout) == (0, True)


def test_secret_of_the_course_changes_the_hidden_inputs(tmp_path: Path) -> None:
    """Another secret draws other inputs for the same submission; the same one the same."""
    outputs = [
        arcgrade("grade", tmp_path, "--part", "1a", ARCGRADE_SECRET=secret).stdout
        for secret in ("a", "b", "a")
    ]
    seeds = [output.partition("seed ")[2].partition(";")[0] for output in outputs]
    assert seeds[0] == seeds[2] != seeds[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{tmp}/nowhere"], "nowhere"),
        (["{tmp}/text.zip"], "text.zip"),
        (["{tmp}", "--part", "9z"], "There is no part 9z to grade; there are 1a, 1b, 1c"),
        (["{tmp}", "--report", "{tmp}/no/report.html"], "its folder does not exist"),
    ],
)
def test_what_cannot_be_graded_is_one_sentence_and_no_results(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    """Status 2, one line on stderr, nothing on stdout, and no results file, not even an old one."""
    (tmp_path / "text.zip").write_text("not a zip")
    results = tmp_path / "results.json"
    results.write_text('{"score": 100}')
    filled = [argument.format(tmp=tmp_path) for argument in arguments]
    done = arcgrade("grade", *filled, "--results", results)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.startswith("arcgrade: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert not results.exists()


def test_a_fault_of_the_grader_is_no_score(tmp_path: Path) -> None:
    """When the grader fails, the status is 2, staff are told, and no results file is left."""
    results = tmp_path / "results.json"
    script = (
        "import sys, autograder.hidden.part_1a as part, autograder.cli as cli\n"
        "def broken(x): raise KeyError('our own mistake')\n"
        "part.softmax = broken\n"
        f"sys.argv = ['arcgrade', 'grade', {str(SOLUTIONS)!r}, '--part', '1a',"
        f" '--results', {str(results)!r}]\n"
        "cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 2
    assert "the grader failed, not the submission" in done.stderr
    assert "our own mistake" in done.stderr
    assert "not all checks could be run" in done.stdout
    assert not results.exists()


def test_doctor_names_the_tier() -> None:
    """`arcgrade doctor` shows every attempt, and the tier."""
    done = arcgrade("doctor")
    assert done.returncode == 0, done.stderr
    assert "read the hidden checks" in done.stdout
    assert "OPEN" not in done.stdout
    assert "Submissions are graded here." in done.stdout


def test_help_and_version() -> None:
    """The command explains itself."""
    assert "Grade SUBMISSION, a folder or a zip." in arcgrade("grade", "--help").stdout
    assert arcgrade("--version").stdout.startswith("arcgrade, version ")
