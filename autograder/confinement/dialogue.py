"""Requests to a worker and what comes back, whatever connects the two: frames, and time limits."""

from __future__ import annotations

import abc
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

import msgspec

from autograder.errors import StudentLost

from .inside import wire

D = TypeVar("D")
"""A deadline."""


@dataclass(frozen=True)
class Budget:
    """How long a request may take, in seconds.

    The processor's time decides: a busy machine must not cost a student points. The wall clock
    only ends what waits for nothing.
    """

    cpu: float
    wall: float


CALL = Budget(cpu=5, wall=20)
IMPORT = Budget(cpu=10, wall=30)
TRAIN = Budget(cpu=30, wall=90)
CHECK = Budget(cpu=45, wall=120)
"""All requests of a check together: many slow calls are as bad as one."""


OnCallback = Callable[[wire.Callback, wire.Unpacker], bytes]
Unwrap = Callable[[wire.Value, wire.Unpacker], object]


class Dialogue(abc.ABC, Generic[D]):
    """A worker, seen from the grader. Whatever it sends is a claim; breaking a rule ends it.

    Attributes:
        output: the first part of what it printed.
        lost: why no request can be made any more, as a predicate: "did not return within 5 s".
    """

    output: bytes = b""
    lost: str | None = None

    def request(
        self,
        make: Callable[[int, wire.Packer], wire.Message],
        packer: wire.Packer,
        budget: Budget,
        on_callback: OnCallback,
        unwrap: Unwrap,
    ) -> tuple[wire.ToGrader, wire.Unpacker]:
        """The reply to a request, after answering the callbacks that it makes.

        Raises:
            StudentLost: the process ended, ran over its budget, or broke the protocol.
        """
        if self.lost is not None:
            raise StudentLost(self.lost)
        number = secrets.randbits(63)
        deadline = self._begin(budget)
        self._send(packer.frame(make(number, packer)), deadline)
        while True:
            message, unpacker = self._receive(deadline, unwrap)
            if message.id != number or isinstance(message, (wire.Ready, wire.Failed)):
                self._lose("answered a question that nobody had asked")
            if not isinstance(message, wire.Callback):
                return message, unpacker
            try:
                frame = on_callback(message, unpacker)
            except wire.WireError as error:
                self._lose(f"broke the protocol: {error}")
            self._send(frame, deadline)

    def broke(self, error: wire.WireError) -> StudentLost:
        """The worker is killed for an answer that could not be read; what to raise."""
        with contextlib.suppress(StudentLost):
            self._lose(f"broke the protocol: {error}")
        return StudentLost(self.lost)

    @abc.abstractmethod
    def kill(self) -> object:
        """The process is gone, as far as this check is concerned."""

    @abc.abstractmethod
    def _begin(self, budget: Budget) -> D:
        """The worker is ready and has said nothing unasked; when a request of now should end."""

    @abc.abstractmethod
    def _send(self, frame: bytes, deadline: D) -> None:
        """The frame is on its way."""

    @abc.abstractmethod
    def _read(self, size: int, deadline: D) -> bytearray:
        """The next bytes."""

    def _receive(self, deadline: D, unwrap: Unwrap) -> tuple[wire.ToGrader, wire.Unpacker]:
        try:
            header, payload = wire.read_prefix(self._read(wire.PREFIX.size, deadline))
            message = wire.to_grader.decode(self._read(header, deadline))
            return message, wire.Unpacker(self._read(payload, deadline), unwrap)
        except wire.WireError as error:
            self._lose(f"broke the protocol: {error}")
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self._lose("broke the protocol: its answer cannot be read")

    def _lose(self, reason: str) -> NoReturn:
        self.lost = reason
        self.kill()
        raise StudentLost(reason)


def no_objects(value: wire.Value, unpacker: wire.Unpacker) -> object:
    """Refuses a handle where none can be.

    Raises:
        WireError: always.
    """
    raise wire.WireError("its answer held an object where none can be")
