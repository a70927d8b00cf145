"""The nursery: imports the libraries once and forks a worker when it is asked to.

It is executed, not forked, by the grader, with an empty environment: nothing secret was ever in
its memory. It has one thread, since a fork copies only the one that forks and since Landlock and
seccomp bind only the one that asks; and it runs no student code.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from typing import NoReturn

import msgspec

from .confine import Confinement


class Preparation(msgspec.Struct, forbid_unknown_fields=True):
    """What the nursery is told when it starts."""

    packages: list[str]
    secrets: list[str]
    uid: int | None
    preload: list[str]


class Prepared(msgspec.Struct, forbid_unknown_fields=True):
    """What it found."""

    hidden: list[str]
    machine: str
    release: str


class Spec(msgspec.Struct, forbid_unknown_fields=True):
    """A worker: how it is confined, and which submission it holds.

    Attributes:
        confinement: its layers and limits.
        submission: the folder of the submission.
        files: module name to file, relative to the folder.
        aliases: other names of these modules.
    """

    confinement: Confinement
    submission: str
    files: dict[str, str]
    aliases: dict[str, str]


class Fork(msgspec.Struct, tag="fork", forbid_unknown_fields=True):
    """Fork a worker; its connection and its output come along as descriptors."""

    spec: Spec


class Bury(msgspec.Struct, tag="bury", forbid_unknown_fields=True):
    """Collect a worker that was killed."""

    pid: int


Request = Fork | Bury


class Reply(msgspec.Struct, forbid_unknown_fields=True):
    """The process forked, or how the one that was buried had ended; `error` says why not."""

    pid: int = 0
    exit_code: int = 0
    error: str = ""


MAX_MESSAGE = 64 * 1024


def main(cold: socket.socket, warm: socket.socket, preparation: Preparation) -> None:
    """Serve requests until the grader closes the connections.

    Workers can be forked as soon as torch is there, from the process that answers on `cold`. What
    takes long beyond that is imported by a fork of it, which then answers on `warm`.
    """
    # Imported late: until `Runtime` is there, sys.path is not yet what workers can read.
    from . import confine, runtime

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    confine.runtime = runtime.Runtime(preparation.packages, preparation.secrets, preparation.uid)
    import torch

    from . import confined  # noqa: F401 - so that it is there in every fork

    torch.set_num_threads(1)
    _touch_kernels()
    if os.fork() == 0:
        cold.close()
        for module in preparation.preload:
            importlib.import_module(module)
        serve(warm)
    warm.close()
    serve(cold)


def serve(control: socket.socket) -> NoReturn:
    """Say that workers can be forked, and fork them."""
    from . import confine

    assert confine.runtime is not None
    gc.collect()
    gc.freeze()
    sys.dont_write_bytecode = True
    uname = os.uname()
    prepared = Prepared(confine.runtime.hidden, uname.machine, uname.release)
    control.send(msgspec.json.encode(prepared))
    decoder = msgspec.json.Decoder(Request)
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, 2)
        if not data:
            os._exit(0)  # nothing is worth the time that Python takes to end
        request = decoder.decode(data)
        if isinstance(request, Bury):
            status = os.waitpid(request.pid, 0)[1]
            reply = Reply(request.pid, os.waitstatus_to_exitcode(status))
            control.send(msgspec.json.encode(reply))
            continue
        reply = _fork(request.spec, descriptors, control)
        for descriptor in descriptors:
            os.close(descriptor)
        # The grader watches and kills by pidfd: a number could be another's by then.
        pidfds = [os.pidfd_open(reply.pid)] if reply.pid else []
        socket.send_fds(control, [msgspec.json.encode(reply)], pidfds)
        for pidfd in pidfds:
            os.close(pidfd)


def _fork(spec: Spec, descriptors: list[int], control: socket.socket) -> Reply:
    from . import confined

    tasks = len(os.listdir("/proc/self/task"))
    if tasks != 1:
        return Reply(error=f"the nursery has {tasks} threads; workers can be forked from one only")
    try:
        pid = os.fork()
    except OSError as error:
        return Reply(error=f"no worker could be forked: {error}")
    if pid:
        return Reply(pid)
    connection, output = descriptors
    os.dup2(output, 1)
    os.dup2(output, 2)
    control.close()
    return confined.main(socket.socket(fileno=connection), spec)


def _touch_kernels() -> None:
    """What torch sets up at its first operation is set up here, once."""
    import torch

    weights = torch.ones(4, 4, requires_grad=True)
    torch.relu(torch.ones(4, 4) @ weights).sum().backward()


def start(cold: int, warm: int, preparation: str) -> None:
    """The entry point; the command line is in `autograder.confinement.nursery`."""
    main(
        socket.socket(fileno=cold),
        socket.socket(fileno=warm),
        msgspec.json.decode(preparation, type=Preparation),
    )
