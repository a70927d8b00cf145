"""Attempts at what confinement must stop, made from inside a worker before any student code runs.

Each tries one thing and returns what came of it. It judges nothing: the grader does, by the
effect (see `autograder.confinement.tiers`).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)


def run(name: str, args: list[Any]) -> list[Any]:
    """[True, result] of an attempt, or [False, the error]."""
    try:
        return [True, PROBES[name](*args)]
    except OSError as error:
        return [False, error.strerror or str(error)]
    except BaseException as error:
        return [False, f"{type(error).__name__} {error}".strip()]


def _call(function: str, *args: int) -> int:
    result = int(getattr(_libc, function)(*args))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _write(path: str) -> str:
    Path(path).write_text("written by a worker")
    return path


def _peek_memory(pid: int, address: int, size: int) -> bytes:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(size)


def _allocate(size: int) -> int:
    return len(bytearray(size))


def _allocate_shared(size: int) -> int:
    import mmap

    with mmap.mmap(-1, size) as shared:
        return len(shared)


def _thread() -> bool:
    done = threading.Event()
    thread = threading.Thread(target=done.set)
    thread.start()
    thread.join()
    return done.is_set()


def _fork() -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return pid


def _compute() -> float:
    import torch

    weights = torch.ones(3, 3, requires_grad=True)
    (torch.ones(3, 3) @ weights).sum().backward()
    assert weights.grad is not None
    return float(weights.grad.sum())


PROBES: dict[str, Callable[..., Any]] = {
    "read": lambda path: Path(path).read_bytes()[:4096],
    "list": lambda path: len(os.listdir(path)),
    "write": _write,
    "environment": lambda: dict(os.environ),
    "open files": lambda: [n for n in range(3, 4096) if _is_open(n)],
    "memory of another": _peek_memory,
    "command of another": lambda pid: Path(f"/proc/{pid}/cmdline").read_bytes(),
    "signal": lambda pid: os.kill(pid, signal.SIGUSR1),
    "signal all": lambda: os.kill(-1, 0),
    # PTRACE_SEIZE: unlike PTRACE_ATTACH it would not stop the grader if it succeeded.
    "trace": lambda pid: _call("ptrace", 0x4206, pid, 0, 0),
    "limit of another": lambda pid: resource.prlimit(pid, resource.RLIMIT_CPU),
    "internet socket": lambda: socket.socket(socket.AF_INET).close(),
    "datagram socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "unix socket": lambda: socket.socket(socket.AF_UNIX).close(),
    "netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "fork": _fork,
    "execute": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 - the attempt
    "session": os.setsid,
    "user": lambda: os.setuid(0),
    "namespace": lambda: _call("unshare", 0x10000000),  # CLONE_NEWUSER
    "shared memory": lambda: _call("shmget", 0, 4096, 0o1600),
    "allocate": _allocate,
    "allocate shared": _allocate_shared,
    # What honest code needs:
    "thread": _thread,
    "compute": _compute,
}


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
