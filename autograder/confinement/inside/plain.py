"""The life of a worker without confinement: on students' own machines, whatever their system.

It talks over what were its standard input and output; what the student's code prints goes to
standard error. Between two checks it forgets the submission, since importing torch anew for each
would take a second every time.
"""

from __future__ import annotations

import importlib
import io
import os
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import msgspec
import numpy as np
import torch

from . import submitted, wire
from .worker import Worker


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """What the worker is told when it starts: the submission, and where to write."""

    submission: str
    scratch: str
    files: dict[str, str]
    aliases: dict[str, str]


class Streams:
    """Two pipes that are used as a socket is."""

    def __init__(self, source: io.FileIO, sink: io.FileIO) -> None:
        self._source = source
        self._sink = sink

    def recv(self, size: int, /) -> bytes:
        """Some bytes, at most that many; none when the other end was closed."""
        return self._source.read(size) or b""

    def sendall(self, data: bytes, /) -> None:
        """Send them all."""
        view = memoryview(data)
        while view:
            view = view[self._sink.write(view) or 0 :]


class PlainWorker(Worker):
    """Serves the checks one after another, each as if it were the first."""

    def __init__(self, streams: Streams) -> None:
        super().__init__(streams, Path())
        self._plan = Plan("", "", {}, {})
        self._paths = list(sys.path)
        self._finders = list(sys.meta_path)

    def perform(
        self, message: wire.ToWorker, unpacker: wire.Unpacker, watched: list[str]
    ) -> tuple[object, bool]:
        """The result of a request, and whether it stays here behind a handle."""
        if isinstance(message, wire.Reset):
            self.reset(msgspec.json.decode(message.plan, type=Plan))
            return None, False
        return super().perform(message, unpacker, watched)

    def reset(self, plan: Plan) -> None:
        """Nothing is left of what an earlier check did, as far as Python can tell."""
        self.objects.clear()
        for name, module in list(sys.modules.items()):
            if self._is_theirs(name, module):
                del sys.modules[name]
        sys.path[:], sys.meta_path[:] = self._paths, self._finders
        self._plan, self.folder = plan, Path(plan.submission)
        importlib.invalidate_caches()
        random.seed(0)
        np.random.seed(0)
        torch.manual_seed(0)
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        sys.argv = ["student"]
        os.chdir(plan.scratch)
        submitted.install(self.folder, plan.files, plan.aliases)

    def _is_theirs(self, name: str, module: ModuleType) -> bool:
        if name.partition(".")[0] in {submitted.PACKAGE, *self._plan.files, *self._plan.aliases}:
            return True
        file = getattr(module, "__file__", None)
        return bool(self._plan.submission and file) and Path(str(file)).is_relative_to(self.folder)


def main() -> NoReturn:
    """Keep the standard streams for ourselves, say that we are ready, serve."""
    # FileIO, since on Windows it is what turns the translation of line ends off.
    source, sink = io.FileIO(os.dup(0), "r"), io.FileIO(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    sys.dont_write_bytecode = True
    torch.set_num_threads(1)
    worker = PlainWorker(Streams(source, sink))
    worker.send(wire.Packer(worker.wrap), wire.Ready(0, []))
    try:
        worker.serve()
    except BaseException:
        os._exit(1)
    os._exit(0)
