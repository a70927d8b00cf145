"""One worker, seen from the grader: requests with absolute deadlines, watched while they run."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from autograder.errors import GraderFault, StudentLost

from .channel import Ticket
from .dialogue import CHECK, Budget, Dialogue, no_objects
from .inside import wire

TICK = 0.05
READY_SECONDS = 30.0
KEEP_OUTPUT = 64 * 1024
CHUNK = 64 * 1024
MAX_SCRATCH_BYTES = 64 << 20
MAX_SCRATCH_ENTRIES = 2_000
MAX_SCRATCH_FOLDERS = 200
MAX_RESIDENT = 1 << 30


class Worker(Dialogue["_Deadline"]):
    """A worker's process. Whatever it sends is a claim; when it breaks a rule it is killed."""

    def __init__(
        self,
        connection: socket.socket,
        output: int,
        pidfd: int,
        pid: int,
        scratch: Path,
        bury: Callable[[int], Ticket],
    ) -> None:
        self.pid = pid
        self.scratch = scratch
        self._bury = bury
        self._connection = connection
        self._connection.setblocking(False)
        self._output = output
        os.set_blocking(output, False)
        self._pidfd = pidfd
        self._alive = True
        self._ready = False
        self._received = bytearray()
        self._whole: _Deadline | None = None
        self._checked = time.monotonic()
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(output, select.POLLIN)

    def wait_ready(self) -> dict[str, object]:
        """What confinement was applied.

        Raises:
            GraderFault: it could not be, or not in time.
        """
        try:
            budget = Budget(READY_SECONDS, READY_SECONDS)
            message, unpacker = self._receive(_Deadline(self.pid, budget), no_objects)
        except StudentLost as error:  # no student code has run: this is not theirs
            raise GraderFault(f"A worker could not be set up: it {self.lost}.") from error
        if not isinstance(message, wire.Ready):
            reason = message.reason if isinstance(message, wire.Failed) else "it said nothing"
            self.kill()
            raise GraderFault(f"A worker could not be confined: {reason}")
        self._ready = True
        return {name: unpacker.unpack(value) for name, value in message.applied}

    def kill(self) -> Ticket | None:
        """The process is killed; the ticket, if it was not before, tells how it had ended."""
        if not self._alive:
            return None
        self._alive = False
        self._drain()
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        ticket = self._bury(self.pid)
        self._connection.close()
        os.close(self._output)
        os.close(self._pidfd)
        if self.lost is None:
            self.lost = "had been ended"
        return ticket

    # --- bytes -----------------------------------------------------------------------------------

    def _begin(self, budget: Budget) -> _Deadline:
        if not self._ready:
            self.wait_ready()
        self._expect_silence()
        if self._whole is None:
            self._whole = _Deadline(self.pid, CHECK)
        return _Deadline(self.pid, budget, self._whole)

    def _expect_silence(self) -> None:
        if self._received:
            self._lose("wrote more than one answer")
        with contextlib.suppress(BlockingIOError, ConnectionError):
            if self._connection.recv(1, socket.MSG_PEEK):
                self._lose("wrote an answer before it was asked")

    def _send(self, frame: bytes, deadline: _Deadline) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[self._connection.send(view) :]
            except BlockingIOError:
                self._wait(deadline, select.POLLOUT)
            except ConnectionError:
                self._lose_ended()

    def _read(self, size: int, deadline: _Deadline) -> bytearray:
        while len(self._received) < size:
            self._wait(deadline, select.POLLIN)
            data = b""
            with contextlib.suppress(ConnectionError):
                data = self._connection.recv(max(CHUNK, size - len(self._received)))
            if not data:
                self._lose_ended()
            self._received += data
        wanted = self._received[:size]
        del self._received[:size]
        return wanted

    def _wait(self, deadline: _Deadline, event: int) -> None:
        """Until the connection is ready; meanwhile its output is read and its limits are kept."""
        self._poll.modify(self._connection, event)
        while True:
            ready = dict(self._poll.poll(TICK * 1000))
            if self._output in ready:
                self._drain()
            if over := deadline.over():
                self._lose(over)
            if time.monotonic() - self._checked > TICK:
                self._check_use()
            if self._connection.fileno() in ready:
                return

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self._output, KEEP_OUTPUT):
                self.output += chunk[: KEEP_OUTPUT - len(self.output)]
                if len(chunk) < KEEP_OUTPUT:
                    return
            with contextlib.suppress(KeyError):
                self._poll.unregister(self._output)  # closed at the other end

    def _check_use(self) -> None:
        self._checked = time.monotonic()
        with contextlib.suppress(OSError, ValueError):
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
            if pages * os.sysconf("SC_PAGE_SIZE") > MAX_RESIDENT:
                self._lose(f"used more than {MAX_RESIDENT >> 30} GiB of memory")
        size, entries = _usage(self.scratch)
        if size > MAX_SCRATCH_BYTES or entries > MAX_SCRATCH_ENTRIES:
            self._lose(
                f"wrote more than {MAX_SCRATCH_BYTES >> 20} MiB or {MAX_SCRATCH_ENTRIES} files"
            )

    def _lose_ended(self) -> NoReturn:
        # Let it end by itself if it will: how it ended is what to tell.
        select.select([self._pidfd], [], [], 0.5)
        ticket = self.kill()
        exit_code = ticket.wait()[0].exit_code if ticket else 0
        if exit_code == -signal.SIGKILL:  # ours, or a limit's
            self.lost = "closed its connection, or used up a limit"
        elif exit_code < 0:
            self.lost = f"crashed ({_signal_name(-exit_code)})"
        else:
            self.lost = "ended the whole process (os._exit)"
        raise StudentLost(self.lost)


class _Deadline:
    """Absolute, whatever is read or written in between."""

    def __init__(self, pid: int, budget: Budget, whole: _Deadline | None = None) -> None:
        self._budget = budget
        self._whole = whole
        # The kernel's number of the clock that counts a process's time (see clock_gettime(2)).
        self._clock = ~pid << 3 | 2
        self._cpu = self._used()
        self._wall = time.monotonic()

    def _used(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0  # it has ended; reading from it will tell

    def over(self) -> str:
        """Why time is up, or an empty string."""
        if self._used() - self._cpu > self._budget.cpu:
            return f"did not return within {self._budget.cpu:g} seconds of computing"
        if time.monotonic() - self._wall > self._budget.wall:
            return f"did not return within {self._budget.wall:g} seconds"
        if self._whole is not None and self._whole.over():
            return "made the whole check take too long"
        return ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of the real-time signals
        return f"signal {number}"


def _usage(folder: Path) -> tuple[int, int]:
    """Bytes and entries below a folder; stops counting at the limits.

    It walks by descriptor: a path of nested long names can be too long to be opened. A folder that
    cannot be read counts as too much.
    """
    size = entries = 0
    pending = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY)]
    try:
        while pending:
            descriptor = pending.pop()
            try:
                with os.scandir(descriptor) as found:
                    for entry in found:
                        entries += 1
                        status = entry.stat(follow_symlinks=False)
                        size += status.st_blocks * 512
                        if size > MAX_SCRATCH_BYTES or entries > MAX_SCRATCH_ENTRIES:
                            return size, entries
                        if stat.S_ISDIR(status.st_mode):
                            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                            pending.append(os.open(entry.name, flags, dir_fd=descriptor))
                            if len(pending) > MAX_SCRATCH_FOLDERS:
                                return size, MAX_SCRATCH_ENTRIES + 1
            except FileNotFoundError:
                continue  # it went away meanwhile
            except PermissionError:
                return size, MAX_SCRATCH_ENTRIES + 1
            finally:
                os.close(descriptor)
    finally:
        for descriptor in pending:
            os.close(descriptor)
    return size, entries
