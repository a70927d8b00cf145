"""Tiers: the self-test finds what is open, and nothing weak grades."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from autograder.confinement import nursery as nursery_module
from autograder.confinement.nursery import Layers, Nursery, remove
from autograder.confinement.session import Session
from autograder.confinement.student import Student
from autograder.confinement.tiers import self_test
from autograder.errors import CannotGrade, GraderFault

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives workers a user each")


def test_this_machine_grades(nursery: Nursery) -> None:
    """Where this suite can run, no attempt is open: tier A as root, tier C as an ordinary user."""
    tier = self_test(nursery)
    assert tier.open == ()
    assert tier.name == ("A" if os.geteuid() == 0 else "C")
    assert tier.require() is tier


@pytest.mark.parametrize(
    ("layers", "opened"),
    [
        (Layers(own_user=False, landlock=False, seccomp=False), "read the hidden checks"),
        (Layers(own_user=False, landlock=True, seccomp=False), "open a datagram socket"),
        (Layers(own_user=False, landlock=False, seccomp=True), "read the hidden checks"),
    ],
    ids=["nothing", "no seccomp", "no Landlock"],
)
def test_less_than_tier_c_is_refused(layers: Layers, opened: str) -> None:
    """A missing layer is found by what a worker can do, and nothing is graded."""
    with Nursery(layers) as weak:
        tier = self_test(weak)
    assert tier.name == ""
    assert opened in {finding.attempt for finding in tier.open}
    with pytest.raises(CannotGrade, match="not confined well enough here") as caught:
        tier.require()
    assert opened in str(caught.value)


@needs_root
def test_without_landlock_readable_checks_are_found_and_the_remedy_is_named() -> None:
    """A user of its own is not enough while that user can read the checks."""
    with Nursery(Layers(own_user=True, landlock=False, seccomp=True)) as weak:
        tier = self_test(weak)
    checks = Path(nursery_module.__file__).parent.parent / "hidden" / "__init__.py"
    if checks.stat().st_mode & stat.S_IROTH and _open_to_all(checks):
        assert tier.name == ""
        assert any("chmod -R go-rwx" in advice for advice in tier.advice)
    else:
        assert tier.name == "B"


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


@needs_root
def test_tier_b(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user of its own and seccomp are tier B once the checks are closed, and leave nothing."""
    closed = tmp_path / "closed.py"
    closed.write_text("")
    closed.chmod(0o600)
    monkeypatch.setattr("autograder.confinement.tiers._origin", lambda module: str(closed))
    with Nursery(Layers(own_user=True, landlock=False, seccomp=True)) as nursery:
        tier = self_test(nursery)
        assert {finding.attempt for finding in tier.open} == {
            "write to a shared folder",
            "read a command line",
        }
        assert tier.name == "B"
        folder = nursery.folder / "submission"
        folder.mkdir()
        (folder / "softmax.py").write_text(
            "import os, pathlib\npathlib.Path(f'/tmp/left-by-{os.getuid()}').write_text('x')\n"
        )
        session = Session(nursery, folder, ["softmax"], {"softmax": "softmax.py"}, {})
        student = Student(session)
        with pytest.raises(AttributeError):
            student.no_such_module  # noqa: B018
        _ = student.softmax
        assert list(Path("/tmp").glob("left-by-*"))
        student.close()
        session.close()
    assert not list(Path("/tmp").glob("left-by-*"))


def test_a_worker_that_cannot_be_confined_is_the_graders_fault(nursery: Nursery) -> None:
    """Setting up confinement never falls back: it fails, and not as the student's zero."""
    missing = nursery.folder / "no such folder"
    worker = nursery.fork(missing, {}, {}).worker()
    with pytest.raises(GraderFault, match="could not be confined") as caught:
        worker.wait_ready()
    assert "FileNotFoundError" in str(caught.value)


def test_a_nursery_that_dies_is_the_graders_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the process that starts workers ends, staff learn what it said."""
    monkeypatch.setattr(nursery_module, "_COMMAND", "raise SystemExit('its last words')")
    with Nursery() as broken, pytest.raises(GraderFault, match="ended\\. It said: its last words"):
        _ = broken.prepared


def test_other_systems_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be confined, one sentence says where to grade."""
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(CannotGrade, match="cannot be confined on darwin: grade on Linux"):
        Nursery()


def test_folders_of_any_depth_are_removed(tmp_path: Path) -> None:
    """A tree deeper than Python's stack is removed all the same."""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    remove(tmp_path / "d")
    assert list(tmp_path.iterdir()) == []
