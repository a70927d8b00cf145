"""The worker: a process that answers calls into the student's code with plain values.

It holds the submission and nothing else worth having. What it does before `Ready` is ours and
any error there is the grader's; after that, the student's code may do with this process whatever
confinement lets it (see `confined.py`; in `plain.py` there is none), so that everything it sends
is a claim. Nothing here needs more than Python has on every system.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from . import scan, wire
from .submitted import ended

MAX_TEXT = 1000
MAX_FRAMES = 12


class _Kept:
    """Marks a plain value in a result that stays here behind a handle."""

    def __init__(self, obj: object) -> None:
        self.obj = obj


class _Watch(TorchDispatchMode):
    """Notes which of some operations run, by whatever name they were called.

    "autograd" among them stands for whatever runs while a graph is back-propagated.
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._names = frozenset(names)
        self.seen: set[str] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here; otherwise the first operation imports torch._dynamo: 1 s."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if name in self._names:
            self.seen.add(name)
        if "autograd" in self._names and torch._C._current_graph_task_id() != -1:
            self.seen.add("autograd")
        return func(*args, **(kwargs or {}))


class Connection(Protocol):
    """What a worker talks over: a socket, or something like it."""

    def recv(self, size: int, /) -> bytes:
        """Some bytes, at most that many; none when the other end was closed."""

    def sendall(self, data: bytes, /) -> object:
        """Send them all."""


class _Proxy:
    """An object whose one method is answered by the grader."""

    def __init__(self, worker: Worker, proxy: wire.Proxy) -> None:
        def method(*args: object, **kwargs: object) -> object:
            return worker.call_back(proxy, args, kwargs)

        setattr(self, proxy.method, method)


class Worker:
    """Serves one request after another until the grader closes the connection."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder
        self.objects: dict[int, object] = {}
        self._request = 0
        self._received = bytearray()

    def serve(self) -> None:
        """Answer until there is no more to answer."""
        while True:
            message, unpacker = self._receive()
            self._request = message.id
            watched: list[str] = []
            try:
                result, keep = self.perform(message, unpacker, watched)
            except BaseException as error:
                self.send(wire.Packer(self.wrap), self._raised(message.id, error))
                continue
            packer = wire.Packer(self.wrap)
            try:
                value = self.wrap(result) if keep else packer.pack(result)
                frame = packer.frame(wire.Answer(message.id, value, watched))
            except wire.Unsendable as error:
                packer = wire.Packer(self.wrap)
                frame = packer.frame(wire.Refused(message.id, str(error)))
            except BaseException as error:
                packer = wire.Packer(self.wrap)
                frame = packer.frame(self._raised(message.id, error))
            self._send_frame(frame)

    def perform(
        self, message: wire.ToWorker, unpacker: wire.Unpacker, watched: list[str]
    ) -> tuple[object, bool]:
        """The result of a request, and whether it stays here behind a handle."""
        if isinstance(message, wire.Import):
            return importlib.import_module(message.module), True
        if isinstance(message, wire.Get):
            target = self.objects[message.target]
            try:
                return getattr(target, message.name), False
            except AttributeError:
                if end := ended(target):
                    raise end from None
                raise
        if isinstance(message, wire.Observe):
            target = self.objects[message.target]
            return [getattr(target, name) for name in message.names], False
        if isinstance(message, wire.Call):
            return self._call(message, unpacker, watched), message.keep
        if isinstance(message, wire.Put):
            value = unpacker.unpack(message.value)
            return (value.requires_grad_() if message.requires_grad else value), True
        if isinstance(message, wire.Fetch):
            return self.objects[message.target], False
        if isinstance(message, wire.Parameters):
            module: Any = self.objects[message.target]
            return [_Kept(parameter) for parameter in module.parameters()], False
        if isinstance(message, wire.Assign):
            tensor: Any = self.objects[message.target]
            with torch.no_grad():
                tensor.copy_(unpacker.unpack(message.value))
            return None, False
        if isinstance(message, wire.Scan):
            source = self.folder.joinpath(message.file).read_bytes()
            return scan.uses(source, message.functions, message.names), False
        raise wire.WireError(f"no request: {type(message).__name__}")

    def _call(self, message: wire.Call, unpacker: wire.Unpacker, watched: list[str]) -> object:
        function: Any = self.objects[message.target]
        args = [unpacker.unpack(arg) for arg in message.args]
        kwargs = {name: unpacker.unpack(value) for name, value in message.kwargs}
        watch = _Watch(message.watch) if message.watch else None
        with watch or contextlib.nullcontext():
            result: object = function(*args, **kwargs)
        if watch is not None:
            watched.extend(sorted(watch.seen))
        return result

    def call_back(
        self, proxy: wire.Proxy, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> object:
        """Ask the grader, in the middle of a request."""
        packer = wire.Packer(lambda obj: self.wrap(obj, packer, proxy.observe))
        message = wire.Callback(
            self._request,
            proxy.id,
            [packer.pack(arg) for arg in args],
            [(name, packer.pack(value)) for name, value in kwargs.items()],
        )
        self.send(packer, message)
        answer, unpacker = self._receive()
        if not isinstance(answer, wire.Returned):
            raise RuntimeError("the call was not as the assignment asks; see the feedback")
        return unpacker.unpack(answer.value)

    # --- objects and frames ----------------------------------------------------------------------

    def _keep(self, obj: object) -> int:
        number = len(self.objects) + 1
        self.objects[number] = obj
        return number

    def wrap(
        self, obj: object, packer: wire.Packer | None = None, observe: list[str] | None = None
    ) -> wire.Value:
        """A handle for what cannot cross, with what is to be observed of it."""
        if isinstance(obj, _Kept):
            obj = obj.obj
        seen: list[tuple[str, wire.Value]] = []
        for name in observe or ():
            value = getattr(obj, name, None)
            if packer is not None and value is not None:
                seen.append((name, packer.pack(value)))
        return wire.Handle(self._keep(obj), type(obj).__name__[: wire.MAX_NAME], seen)

    def _unwrap(self, value: wire.Value, unpacker: wire.Unpacker) -> object:
        if isinstance(value, wire.Handle):
            return self.objects[value.id]
        if isinstance(value, wire.Namespace):
            return SimpleNamespace(**{name: unpacker.unpack(v) for name, v in value.fields})
        if isinstance(value, wire.Proxy):
            return _Proxy(self, value)
        raise wire.WireError("no such value")

    def _receive(self) -> tuple[wire.ToWorker, wire.Unpacker]:
        header_size, payload_size = wire.read_prefix(self._read(wire.PREFIX.size))
        message = wire.to_worker.decode(self._read(header_size))
        return message, wire.Unpacker(self._read(payload_size), self._unwrap)

    def _read(self, size: int) -> bytearray:
        while len(self._received) < size:
            data = self._connection.recv(max(64 * 1024, size - len(self._received)))
            if not data:
                os._exit(0)  # the grader has closed: no more questions
            self._received += data
        wanted = self._received[:size]
        del self._received[:size]
        return wanted

    def send(self, packer: wire.Packer, message: wire.Message) -> None:
        """Send a message with what was packed for it."""
        self._send_frame(packer.frame(message))

    def _send_frame(self, frame: bytes) -> None:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):  # theirs to break; output is not graded
                stream.flush()
        self._connection.sendall(frame)

    def _raised(self, request: int, error: BaseException) -> wire.Raised:
        """What to tell of an exception: its type, its text, and the student's lines."""
        try:
            # Where their files lie here tells them nothing, and is another place each time.
            text = str(error).replace(f"{self.folder}{os.sep}", "")
            text = text[:MAX_TEXT].encode("utf-8", "replace").decode()
        except BaseException:
            text = "(its text could not be made)"
        frames: list[tuple[str, int, str]] = []
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(self.folder):
                file = str(Path(frame.filename).relative_to(self.folder))
                frames.append((file[: wire.MAX_NAME], frame.lineno or 0, frame.name[:80]))
        if isinstance(error, SyntaxError) and error.filename:
            text = str(error.msg)[:MAX_TEXT]
            if Path(error.filename).is_relative_to(self.folder):
                file = str(Path(error.filename).relative_to(self.folder))
                frames.append((file[: wire.MAX_NAME], error.lineno or 0, ""))
        return wire.Raised(
            request, type(error).__name__[: wire.MAX_NAME], text, frames[-MAX_FRAMES:]
        )
