"""The bundle for Gradescope: what is in it, and what the doctor says of one that is not right."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from autograder.bundle import (
    COURSE,
    SCRIPTS,
    SECRET,
    build_bundle,
    read_secret,
    requirements,
)
from autograder.course import DEFAULT, Course
from autograder.errors import CannotGrade
from autograder.inspection import Finding, inspect
from data.treebanks import SMALL, locate

from .conftest import ROOT
from .test_cli import arcgrade


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with the decisions that come with arcgrade."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    build_bundle(path)
    return path


def names(path: Path) -> list[str]:
    """The names in a zip."""
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def content(path: Path, name: str) -> bytes:
    """A member of a zip."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


class TestContents:
    """What the platform unpacks."""

    def test_scripts_are_at_its_root_and_can_be_run(self, bundle: Path) -> None:
        """Both are there with their executable bits, for bash, with Linux's line ends."""
        with zipfile.ZipFile(bundle) as archive:
            for script in SCRIPTS:
                assert archive.getinfo(script).external_attr >> 16 == stat.S_IFREG | 0o755
                assert archive.read(script).startswith(b"#!/usr/bin/env bash\n")
            assert all(b"\r\n" not in archive.read(name) for name in archive.namelist())

    def test_only_what_grading_needs_is_in_it(self, bundle: Path) -> None:
        """No tests, no documents, nothing of git's, no sample, nothing compiled."""
        top = {name.split("/")[0] for name in names(bundle)}
        assert top == {*SCRIPTS, "requirements.txt", COURSE, SECRET, "lib"}
        packages = {name.split("/")[1] for name in names(bundle) if name.startswith("lib/")}
        assert {p for p in packages if not p.endswith(".dist-info")} == {
            "autograder", "solutions", "data",
        }  # fmt: skip
        assert not [
            n for n in names(bundle) if re.search(r"pyc|sample|\.md$|bundle|written.toml", n)
        ]
        assert bundle.stat().st_size < 1_000_000

    def test_the_same_inputs_give_the_same_bytes(self, bundle: Path, tmp_path: Path) -> None:
        """Built again with the same secret, it is the same file."""
        build_bundle(tmp_path / "again.zip", secret=bundle.parent / SECRET)
        assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()

    def test_it_stands_alone(self, bundle: Path, tmp_path: Path) -> None:
        """Its library can be imported where there is nothing else of the project."""
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(tmp_path)
        script = (
            "import importlib, pathlib, sys\n"
            "library = pathlib.Path(sys.argv[1])\n"
            "sys.path.insert(0, str(library))\n"
            "from importlib import metadata\n"
            "assert pathlib.Path(metadata.distribution('arcgrade').locate_file('')) == library\n"
            "for path in sorted(library.rglob('*.py')):\n"
            "    name = '.'.join(path.relative_to(library).with_suffix('').parts)\n"
            "    if not name.endswith('__main__'):\n"
            "        module = importlib.import_module(name.removesuffix('.__init__'))\n"
            "        assert pathlib.Path(module.__file__).is_relative_to(library), module\n"
        )
        command = [sys.executable, "-I", "-c", script, str(tmp_path / "lib")]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=120)

    def test_scripts_are_sound_bash(self) -> None:
        """Bash can read them, and git has them as executable."""
        for script in SCRIPTS:
            path = ROOT / "autograder" / "bundled" / script
            subprocess.run(["bash", "-n", path], check=True)
            assert os.access(path, os.X_OK)


class TestSecret:
    """The secret of the course."""

    def test_it_is_made_once_and_found_again(self, tmp_path: Path) -> None:
        """It lies beside the course's file, for its owner alone, and stays the same."""
        course = tmp_path / "course" / "ours.toml"
        course.parent.mkdir()
        shutil.copy(DEFAULT, course)
        first = build_bundle(tmp_path / "one.zip", course)
        assert (first.new, first.secret) == (True, course.parent / SECRET)
        assert first.secret.stat().st_mode & 0o777 == 0o600
        secret = first.secret.read_bytes()
        assert len(secret) > 40
        assert not build_bundle(tmp_path / "two.zip", course).new
        assert content(tmp_path / "two.zip", SECRET) == secret

    def test_only_root_reads_it_in_the_container(self, bundle: Path) -> None:
        """In the zip it is for its owner alone; so is the zip itself."""
        with zipfile.ZipFile(bundle) as archive:
            assert archive.getinfo(SECRET).external_attr >> 16 & 0o777 == 0o600
        assert bundle.stat().st_mode & 0o077 == 0

    def test_one_of_the_courses_own_is_taken(self, tmp_path: Path) -> None:
        """A file that is named is read, and has to hold something."""
        mine = tmp_path / "mine"
        with pytest.raises(CannotGrade, match="mine cannot be read"):
            build_bundle(tmp_path / "b.zip", secret=mine)
        mine.write_text(" \n")
        with pytest.raises(CannotGrade, match="mine is empty"):
            build_bundle(tmp_path / "b.zip", secret=mine)
        mine.write_text("our secret\r\n")
        build_bundle(tmp_path / "b.zip", secret=mine)
        assert content(tmp_path / "b.zip", SECRET) == b"our secret\n"
        assert read_secret(mine) == b"our secret"


class TestCourse:
    """The course's decisions in the bundle."""

    @pytest.mark.parametrize("named", ["private", "{folder}/private"])
    def test_its_test_sentences_come_along(self, tmp_path: Path, named: str) -> None:
        """A treebank of the course's own is in the zip, under a name that leads to it there."""
        (tmp_path / "private").mkdir()
        shutil.copy(locate(SMALL, "test"), tmp_path / "private" / "xx-test.conllu")
        course = tmp_path / "ours.toml"
        text = DEFAULT.read_text(encoding="utf-8")
        course.write_text(text.replace('"small"\n', f'"{named.format(folder=tmp_path)}"\n'))
        build_bundle(tmp_path / "b.zip", course)
        with zipfile.ZipFile(tmp_path / "b.zip") as archive:
            archive.extractall(tmp_path / "source")
        shutil.rmtree(tmp_path / "private")
        there = Course(tmp_path / "source" / COURSE)
        assert there.treebank == "treebank"
        assert len(there.test_sentences) == 250

    def test_one_that_cannot_be_read_stops_it(self, tmp_path: Path) -> None:
        """No bundle is written when its course makes no sense."""
        course = tmp_path / "ours.toml"
        course.write_text("x = 1")
        with pytest.raises(CannotGrade, match="is no course file"):
            build_bundle(tmp_path / "b.zip", course)
        assert not (tmp_path / "b.zip").exists()


class TestRequirements:
    """The versions that the container gets."""

    def test_all_are_pinned_for_every_python(self) -> None:
        """Each distribution has one version, or one for 3.10 and one for all newer."""
        lines = [Requirement(line) for line in requirements()]
        for python in ("3.10", "3.11", "3.13"):
            found = [
                line for line in lines
                if not line.marker or line.marker.evaluate({"python_version": python})
            ]  # fmt: skip
            assert all(str(line.specifier).startswith("==") for line in found)
            named = [line.name for line in found]
            assert len(named) == len(set(named))
            assert {"torch", "pytest", "hypothesis", "numpy", "msgspec", "filelock"} <= set(named)
            assert ("tomli" in named) == (python == "3.10")

    def test_torch_is_the_version_of_the_tolerances(self) -> None:
        """The pin of the project is that of the bundle, without the name of a build."""
        assert "torch==2.13.0" in requirements()


class TestDoctor:
    """`arcgrade doctor --bundle`."""

    def test_a_good_bundle_can_be_uploaded(self, bundle: Path) -> None:
        """Every line is right, the reference gets all points, and the status is 0."""
        done = arcgrade("doctor", "--bundle", bundle)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "✗" not in done.stdout
        assert "It gets 87 of 87 points." in done.stdout
        assert "This bundle can be uploaded." in done.stdout

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("in a folder", "Zip the files, not their folder"),
            ("no bits", "run_autograder is not marked as executable"),
            ("windows", "setup.sh has line ends of Windows"),
            ("no secret", "anybody can draw hidden inputs"),
            ("open secret", "its mode is 644"),
            ("tests", "what does not belong into it: tests/test_x.py"),
            ("outside", "what does not belong into it: ../x"),
            ("other version", "from another version than this one (lib/autograder/report.py)"),
            ("other course", "is no course file"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, bundle: Path, tmp_path: Path, what: str, said: str
    ) -> None:
        """One sentence names what is wrong, and nothing is tried then."""
        findings = list(inspect(spoilt(bundle, tmp_path / "spoilt.zip", what)))
        wrong = [finding for finding in findings if finding.held is False]
        assert any(said in finding.detail for finding in wrong), findings
        tried = {finding.what for finding in findings} & {"the reference", "the starter"}
        assert not tried or what in ("no bits", "windows", "open secret", "no secret", "tests")

    def test_the_bundles_own_library_is_tried(
        self, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A module that is installed here and left out of the bundle is missed."""
        monkeypatch.undo()
        monkeypatch.setattr("autograder.inspection._same_grader", lambda _: Finding("", True, ""))
        monkeypatch.setattr("autograder.inspection._handout", lambda *_: iter([]))
        found = {f.what: f for f in inspect(spoilt(bundle, tmp_path / "x.zip", "left out"))}
        assert found["the reference"].held is False
        assert "No module named 'autograder.predictions'" in found["the reference"].detail

    def test_what_is_no_zip_is_one_sentence(self, tmp_path: Path) -> None:
        """Status 2, and what to do about it."""
        done = arcgrade("doctor", "--bundle", tmp_path / "nowhere.zip")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "is no zip that can be read" in done.stderr


@pytest.fixture(autouse=True)
def _no_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trial runs take their time; one test has them, in a process of its own."""
    monkeypatch.setattr(
        "autograder.inspection._trials", lambda *_: iter([Finding("trial run", None, "")])
    )
    monkeypatch.setattr("autograder.inspection._handout", lambda *_: iter([]))


def spoilt(bundle: Path, out: Path, what: str) -> Path:
    """The bundle with one thing wrong."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if what == "left out" and info.filename == "lib/autograder/predictions.py":
                continue
            if what == "in a folder":
                info.filename = f"bundle/{info.filename}"
            elif what == "no bits" and info.filename == "run_autograder":
                info.external_attr = (stat.S_IFREG | 0o644) << 16
            elif what == "windows" and info.filename == "setup.sh":
                data = data.replace(b"\n", b"\r\n")
            elif what == "no secret" and info.filename == SECRET:
                data = b"\n"
            elif what == "open secret" and info.filename == SECRET:
                info.external_attr = (stat.S_IFREG | 0o644) << 16
            elif what == "other version" and info.filename == "lib/autograder/report.py":
                data += b"\n"
            elif what == "other course" and info.filename == COURSE:
                data = b"x = 1"
            new.writestr(info, data)
        extra = {"tests": "tests/test_x.py", "outside": "../x"}.get(what)
        if extra:
            new.writestr(extra, "")
    out.write_bytes(buffer.getvalue())
    return out
