"""Workers without confinement, for students who check their own code: any system will do.

The protocol is that of confined workers. What comes of it is not for grades: nothing here keeps
code from reading the checks, or from changing what they say.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, NoReturn

import msgspec

from autograder.errors import GraderFault

from .dialogue import CHECK, Budget, Dialogue, no_objects
from .inside import plain as inside
from .inside import wire
from .launch import launch

START_SECONDS = 180.0
# Seconds of the wall clock, for one second of computing that a request is granted: no system says
# for certain how much another process has computed, and the machine may be a slow one.
PATIENCE = 2.0
CHUNK = 64 * 1024
KEEP_OUTPUT = 64 * 1024
MAX_LINE = 120
TICK = 0.1


class _Deadline:
    """Absolute, whatever is read or written in between."""

    def __init__(self, seconds: float, end_of_check: float) -> None:
        now = time.monotonic()
        self.seconds = seconds
        self.at = min(now + seconds, end_of_check)
        self.whole = end_of_check < now + seconds

    @property
    def said(self) -> str:
        """How time was run over, as a predicate."""
        if self.whole:
            return "made the whole check take too long"
        return f"did not return within {self.seconds:g} seconds"


class Process:
    """A process that serves one check after another, until one of them loses it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._chunks: queue.Queue[bytes] = queue.Queue()
        self.received = bytearray()
        self.printed = b""
        self.silent = False
        """Whether it has closed its end."""
        assert process.stdout is not None
        assert process.stderr is not None
        for stream, take in ((process.stdout, self._hear), (process.stderr, self._keep)):
            # A thread for each, since a pipe cannot be waited for with a limit on every system.
            threading.Thread(target=_pump, args=(stream, take), daemon=True).start()

    def wait(self, until: float) -> bool:
        """Whether something was received before that time, or the other end was closed."""
        while (left := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):  # in short waits, so that Ctrl-C comes through
                chunk = self._chunks.get(timeout=min(left, TICK))
                self.received += chunk
                self.silent = not chunk
                return True
        return False

    def write(self, frame: bytes, until: float) -> bool:
        """Whether all of it could be written before that time."""
        assert self._process.stdin is not None
        watchdog = threading.Timer(max(0.0, until - time.monotonic()), self.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            view = memoryview(frame)
            while view:
                view = view[self._process.stdin.write(view) or 0 :]
        except OSError:
            return False
        finally:
            watchdog.cancel()
        return True

    def kill(self) -> int:
        """It is gone; its exit code, which is negative where a signal ended it."""
        if self.silent:  # let it end by itself if it will: how it ended is what to tell
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.5)
        self._process.kill()  # where it has ended, this does nothing
        code = self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        return code

    def _hear(self, chunk: bytes) -> None:
        self._chunks.put(chunk)

    def _keep(self, chunk: bytes) -> None:
        self.printed += chunk[: KEEP_OUTPUT - len(self.printed)]


def _pump(stream: IO[bytes], take: Callable[[bytes], None]) -> None:
    chunk = b"-"
    while chunk:
        chunk = b""
        with contextlib.suppress(OSError, ValueError):  # closed meanwhile
            chunk = stream.read(CHUNK)
        take(chunk)
    with contextlib.suppress(OSError):
        stream.close()


class PlainWorker(Dialogue[_Deadline]):
    """One check's use of a process."""

    def __init__(self, process: Process, plan: inside.Plan) -> None:
        self._process = process
        self._plan: inside.Plan | None = plan
        self._end = 0.0

    def wait_ready(self) -> None:
        """The process has imported what it needs.

        Raises:
            GraderFault: it has not, or not in time.
        """
        until = time.monotonic() + START_SECONDS
        deadline = _Deadline(START_SECONDS, until)
        while len(self._process.received) < wire.PREFIX.size and not self._process.silent:
            if not self._process.wait(until):
                break
        if self._process.silent or not self._process.received:
            said = self._process.printed.decode(errors="replace").strip()[-2000:]
            raise GraderFault(f"Python could not be started to run your code. It said: {said}")
        self._receive(deadline, no_objects)

    def kill(self) -> None:
        """Nothing more is asked; the process goes on to the next check unless it was lost."""
        self.output = self._process.printed
        if self.lost is None:
            self.lost = "had been ended"

    def _begin(self, budget: Budget) -> _Deadline:
        if self._plan is not None:
            plan, self._plan = msgspec.json.encode(self._plan), None
            self._process.printed = b""
            self._end = time.monotonic() + PATIENCE * CHECK.cpu
            self.request(
                lambda number, packer: wire.Reset(number, plan), wire.Packer(_nothing),
                budget, _no_callback, no_objects,
            )  # fmt: skip
        return _Deadline(PATIENCE * budget.cpu, self._end)

    def _send(self, frame: bytes, deadline: _Deadline) -> None:
        if not self._process.write(frame, deadline.at):
            self._lose_ended()

    def _read(self, size: int, deadline: _Deadline) -> bytearray:
        received = self._process.received
        while len(received) < size:
            if not self._process.wait(deadline.at):
                self._lose_process(deadline.said)
            if self._process.silent:
                self._lose_ended()
        wanted = received[:size]
        del received[:size]
        self.output = self._process.printed
        return wanted

    def _lose(self, reason: str) -> NoReturn:
        self._lose_process(reason)

    def _lose_ended(self) -> NoReturn:
        self._process.silent = True
        code = self._process.kill()
        how = f"crashed ({_ending(code)})" if _crashed(code) else "ended the whole process"
        self._lose_process(how)

    def _lose_process(self, reason: str) -> NoReturn:
        self._process.kill()
        super()._lose(reason)


def _crashed(code: int) -> bool:
    """Whether no `exit` of Python's gave that code: a signal, or one of Windows' exceptions."""
    return code < 0 or code > 0xFFFF


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code:#x}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _nothing(value: object) -> wire.Value:
    raise TypeError(f"{type(value).__name__} cannot cross")


def _no_callback(callback: wire.Callback, unpacker: wire.Unpacker) -> bytes:
    raise wire.WireError("it called an object that does not exist")


class PlainSession:
    """Workers for one submission: see `session.Session`. A context manager."""

    def __init__(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """Use that process, which `launch` has started; without one, start it when it is needed."""
        self.modules: frozenset[str] = frozenset()
        self.files: dict[str, str] = {}
        self.lost_imports: dict[tuple[str, ...], list[str]] = {}
        self._process = Process(process) if process is not None else None
        self._ready = False
        self._scratch = tempfile.TemporaryDirectory(prefix="arcgrade-", ignore_cleanup_errors=True)
        self._folder = Path()
        self._aliases: dict[str, str] = {}
        self._last: PlainWorker | None = None

    def hold(
        self,
        folder: Path,
        modules: Iterable[str],
        files: Mapping[str, str],
        aliases: Mapping[str, str],
    ) -> None:
        """From now on workers hold that submission; see `session.Session` for the arguments."""
        self.modules = frozenset(modules)
        self.files = dict(files)
        self.lost_imports.clear()
        self._folder = folder
        self._aliases = dict(aliases)

    def worker(self, module: str) -> PlainWorker:
        """A worker that has forgotten what was asked of it before.

        Raises:
            GraderFault: there is none to be had.
        """
        lost = self._last is not None and self._last.lost not in (None, "had been ended")
        if self._process is None or lost or self._process.silent:
            self._process, self._ready = Process(launch()), False
        plan = inside.Plan(
            str(self._folder.absolute()), self._scratch.name, self.files, self._aliases
        )
        self._last = PlainWorker(self._process, plan)
        if not self._ready:
            self._last.wait_ready()
            self._ready = True
        return self._last

    def source_line(self, file: str, number: int) -> str:
        """A line of the submission, as text; "" if there is no such line."""
        path = self._folder / file
        if not path.is_file():
            return ""
        lines = path.read_bytes().decode(errors="replace").splitlines()
        return lines[number - 1].strip()[:MAX_LINE] if 0 < number <= len(lines) else ""

    def time_is_up(self) -> str:
        """Never: whoever waits for their own code can stop it."""
        return ""

    def __enter__(self) -> PlainSession:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
        with contextlib.suppress(OSError):
            self._scratch.cleanup()
