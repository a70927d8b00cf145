"""Decides how well student code is confined here: by trying, never by version numbers.

Before any student code runs, a worker with the real confinement attempts what it should not be
able to do, and the grader judges by the effect: did the canary come back, did the file change, did
the signal arrive? Less than tier C grades nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import secrets
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from autograder.errors import CannotGrade, GraderFault, StudentLost

from .dialogue import CALL
from .inside import confine, wire
from .nursery import Nursery

TIERS = {
    "A": "separate user, Landlock and seccomp",
    "B": "separate user and seccomp",
    "C": "Landlock and seccomp, same user",
}
# Without Landlock these stay open; what is left in shared folders is swept after each worker.
OPEN_IN_B = frozenset({"write to a shared folder", "read a command line"})


@dataclass(frozen=True)
class Finding:
    """What came of one attempt.

    Attributes:
        attempt: what was tried, as in "read the hidden checks".
        held: whether it ended as it should.
        detail: what happened, for staff.
        needed: whether it should succeed, as honest code needs it; else it should not.
    """

    attempt: str
    held: bool
    detail: str
    needed: bool = False

    def __str__(self) -> str:
        """What is wrong if it did not hold."""
        return f"not {self.attempt}" if self.needed else self.attempt


@dataclass(frozen=True)
class Tier:
    """How student code is confined here.

    Attributes:
        name: "A", "B", "C", or "" where nothing may be graded.
        findings: each attempt and what came of it.
        facts: what this machine offers, name to value.
        advice: what to do for a better tier; empty for A.
    """

    name: str
    findings: tuple[Finding, ...]
    facts: dict[str, str]
    advice: tuple[str, ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        """The attempts that did not end as they should."""
        return tuple(finding for finding in self.findings if not finding.held)

    def __str__(self) -> str:
        """One line for staff."""
        held = len(self.findings) - len(self.open)
        facts = "; ".join(f"{name} {value}" for name, value in self.facts.items())
        return (
            f"tier {self.name or 'none'} ({TIERS.get(self.name, 'not confined enough')}); "
            f"{facts}; probes {held}/{len(self.findings)}"
        )

    def require(self) -> Tier:
        """This tier, if it is good enough to grade.

        Raises:
            CannotGrade: it is not; the text says what is missing and what to do.
        """
        if self.name:
            return self
        found = (
            f"a worker could {', '.join(map(str, self.open))}"
            if self.open
            else ("a layer is missing")
        )
        raise CannotGrade(
            f"Student code is not confined well enough here to grade: {found}. "
            f"{' '.join(self.advice)} `arcgrade doctor` shows every attempt."
        )


def self_test(nursery: Nursery) -> Tier:
    """Try every attempt in a fresh worker, and judge.

    Raises:
        GraderFault: the worker could not be set up.
    """
    layers = nursery.layers
    empty = nursery.folder / "nothing-handed-in"
    empty.mkdir(exist_ok=True)
    worker = nursery.fork(empty, {}, {}).worker()
    try:
        applied = worker.wait_ready()
        with _Targets(nursery.folder) as targets:
            findings = tuple(_try(worker, attempt) for attempt in targets.attempts(nursery))
    finally:
        worker.kill()
    facts = {
        "kernel": f"{nursery.prepared.release} {nursery.prepared.machine}",
        "uid": str(applied.get("uid")),
        "landlock": f"abi {applied.get('landlock')}" if layers.landlock else "none",
        "seccomp": f"{applied.get('seccomp')} instructions" if layers.seccomp else "none",
    }
    opened = {finding.attempt for finding in findings if not finding.held}
    if any(finding.needed for finding in findings if not finding.held):
        opened.add("no honest code works")
    name = ""
    if layers.seccomp and layers.own_user and layers.landlock and not opened:
        name = "A"
    elif layers.seccomp and layers.own_user and opened <= OPEN_IN_B:
        name = "B"
    elif layers.seccomp and layers.landlock and os.geteuid() != 0 and not opened:
        name = "C"
    return Tier(name, findings, facts, _advice(name, nursery, opened))


@dataclass(frozen=True)
class _Attempt:
    """One probe: what to call in the worker, and how to judge what came back."""

    what: str
    probe: str
    args: tuple[object, ...] = ()
    held: Callable[[bool, Any], bool] = lambda succeeded, result: not succeeded
    needed: bool = False


class _Targets:
    """What a worker tries its hands on: canaries of the grader's, made for the occasion."""

    def __init__(self, folder: Path) -> None:
        self._canary = secrets.token_bytes(16)
        self._memory = ctypes.create_string_buffer(self._canary)
        self._signals = 0
        # Not below the nursery's folder: workers can pass through that.
        self._private = tempfile.TemporaryDirectory(prefix="arcgrade-private-")
        self._shared = Path(tempfile.gettempdir()) / f"arcgrade-{secrets.token_hex(8)}"

    def __enter__(self) -> _Targets:
        private = Path(self._private.name)
        self._file = private / "results.json"
        self._file.write_bytes(self._canary)
        self._handler = signal.signal(signal.SIGUSR1, self._count)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGUSR1, self._handler)
        self._private.cleanup()
        with contextlib.suppress(OSError):
            self._shared.unlink()

    def _count(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def attempts(self, nursery: Nursery) -> Iterator[_Attempt]:
        """All of them."""
        me = os.getpid()
        checks = _origin("autograder.hidden")
        solutions = _origin("solutions.softmax")

        def unread(succeeded: bool, result: Any) -> bool:
            return not succeeded or self._canary not in bytes(result)

        def unwritten(succeeded: bool, result: Any) -> bool:
            return self._file.read_bytes() == self._canary

        yield _Attempt("read a private file", "read", (str(self._file),), unread)
        yield _Attempt("list a private folder", "list", (str(self._file.parent),))
        yield _Attempt("overwrite the results", "write", (str(self._file),), unwritten)
        yield _Attempt("read the hidden checks", "read", (checks,))
        yield _Attempt("read the reference solutions", "read", (solutions,))
        yield _Attempt(
            "write to a shared folder", "write", (str(self._shared),),
            lambda succeeded, result: not self._shared.exists(),
        )  # fmt: skip
        yield _Attempt(
            "find variables of the grader's",
            "environment",
            held=lambda succeeded, result: (
                succeeded and set(result) <= confine.ENVIRONMENT.keys() | {"HOME", "TMPDIR"}
            ),
        )
        yield _Attempt(
            "find open files of the grader's",
            "open files",
            held=lambda succeeded, result: (
                succeeded and len(result) <= 1 + len(nursery.prepared.hidden)
            ),
        )
        yield _Attempt(
            "read the grader's memory", "memory of another",
            (me, ctypes.addressof(self._memory), len(self._canary)), unread,
        )  # fmt: skip
        yield _Attempt("read a command line", "command of another", (me,))
        yield _Attempt(
            "send the grader a signal", "signal", (me,),
            lambda succeeded, result: not succeeded and not self._signals,
        )  # fmt: skip
        yield _Attempt("signal every process", "signal all")
        yield _Attempt("trace the grader", "trace", (me,))
        yield _Attempt("read the grader's limits", "limit of another", (me,))
        for kind in ("internet", "datagram", "unix", "netlink"):
            yield _Attempt(
                f"open {'an' if kind == 'internet' else 'a'} {kind} socket", f"{kind} socket"
            )
        yield _Attempt("start a process", "fork")
        yield _Attempt("leave its session", "session")
        yield _Attempt("become root", "user")
        yield _Attempt("make a namespace", "namespace")
        yield _Attempt("leave shared memory behind", "shared memory")
        yield _Attempt("use 8 GiB of memory", "allocate", (8 << 30,))
        yield _Attempt("use 8 GiB of shared memory", "allocate shared", (8 << 30,))

        def works(succeeded: bool, result: Any) -> bool:
            return succeeded and bool(result)

        own = "write to its own folder"
        yield _Attempt(own, "write", ("scratch.txt",), works, needed=True)
        yield _Attempt("start a thread", "thread", (), works, needed=True)
        yield _Attempt("compute a gradient", "compute", (), lambda ok, r: r == 27.0, needed=True)
        yield _Attempt("execute a program", "execute")  # the last: if it succeeds, it is no more


def _try(worker: Any, attempt: _Attempt) -> Finding:
    packer = wire.Packer(_no_objects)

    def make(number: int, packer: wire.Packer) -> wire.Probe:
        return wire.Probe(number, attempt.probe, [packer.pack(arg) for arg in attempt.args])

    try:
        reply, unpacker = worker.request(make, packer, CALL, _no_callback, _no_unwrap)
    except StudentLost as error:
        return Finding(attempt.what, False, f"the worker {error}", attempt.needed)
    if not isinstance(reply, wire.Answer):
        raise GraderFault(f"The probe {attempt.probe!r} did not answer: {reply}")
    succeeded, result = unpacker.unpack(reply.value)
    held = attempt.held(succeeded, result)
    shown = f"{result}" if not isinstance(result, (bytes, dict)) else f"{len(result)} entries"
    detail = f"{'got' if succeeded else 'refused:'} {shown}"[:200]
    return Finding(attempt.what, held, detail, attempt.needed)


def _advice(name: str, nursery: Nursery, opened: set[str]) -> tuple[str, ...]:
    advice: list[str] = []
    if name == "A":
        return ()
    if not nursery.layers.landlock:
        advice.append(
            "The kernel offers no Landlock: use Linux 5.19 or newer with Landlock enabled."
        )
    if not nursery.layers.own_user:
        advice.append("Run it as root (in a container for instance): workers then get a user each.")
    if not nursery.layers.seccomp:
        advice.append("System calls cannot be filtered here: use a kernel with seccomp.")
    if not name and {"read the hidden checks", "read the reference solutions"} & opened:
        folders = " ".join(str(Path(_origin(n)).parent) for n in ("autograder.hidden", "solutions"))
        advice.append(f"Close the checks and solutions to other users: chmod -R go-rwx {folders}.")
    return tuple(advice)


def _origin(module: str) -> str:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise GraderFault(f"The package {module} is not installed: install arcgrade again.")
    return spec.origin


def _no_objects(obj: object) -> wire.Value:
    raise TypeError("probes take plain values")


def _no_callback(callback: wire.Callback, unpacker: wire.Unpacker) -> bytes:
    raise wire.WireError("a probe called back")


def _no_unwrap(value: wire.Value, unpacker: wire.Unpacker) -> object:
    raise wire.WireError("a probe answered with an object")
