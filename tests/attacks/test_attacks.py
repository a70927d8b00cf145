"""Attacks: hostile code gains nothing, learns nothing, and costs its own part at most."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from autograder.confinement import connection
from autograder.confinement.nursery import SHARED_FOLDERS, UIDS, Nursery, secret_folders
from autograder.confinement.tiers import self_test
from autograder.errors import CannotGrade
from autograder.report import Outcome, Report

from ..conftest import MAXIMA, Grade, lost, points
from . import catalogue
from .catalogue import LOOT, PARSE, SOFTMAX, Attack, Cost, Target

WITNESS = "1c"
"""A part in another file; through its imports it even runs the file that the attack sits in."""
LONGEST = 60.0
# Nothing that could move a cursor, reorder or hide text.
INERT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]*")

MakeHandIn = Callable[[dict[str, str | None]], Path]


@dataclass(frozen=True)
class Secret:
    """Something that only the grader has, in its memory, a variable and a file."""

    text: str
    variable: str
    file: Path


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secret]:
    folder = tmp_path_factory.mktemp("private")
    folder.chmod(0o700)
    secret = Secret(f"canary-{secrets.token_hex(16)}", "ARCGRADE_PRIVATE", folder / "private.txt")
    secret.file.touch(0o600)
    secret.file.write_text(secret.text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(secret.variable, secret.text)
        yield secret


@pytest.fixture(scope="module")
def nursery(secret: Secret) -> Iterator[Nursery]:
    """One that starts when the secret is there to be inherited."""
    try:
        with Nursery(preload=("torch._dynamo",)) as nursery:
            self_test(nursery).require()
            yield nursery
        assert not nursery.folder.exists(), "something in it could not be removed"
    except CannotGrade as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """An attack does not care how many examples a check draws, nor how soon a limit is reached."""
    before = hypothesis.settings.get_profile("arcgrade")
    hypothesis.settings.register_profile("arcgrade", before, max_examples=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "MAX_RESIDENT", 640 << 20)
        patch.setattr(connection, "MAX_SCRATCH_BYTES", 16 << 20)
        patch.setattr(connection, "MAX_SCRATCH_ENTRIES", 300)
        yield
    hypothesis.settings.register_profile("arcgrade", before)


@dataclass
class Arena:
    """Grades hand-ins, and looks at what is left of them."""

    grade: Grade
    hand_in: MakeHandIn
    nursery: Nursery
    secret: Secret

    def facts(self) -> dict[str, str]:
        """What an attacker may know of the machine, or guess."""
        return {
            "PRIVATE": str(self.secret.file),
            "VARIABLE": self.secret.variable,
            "CHECKS": str(secret_folders()[0] / "hidden" / "part_1a.py"),
            "REFERENCE": str(secret_folders()[1] / "softmax.py"),
            "RESULTS": str(self.nursery.folder),
        }

    def fight(self, attack: Attack, *, right: bool) -> Report:
        """The report of a hand-in with that attack, after what holds for every one was checked."""
        source = attack.source(right=right, facts=self.facts())
        source = f"GRADER = {os.getpid()}\n" + source
        files: dict[str, str | None] = {attack.target.file: source, **attack.files}
        return self.run(files, (attack.target.part, WITNESS))

    def run(self, files: dict[str, str | None], parts: tuple[str, ...]) -> Report:
        """The report of a hand-in of these files, after what holds for every one was checked."""
        first, begin = self.nursery._next_uid, time.monotonic()
        path = self.hand_in(files)
        try:
            report = self.grade(path, parts)
        finally:
            path.rename(path.with_name(f"graded-{secrets.token_hex(4)}"))
        assert time.monotonic() - begin < LONGEST
        self._is_complete(report, parts)
        self._tells_nothing(report)
        self._leaves_nothing(first)
        return report

    def _is_complete(self, report: Report, parts: tuple[str, ...]) -> None:
        unsettled = {r.number: r.details[-300:] for r in report.results if r.outcome not in SETTLED}
        assert not unsettled, "the attack kept a check from being graded"
        maxima = {part: sum(r.max_points for r in report.of_part(part)) for part in report.parts}
        assert maxima == {part: MAXIMA[part] for part in parts or MAXIMA}

    def _tells_nothing(self, report: Report) -> None:
        text = repr(report)
        assert self.secret.text not in text
        assert LOOT not in text
        for result in report.results:
            assert INERT.fullmatch(result.message + result.title + result.details)
            assert len(result.message) <= 4000

    def _leaves_nothing(self, first: int) -> None:
        """No process of a worker's user, and no file of it where others could find it."""
        for folder in SHARED_FOLDERS:
            assert not Path(folder, "arcgrade-attack").exists()
        used = range(first, first + (self.nursery._next_uid - first) % len(UIDS))
        users = {UIDS.start + (uid - UIDS.start) % len(UIDS) for uid in used}
        deadline = time.monotonic() + 5
        while left := list(_owned_by(users)):
            assert time.monotonic() < deadline, left
            time.sleep(0.02)  # what was killed takes a moment to die


def _owned_by(users: set[int]) -> Iterator[str]:
    """Processes, and files in shared folders."""
    for place in ("/proc", *SHARED_FOLDERS):
        for entry in os.scandir(place) if os.path.isdir(place) else ():
            with contextlib.suppress(OSError):
                if entry.stat(follow_symlinks=False).st_uid in users:
                    yield entry.path


SETTLED = (Outcome.PASSED, Outcome.FAILED, Outcome.AWAITING)


@pytest.fixture
def arena(grade_folder: Grade, hand_in: MakeHandIn, nursery: Nursery, secret: Secret) -> Arena:
    return Arena(grade_folder, hand_in, nursery, secret)


def _names(attacks: tuple[Attack, ...]) -> dict[str, Attack]:
    return {attack.name: attack for attack in attacks}


@pytest.mark.parametrize("target", [SOFTMAX, PARSE], ids=lambda target: target.part)
def test_without_an_attack(arena: Arena, target: Target) -> None:
    """What attacks are added to gets every point when it is right and none when it is wrong."""
    peace = Attack("peace", target=target)
    assert lost(arena.fight(peace, right=True)) == set()
    wrong = arena.fight(peace, right=False)
    assert _earned(wrong) == {target.part: 0, WITNESS: MAXIMA[WITNESS]}


@pytest.mark.parametrize("name", _names(catalogue.ALL))
def test_attack(arena: Arena, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attack adds no point to a wrong hand-in, and costs a right one its own part at most."""
    attack = _names(catalogue.ALL)[name]
    if attack.budget is not None:
        for kind in ("CALL", "IMPORT"):
            monkeypatch.setattr(f"autograder.confinement.student.{kind}", attack.budget)
    part = attack.target.part
    earned = _earned(arena.fight(attack, right=True))
    assert earned[WITNESS] == MAXIMA[WITNESS], "it cost another part"
    if attack.cost is not Cost.SOME:
        assert earned[part] == (MAXIMA[part] if attack.cost is Cost.NOTHING else 0)
    assert _earned(arena.fight(attack, right=False)) == {part: 0, WITNESS: MAXIMA[WITNESS]}


@pytest.mark.parametrize("name", _names(catalogue.EVASIONS))
@pytest.mark.xfail(reason="open: what runs in the worker can be hidden by what runs there")
def test_evasion(arena: Arena, name: str) -> None:
    """A built-in that the part does not allow is found however it is called."""
    assert _earned(arena.fight(_names(catalogue.EVASIONS)[name], right=True))[SOFTMAX.part] == 0


# What is right of what computes nothing.
EXPECTED_OF_GUESSES = {
    "2c.6",  # words that nobody touches are left alone
    "2c.8",  # nothing is shared where nothing is done
}


@pytest.mark.parametrize("guess", catalogue.GUESSES)
def test_guesses(arena: Arena, guess: str) -> None:
    """Functions that compute nothing get no point."""
    files = catalogue.guessing(catalogue.GUESSES[guess])
    report = arena.run(files, ())
    earned = {number for number, value in points(report).items() if value}
    assert earned <= EXPECTED_OF_GUESSES


@pytest.mark.parametrize("junk", catalogue.JUNK)
def test_junk(arena: Arena, junk: str) -> None:
    """Whatever stands where a function, a class or a tensor is due, every check is graded."""
    files, parts = catalogue.JUNK[junk]
    arena.run(files, parts)


@pytest.mark.parametrize("motion", catalogue.MOTIONS)
def test_motions(arena: Arena, motion: str) -> None:
    """Going through the motions, with numbers known beforehand, earns no point of substance."""
    files, parts, trivial = catalogue.MOTIONS[motion]
    report = arena.run(files, parts)
    assert {number for number, value in points(report).items() if value} <= trivial


def _earned(report: Report) -> dict[str, float]:
    return {part: sum(r.points for r in report.of_part(part)) for part in report.parts}
