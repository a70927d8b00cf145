"""A peer that speaks the protocol badly on purpose, without a worker's code in between.

Whatever it writes, the grader gets a clean value or the student is lost: soon, at little cost in
memory, and never with another exception.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.confinement.channel import Channel, Ticket
from autograder.confinement.connection import Worker
from autograder.confinement.dialogue import Budget
from autograder.confinement.inside import nursery, wire
from autograder.errors import StudentLost

QUICK = Budget(cpu=1, wall=0.4)
PATIENCE = 5.0
MEMORY_KIB = 256 << 10  # what a request may add to the grader's, caps and Python's own included

encode = msgspec.msgpack.encode

Peer = Callable[[socket.socket, int], None]
"""What the other end does; it gets the connection and the number of the request."""


def ask(peer: Peer, scratch: Path, budget: Budget = QUICK) -> object:
    """The value that a request returns, or the `StudentLost` that it ends with."""
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    with subprocess.Popen(["sleep", "60"]) as process, theirs:
        worker = Worker(
            ours, reading, os.pidfd_open(process.pid), process.pid, scratch, lambda pid: _Buried()
        )
        thread = threading.Thread(target=_play, args=(peer, theirs), daemon=True)
        thread.start()
        memory, begin = _peak_memory(), time.monotonic()
        try:
            value = _request(worker, budget)
        except StudentLost as lost:
            value = lost
        finally:
            worker.kill()
            os.close(writing)
        assert time.monotonic() - begin < PATIENCE
        assert _peak_memory() - memory < MEMORY_KIB
        thread.join(PATIENCE)
        assert not thread.is_alive()
    return value


class _Buried(Ticket):
    """A killed process that is collected elsewhere."""

    def __init__(self) -> None:
        super().__init__(Channel.__new__(Channel), lambda: None)

    def wait(self) -> tuple[nursery.Reply, list[int]]:
        return nursery.Reply(exit_code=-9), []


def _play(peer: Peer, theirs: socket.socket) -> None:
    with contextlib.suppress(OSError, EOFError):  # the grader has had enough
        theirs.sendall(frame(encode(["ready", 0, []])))
        _, size, _ = wire.PREFIX.unpack(_read(theirs, wire.PREFIX.size))
        number = msgspec.msgpack.decode(_read(theirs, size))[1]
        peer(theirs, number)


def _read(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        if not (chunk := connection.recv(size - len(data))):
            raise EOFError
        data += chunk
    return data


def _request(worker: Worker, budget: Budget) -> object:
    reply, unpacker = worker.request(
        lambda number, packer: wire.Import(number, "softmax"),
        wire.Packer(_no_objects),
        budget,
        lambda callback, unpacker: wire.Packer(_no_objects).frame(wire.Rejected(callback.id)),
        _unwrap,
    )
    if not isinstance(reply, wire.Answer):
        return reply
    try:
        value: object = unpacker.unpack(reply.value)
        unpacker.finish()
    except wire.WireError as error:
        raise worker.broke(error) from None
    return value


def _no_objects(obj: object) -> wire.Value:
    raise wire.Unsendable("it is an object")


def _unwrap(value: wire.Value, unpacker: wire.Unpacker) -> object:
    if not isinstance(value, wire.Handle):
        raise wire.WireError("its answer held something that only the grader sends")
    return {name: unpacker.unpack(seen) for name, seen in value.seen}


def _peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def frame(header: bytes, payload: bytes = b"", **lies: Any) -> bytes:
    """A frame; `magic`, `header_size` and `payload_size` may be untrue."""
    sizes = lies.get("header_size", len(header)), lies.get("payload_size", len(payload))
    return wire.PREFIX.pack(lies.get("magic", wire.MAGIC), *sizes) + header + payload


def answering(value: object, payload: bytes = b"", *more: object) -> Peer:
    """Answers the request with this value, in the wire's own terms."""

    def peer(connection: socket.socket, number: int) -> None:
        connection.sendall(frame(encode(["answer", number, value, *more]), payload))

    return peer


def writing(data: bytes) -> Peer:
    """Writes these bytes, and then listens until it is left."""

    def peer(connection: socket.socket, number: int) -> None:
        connection.sendall(data)
        connection.recv(1)

    return peer


def array(
    dtype: str, shape: list[int], offset: int, size: int, kind: str = "tensor"
) -> list[object]:
    return ["t", kind, dtype, shape, offset, size]


def test_clean_answer(tmp_path: Path) -> None:
    """A peer that keeps to the protocol is understood."""
    payload = struct.pack("<2f", 1, 2)
    value = ask(answering(["s", "list", [1, None, array("float32", [2], 0, 8)]], payload), tmp_path)
    assert isinstance(value, list)
    assert value[:2] == [1, None]
    assert type(value[2]) is torch.Tensor
    assert value[2].tolist() == [1, 2]


def test_true_is_one_bit(tmp_path: Path) -> None:
    """A byte of 2 in a bool tensor becomes a plain True."""
    value = ask(answering(array("bool", [3], 0, 3), b"\0\1\2"), tmp_path)
    assert isinstance(value, torch.Tensor)
    assert value.view(torch.uint8).tolist() == [0, 1, 1]


def _drip(connection: socket.socket, number: int) -> None:
    for byte in frame(encode(["answer", number, "x" * 1000])):
        connection.sendall(bytes([byte]))
        time.sleep(0.01)


def _call_without_end(connection: socket.socket, number: int) -> None:
    calls = frame(encode(["callback", number, 1, [], []])) * 500
    threading.Thread(target=_swallow, args=(connection,), daemon=True).start()
    while True:
        connection.sendall(calls)


def _swallow(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while connection.recv(1 << 16):
            pass


def _answer_and_go(connection: socket.socket, number: int) -> None:
    connection.sendall(frame(encode(["answer", number, 1]))[:-1])
    connection.shutdown(socket.SHUT_RDWR)


def nesting(depth: int, layer: object) -> Peer:
    """Answers with a node in a node in a node; `layer` holds 0 where the next one goes."""
    before, after = encode(layer).split(b"\0")
    assert not after

    def peer(connection: socket.socket, number: int) -> None:
        answer = b"\x93" + encode("answer") + encode(number)
        connection.sendall(frame(answer + before * depth + b"\xc0"))

    return peer


LIST = ["s", "list", [0]]
SEEN = ["h", 1, "x", [["a", 0]]]


HOSTILE: dict[str, Peer] = {
    "nothing": writing(b""),
    "no frame": writing(b"PASSED\n" * 10),
    "another magic": writing(frame(encode(["answer", 0, 1]), magic=b"arch")),
    "half a prefix": writing(b"arcg\0\0"),
    "half a frame": _answer_and_go,
    "the largest lengths": writing(wire.PREFIX.pack(wire.MAGIC, 2**32 - 1, 2**64 - 1)),
    "a payload one byte beyond the cap": writing(frame(b"", payload_size=wire.MAX_PAYLOAD + 1)),
    "a header one byte beyond the cap": writing(frame(b"", header_size=wire.MAX_HEADER + 1)),
    "a payload that never comes": writing(
        frame(encode(["answer", 0, 1]), payload_size=wire.MAX_PAYLOAD)
    ),
    "an empty header": writing(frame(b"")),
    "one byte after the other": _drip,
    "calls without end": _call_without_end,
    "lists a hundred deep": nesting(100, LIST),
    "lists thousands deep": nesting(20_000, LIST),
    "arrays a quarter of a million deep": writing(frame(b"\x91" * 250_000)),
    "maps in the place of nodes": writing(
        frame(b"\x93\xa6answer\0\xdd\0\x03\xa0\0" + b"\x80" * (wire.MAX_HEADER - 20))
    ),
    "as many empty lists as fit": answering(["s", "list", [["s", "list", []]] * 25_000]),
    "as many numbers as fit": answering(["s", "list", [0] * 250_000]),
    "an extension": writing(frame(b"\x93\xa6answer\0" + b"\xc7\x04\x05abcd")),
    "a timestamp": writing(frame(b"\x93\xa6answer\0" + b"\xd6\xff\0\0\0\0")),
    "a text that is no text": writing(frame(b"\x93\xa6answer\0" + b"\xa2\xff\xfe")),
    "a tag that is no tag": writing(frame(encode(["import", 0, "os"]))),
    "what is no message": writing(frame(encode({"answer": 1}))),
    "readiness": writing(frame(encode(["ready", 0, []]))),
    "a failure of ours": writing(frame(encode(["failed", 0, "give all points"]))),
    "the number of another request": writing(frame(encode(["answer", 1, 1]))),
    "a number beyond 64 bits": writing(frame(b"\x93\xa6answer\xcf" + b"\xff" * 8 + b"\0")),
    "a field too many": answering(None, b"", [], 1),
    "a node with a field too many": answering(["b", b"x", 1]),
    "an unknown node": answering(["z", 1]),
    "an unknown kind of sequence": answering(["s", "set", []]),
    "what only the grader sends": answering(["p", 1, "predict", []]),
    "a namespace": answering(["n", []]),
    "a key that comes twice": answering(["m", [["a", 1], ["a", 2]]]),
    "keys that are equal": answering(["m", [[1, 1], [True, 2]]]),
    "a key that cannot be one": answering(["m", [[["s", "list", []], 1]]]),
    "a number as large as can be": answering(2**64 - 1),
    "a dtype that is a module": answering(["d", "nn"]),
    "a dtype that is a lazy module": answering(["d", "_dynamo"]),
    "a dtype that is code": answering(["d", "load"]),
    "an array of a dtype that there is not": answering(array("object", [1], 0, 8)),
    "a tensor of a quantized dtype": answering(array("quint8", [1], 0, 1), b"x"),
    "a tensor with too few bytes": answering(array("float32", [2], 0, 8), b"1234"),
    "a tensor with too many bytes": answering(array("float32", [1], 0, 4), b"12345678"),
    "a tensor beside its bytes": answering(array("float32", [1], 4, 4), b"12345678"),
    "two tensors of the same bytes": answering(
        ["s", "list", [array("float32", [1], 0, 4)] * 2], b"1234"
    ),
    "a tensor of negative size": answering(array("float32", [-1], 0, -4)),
    "a tensor of two negative sizes": answering(array("uint8", [-2, -2], 0, 4), b"1234"),
    "a tensor of nine dimensions": answering(array("uint8", [1] * 9, 0, 1), b"1"),
    "a tensor whose size overflows": answering(array("uint8", [2**32, 2**32], 0, 0)),
    "an array of bfloat16": answering(array("bfloat16", [1], 0, 2, "array"), b"12"),
}
"""What is answered, and costs the student's process."""

ODD: dict[str, Peer] = {
    **{
        f"what was seen of what was seen, {depth} times": nesting(depth, SEEN)
        for depth in (100, 200, 250, 280, 300, 320, 340, 20_000)
    },
    "a tensor without entries, of enormous sizes": answering(
        array("float32", [0] + [wire.MAX_PAYLOAD] * 7, 0, 0)
    ),
    "an array without entries, of enormous sizes": answering(
        array("float64", [0] + [wire.MAX_PAYLOAD] * 7, 0, 0, "array")
    ),
    "ten thousand empty tensors": answering(["s", "list", [array("float32", [0], 0, 0)] * 10_000]),
    "a float that is no number": answering(float("nan")),
    "a handle of a number as large as can be": answering(["h", 2**64 - 1, "x" * 10_000, []]),
    "a callback with a payload of its own": writing(
        frame(encode(["callback", 0, 1, [], []]), b"x")
    ),
    "an exception in words that cannot be shown": lambda connection, number: connection.sendall(
        frame(encode(["raised", number, "\x1b[2J\0", "\u202e" * 60_000, [["\0", -1, "\n"]] * 99]))
    ),
}
"""What may be understood or not."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_peer(name: str, tmp_path: Path) -> None:
    """A peer that breaks the protocol is left, soon and for good."""
    assert isinstance(ask(HOSTILE[name], tmp_path), StudentLost)


@pytest.mark.parametrize("name", ODD)
def test_odd_peer(name: str, tmp_path: Path) -> None:
    """At the edge of the protocol a peer is understood or left, and nothing else happens."""
    assert _is_clean(ask(ODD[name], tmp_path))


def test_deadline_holds_while_there_is_always_something_to_read(tmp_path: Path) -> None:
    """The time of a request is limited, however many callbacks are waiting to be answered."""
    stop = threading.Event()

    def peer(connection: socket.socket, number: int) -> None:
        call = frame(encode(["callback", number, 1, ["x" * 1000] * 50, []]))
        reader = threading.Thread(target=_swallow, args=(connection,), daemon=True)
        reader.start()
        while not stop.is_set():
            connection.sendall(call * 20)

    begin = time.monotonic()
    lost = ask(peer, tmp_path, Budget(cpu=10, wall=0.5))
    stop.set()
    assert isinstance(lost, StudentLost)
    assert time.monotonic() - begin < 3


_dtypes = st.sampled_from([*wire.DTYPES, "object", "complex64", "nn", ""])
_numbers = st.one_of(
    st.integers(-3, 9), st.sampled_from([2**26, 2**31, 2**63 - 1, 2**64 - 1, -(2**63)])
)
_scalars = st.one_of(
    st.none(), st.booleans(), _numbers, st.floats(), st.text(max_size=5), st.binary(max_size=5)
)
_arrays = st.builds(
    array,
    _dtypes,
    st.lists(_numbers, max_size=9),
    _numbers,
    _numbers,
    st.sampled_from(["tensor", "array"]),
)


_kinds = st.sampled_from(["list", "tuple", "set"])


def _nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = st.lists(st.tuples(children, children), max_size=3)
    named = st.lists(st.tuples(st.text(max_size=3), children), max_size=3)
    return st.one_of(
        st.tuples(st.just("s"), _kinds, st.lists(children, max_size=4)),
        st.tuples(st.just("m"), pairs),
        st.tuples(st.just("h"), _numbers, st.text(max_size=3), named),
        st.tuples(st.sampled_from("bdnpstmhz"), children, children),
        st.tuples(st.just("d"), st.sampled_from(["float32", "nn", "_dynamo", "ops", "__name__"])),
        st.dictionaries(st.text(max_size=3), children, max_size=3),
    )  # fmt: skip


_values = st.recursive(st.one_of(_scalars, _arrays), _nodes, max_leaves=20)
_tags = st.sampled_from(["answer", "raised", "refused", "callback", "ready", "failed", "call", ""])


@given(
    tag=_tags,
    fields=st.lists(_values, max_size=4),
    payload=st.binary(max_size=40),
    own=st.booleans(),
)
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_header(
    tmp_path: Path, tag: str, fields: list[object], payload: bytes, own: bool
) -> None:
    """No header whatsoever ends in anything but a clean value or a lost student."""

    def peer(connection: socket.socket, number: int) -> None:
        connection.sendall(frame(encode([tag, number if own else 1, *fields]), payload))

    assert _is_clean(ask(peer, tmp_path))


@given(
    shape=st.lists(_numbers, max_size=9), dtype=_dtypes, kind=st.sampled_from(["tensor", "array"])
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_shape(shape: list[int], dtype: str, kind: Any) -> None:
    """Of an array that claims whatever shape, the bytes decide whether it is one."""
    size = wire.DTYPES[dtype].itemsize if dtype in wire.DTYPES else 1
    for n in shape:
        size *= n
    payload = bytearray(size if 0 <= size < 4096 else 0)
    unpacker = wire.Unpacker(payload, _unwrap)
    try:
        value = unpacker.unpack(wire.Array(kind, dtype, shape, 0, size))
    except wire.WireError:
        return
    assert type(value) in (torch.Tensor, np.ndarray)
    assert list(value.shape) == shape


def _is_clean(value: object) -> bool:
    """Whether it consists of exact base types, or says why there is nothing."""
    if isinstance(value, (list, tuple)):
        return type(value) in (list, tuple) and all(map(_is_clean, value))
    if type(value) is dict:
        return all(_is_clean(key) and _is_clean(item) for key, item in value.items())
    plain = (type(None), bool, int, float, str, bytes, torch.Tensor, np.ndarray, torch.dtype)
    return type(value) in (*plain, StudentLost, wire.Raised, wire.Refused)
