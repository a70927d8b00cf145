"""Requests to the nursery: sent at once, answered in order, waited for only where it matters."""

from __future__ import annotations

import contextlib
import select
import socket
from collections import deque
from collections.abc import Callable
from typing import IO, NoReturn

import msgspec

from autograder.errors import GraderFault

from .inside import nursery as inside

START_SECONDS = 120.0
REPLY_SECONDS = 30.0


class Ticket:
    """A request under way."""

    def __init__(self, channel: Channel, on_reply: Callable[[], None]) -> None:
        self._channel = channel
        self._on_reply = on_reply
        self._answer: tuple[inside.Reply, list[int]] | None = None

    def wait(self) -> tuple[inside.Reply, list[int]]:
        """The reply and the descriptors that came with it.

        Raises:
            GraderFault: there is none.
        """
        while self._answer is None:
            self._channel.receive_next()
        return self._answer

    def resolve(self, reply: inside.Reply, descriptors: list[int]) -> None:
        """The reply is here."""
        self._answer = reply, descriptors
        self._on_reply()


class Channel:
    """A connection to a nursery, seen from the grader."""

    def __init__(self, connection: socket.socket, said: IO[bytes]) -> None:
        """Talk over `connection`, a socket that keeps messages apart.

        What the other side prints goes to `said`, for error messages.
        """
        self._connection = connection
        self._said = said
        self._tickets: deque[Ticket] = deque()
        self._prepared: inside.Prepared | None = None

    @property
    def ready(self) -> bool:
        """Whether `prepared` would not wait."""
        return self._prepared is not None or bool(select.select([self._connection], [], [], 0)[0])

    @property
    def prepared(self) -> inside.Prepared:
        """What the other side found; waits until it is warm.

        Raises:
            GraderFault: it did not start.
        """
        if self._prepared is None:
            data, _ = self._receive(START_SECONDS)
            self._prepared = msgspec.json.decode(data, type=inside.Prepared)
        return self._prepared

    def send(
        self,
        request: inside.Fork | inside.Bury,
        descriptors: list[int],
        on_reply: Callable[[], None] = lambda: None,
    ) -> Ticket:
        """Ask; `on_reply` is called when the reply has come, whoever waited for it."""
        _ = self.prepared
        try:
            socket.send_fds(self._connection, [msgspec.json.encode(request)], descriptors)
        except OSError:
            self._fail("ended")
        ticket = Ticket(self, on_reply)
        self._tickets.append(ticket)
        return ticket

    def receive_next(self) -> None:
        """The oldest request under way has its reply."""
        data, descriptors = self._receive(REPLY_SECONDS)
        reply = msgspec.json.decode(data, type=inside.Reply)
        self._tickets.popleft().resolve(reply, descriptors)

    def collect(self) -> None:
        """The replies that are here already are dealt with."""
        while self._tickets and select.select([self._connection], [], [], 0)[0]:
            self.receive_next()

    def close(self) -> None:
        """All replies are here, as far as they come, and the connection is closed."""
        with contextlib.suppress(GraderFault, OSError):
            while self._tickets:
                self.receive_next()
        self._connection.close()

    def _receive(self, seconds: float) -> tuple[bytes, list[int]]:
        ready, _, _ = select.select([self._connection], [], [], seconds)
        data, descriptors = b"", list[int]()
        if ready:
            with contextlib.suppress(ConnectionError):
                data, descriptors, _, _ = socket.recv_fds(self._connection, inside.MAX_MESSAGE, 1)
        if not data:
            self._fail("ended" if ready else f"did not answer within {seconds:.0f} s")
        return data, list(descriptors)

    def _fail(self, what: str) -> NoReturn:
        self._said.seek(0)
        said = self._said.read()[-2000:].decode(errors="replace").strip()
        raise GraderFault(f"The process that starts workers {what}. It said: {said or '-'}")
