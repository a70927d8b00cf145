"""Confines the process that calls it, in layers, each holding where another is missing.

The order matters: descriptors and the environment first, then what needs privileges (opening
folders for Landlock, limits), then the user, then what only takes rights away. Nothing falls
back: a layer that was asked for and cannot be had is an error, and the grader's.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

import msgspec

from . import landlock, seccomp
from .runtime import Runtime

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
CONNECTION = 3
"""The descriptor of the connection to the grader, the one that a worker keeps for itself."""
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "", "OMP_NUM_THREADS": "1"}
"""All that is in a worker's environment, beside HOME and TMPDIR: its scratch folder."""

_libc = ctypes.CDLL(None, use_errno=True)
runtime: Runtime | None = None
"""Set once by the nursery; workers inherit it."""


class Confinement(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The layers and limits of one worker.

    Attributes:
        scratch: the one folder that it may write to.
        uid: its user and group, or None to stay the grader's user.
        landlock: whether the file system is closed but for what `Runtime` grants.
        seccomp: whether system calls are filtered.
        address_space: bytes; not only the heap: shared mappings escape that limit.
        cpu: seconds of processor time, a backstop behind the grader's clock.
        file_size: bytes of a single file; the grader watches the sum of those that have a name.
        open_files: descriptors, and with `file_size` the sum of those that have none.
        tasks: threads, counted over all processes of the user.
    """

    scratch: str
    uid: int | None
    landlock: bool = True
    seccomp: bool = True
    address_space: int = 4 << 30
    cpu: int = 120
    file_size: int = 8 << 20
    open_files: int = 64
    tasks: int = 64


def apply(wanted: Confinement, submission: Path) -> dict[str, object]:
    """Confine this process for good; of its descriptors, CONNECTION and the runtime's stay open.

    Returns:
        What was applied, for staff.

    Raises:
        OSError: a layer could not be had.
    """
    assert runtime is not None, "the nursery prepares the runtime before it forks"
    os.setsid()
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    rules = _rules(wanted, submission, runtime) if wanted.landlock else None
    _close_all_but([CONNECTION, *([rules.fileno()] if rules else []), *runtime.kept])
    os.environ.clear()
    os.environ.update(ENVIRONMENT, HOME=wanted.scratch, TMPDIR=wanted.scratch)
    os.umask(0o077)
    _limit(wanted)
    if wanted.uid is not None:
        _become(wanted.uid)
    _prctl(_PR_SET_DUMPABLE, 0)
    nursery = os.getppid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # after the user changed: that clears it
    if os.getppid() != nursery:
        os._exit(1)
    applied: dict[str, object] = {"uid": os.getuid(), "landlock": 0, "seccomp": 0}
    if rules is not None:
        rules.enforce()
        applied["landlock"], applied["scopes"] = rules.version, rules.scopes
    if wanted.seccomp:
        applied["seccomp"] = seccomp.install(seccomp.build(os.uname().machine, os.getpid()))
    return applied


def _close_all_but(keep: list[int]) -> None:
    low = 3
    for descriptor in sorted(keep):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))


def _rules(wanted: Confinement, submission: Path, runtime: Runtime) -> landlock.Ruleset:
    rules = landlock.Ruleset()
    for descriptor in runtime.readable:
        rules.allow_read(descriptor)
    for descriptor in runtime.listable:
        rules.allow_list(descriptor)
    rules.allow_read(submission)
    rules.allow_write(wanted.scratch)
    rules.allow_write("/dev/null")
    return rules


def _limit(wanted: Confinement) -> None:
    for which, value in (
        (resource.RLIMIT_AS, wanted.address_space),
        (resource.RLIMIT_CPU, wanted.cpu),
        (resource.RLIMIT_FSIZE, wanted.file_size),
        (resource.RLIMIT_NOFILE, wanted.open_files),
        (resource.RLIMIT_NPROC, wanted.tasks),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (lowest, lowest))


def _become(uid: int) -> None:
    """Be that user, with no way back."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    try:
        os.setuid(0)
    except PermissionError:
        return
    raise OSError("the process could become root again")


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")
