"""The wire: plain values cross between grader and worker, objects do not.

A frame is a 16-byte prefix (magic, length of the header, length of the payload), a msgpack header
of one of the message types below, and the raw bytes of its tensors. There is no pickle in either
direction, every length is checked against a cap before anything is allocated, and what is rebuilt
has exact base types: no subclass of the sender's ever reaches the receiver.
"""

from __future__ import annotations

import math
import struct
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import numpy as np
import torch

MAGIC = b"arcg"
PREFIX = struct.Struct(">4sIQ")
MAX_HEADER = 256 * 1024
MAX_PAYLOAD = 64 * 1024 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 16
MAX_DIMS = 8
MAX_NAME = 200
INT64 = range(-(2**63), 2**63)

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
        torch.float16, torch.bfloat16, torch.float32, torch.float64,
    )
}  # fmt: skip


class WireError(Exception):
    """The other side broke the protocol; the text says how, as the end of a sentence."""


class Unsendable(Exception):
    """A value that cannot cross; the text says which, as the end of a sentence."""


# --- values --------------------------------------------------------------------------------------


class _Node(msgspec.Struct, array_like=True, tag_field="tag", forbid_unknown_fields=True):
    """A value that msgpack alone cannot tell apart."""


class Bytes(_Node, tag="b"):
    """Bytes: on their own msgspec could not tell them from text."""

    data: bytes


class Sequence(_Node, tag="s"):
    """A list or a tuple."""

    kind: Literal["list", "tuple"]
    items: list[Value]


class Mapping(_Node, tag="m"):
    """A dict, as pairs: keys may be any scalar, none may come twice."""

    pairs: list[tuple[Value, Value]]


class Array(_Node, tag="t"):
    """A tensor or a numpy array: `nbytes` bytes of the payload, from `offset`."""

    kind: Literal["tensor", "array"]
    dtype: str
    shape: list[int]
    offset: int
    nbytes: int


class DType(_Node, tag="d"):
    """A dtype of torch."""

    name: str


class Handle(_Node, tag="h"):
    """An object that stays in the worker. `type` and what was `seen` of it are its claims."""

    id: int
    type: str = ""
    seen: list[tuple[str, Value]] = []


class Namespace(_Node, tag="n"):
    """Grader to worker: becomes a `types.SimpleNamespace`."""

    fields: list[tuple[str, Value]]


class Proxy(_Node, tag="p"):
    """Grader to worker: becomes an object whose one method is answered by the grader."""

    id: int
    method: str
    observe: list[str] = []


Value = (
    bool | int | float | str | None
    | Bytes | Sequence | Mapping | Array | DType | Handle | Namespace | Proxy
)  # fmt: skip


# --- messages ------------------------------------------------------------------------------------


class Message(msgspec.Struct, array_like=True, tag_field="tag", forbid_unknown_fields=True):
    """A message; `id` is the random number of the request that it belongs to."""

    id: int


class Import(Message, tag="import"):
    """Import a module of the submission."""

    module: str


class Get(Message, tag="get"):
    """Read an attribute."""

    target: int
    name: str


class Observe(Message, tag="observe"):
    """Read several attributes."""

    target: int
    names: list[str]


class Call(Message, tag="call"):
    """Call an object; `keep` leaves the result in the worker."""

    target: int
    args: list[Value]
    kwargs: list[tuple[str, Value]]
    keep: bool = False
    watch: list[str] = []


class Put(Message, tag="put"):
    """Make a value an object of the worker's."""

    value: Value
    requires_grad: bool = False


class Fetch(Message, tag="fetch"):
    """Send an object as a value."""

    target: int


class Parameters(Message, tag="parameters"):
    """The parameters of a module, kept, in order."""

    target: int


class Assign(Message, tag="assign"):
    """Copy a value into a tensor, outside the graph."""

    target: int
    value: Value


class Train(Message, tag="train"):
    """Fit a model to examples, by our own loop; see `training.py`."""

    target: int
    features: Value
    labels: Value
    n_epochs: int
    batch_size: int
    lr: float


class StandIn(Message, tag="stand-in"):
    """From now on, something known to be right takes the place of an earlier part."""

    part: str


class Scan(Message, tag="scan"):
    """Which of some names do functions of a source file use? Before any student code runs."""

    file: str
    functions: list[str]
    names: list[str]


class Reset(Message, tag="reset"):
    """Hold that submission as if nothing had been asked yet; only workers in `plain.py` do."""

    plan: bytes


class Probe(Message, tag="probe"):
    """Try one thing that confinement should stop, or let through."""

    name: str
    args: list[Value]


class Returned(Message, tag="returned"):
    """The grader's answer to a callback."""

    value: Value


class Rejected(Message, tag="rejected"):
    """The grader does not answer a callback: the student's call ends with an exception."""


class Ready(Message, tag="ready"):
    """The worker is confined; what was applied."""

    applied: list[tuple[str, Value]]


class Failed(Message, tag="failed"):
    """The worker could not be confined: the grader's fault, never the student's."""

    reason: str


class Answer(Message, tag="answer"):
    """The value asked for, and which of the watched operations ran."""

    value: Value
    watched: list[str] = []


class Raised(Message, tag="raised"):
    """The student's code raised: names, texts and lines are claims."""

    type: str
    text: str
    frames: list[tuple[str, int, str]]


class Refused(Message, tag="refused"):
    """The result cannot cross."""

    reason: str


class Callback(Message, tag="callback"):
    """The student's code calls a method of a proxy, in the middle of a request."""

    proxy: int
    args: list[Value]
    kwargs: list[tuple[str, Value]]


ToWorker = (
    Import | Get | Observe | Call | Put | Fetch | Parameters | Assign | Train | StandIn | Scan
    | Reset | Probe | Returned | Rejected
)  # fmt: skip
ToGrader = Ready | Failed | Answer | Raised | Refused | Callback

_encoder = msgspec.msgpack.Encoder()
to_worker: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
to_grader: msgspec.msgpack.Decoder[ToGrader] = msgspec.msgpack.Decoder(ToGrader)


# --- packing -------------------------------------------------------------------------------------


class Packer:
    """Turns Python values into wire values and gathers the bytes of their tensors.

    `wrap` makes a wire value of whatever is not plain, or raises `Unsendable`.
    """

    def __init__(self, wrap: Callable[[object], Value]) -> None:
        self._wrap = wrap
        self._chunks: list[bytes] = []
        self._size = 0
        self._nodes = 0

    def pack(self, obj: object, depth: int = 0) -> Value:
        """The wire value of `obj`. Subclasses of plain types lose what they add."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise Unsendable(f"it has more than {MAX_NODES} parts")
        if depth > MAX_DEPTH:
            raise Unsendable(f"it is nested more than {MAX_DEPTH} deep")
        if obj is None or isinstance(obj, bool):
            return obj
        if isinstance(obj, int):
            number = int.__index__(obj)
            if number not in INT64:
                raise Unsendable("a number in it does not fit into 64 bits")
            return number
        if isinstance(obj, float):
            return float.__float__(obj)
        if isinstance(obj, str):
            return _clean_text(str.__str__(obj))
        if isinstance(obj, bytes):
            return Bytes(bytes.__getitem__(obj, slice(None)))
        if isinstance(obj, (list, deque)):
            # The base class's iterator: a subclass's own might never end.
            items = list.__iter__(obj) if isinstance(obj, list) else deque.__iter__(obj)
            return Sequence("list", [self.pack(item, depth + 1) for item in items])
        if isinstance(obj, tuple):
            return Sequence("tuple", [self.pack(item, depth + 1) for item in tuple.__iter__(obj)])
        if isinstance(obj, dict):
            return Mapping(
                [(self._pack_key(k), self.pack(v, depth + 1)) for k, v in dict.items(obj)]
            )
        if isinstance(obj, torch.Tensor):
            return self._pack_tensor(obj)
        if isinstance(obj, (np.ndarray, np.generic)):
            return self._pack_array(np.asarray(obj))
        if isinstance(obj, torch.dtype):
            return DType(str(obj).removeprefix("torch."))
        return self._wrap(obj)

    def _pack_key(self, key: object) -> Value:
        if key is not None and not isinstance(key, (bool, int, float, str, bytes)):
            raise Unsendable(f"it holds a dict with a {type(key).__name__} as a key")
        return self.pack(key)

    def _pack_tensor(self, tensor: torch.Tensor) -> Array:
        plain = tensor.detach()
        if plain.dim() > MAX_DIMS or plain.numel() * plain.element_size() > MAX_PAYLOAD:
            # Before it is made contiguous: an expanded tensor is larger than it looks.
            raise Unsendable(
                f"it holds a tensor of more than {MAX_PAYLOAD >> 20} MiB or {MAX_DIMS} dimensions"
            )
        name = str(plain.dtype).removeprefix("torch.")
        if name not in DTYPES or plain.layout != torch.strided or plain.device.type != "cpu":
            raise Unsendable(
                f"it holds a {plain.layout} tensor of dtype {plain.dtype} on {plain.device}; "
                "dense CPU tensors of real numbers can be compared"
            )
        plain = plain.as_subclass(torch.Tensor).resolve_neg().contiguous()
        data = plain.reshape(-1).view(torch.uint8).numpy().tobytes()
        return self._add("tensor", name, list(plain.shape), data)

    def _pack_array(self, array: np.ndarray[Any, Any]) -> Array:
        if array.dtype.name not in DTYPES or array.ndim > MAX_DIMS or array.nbytes > MAX_PAYLOAD:
            raise Unsendable(
                f"it holds a numpy array of dtype {array.dtype.name} and shape {array.shape}"
            )
        native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
        return self._add("array", array.dtype.name, list(array.shape), native.tobytes())

    def _add(
        self, kind: Literal["tensor", "array"], dtype: str, shape: list[int], data: bytes
    ) -> Array:
        offset, self._size = self._size, self._size + len(data)
        if self._size > MAX_PAYLOAD:
            raise Unsendable(f"its tensors hold more than {MAX_PAYLOAD >> 20} MiB")
        self._chunks.append(data)
        return Array(kind, dtype, shape, offset, len(data))

    def frame(self, message: Message) -> bytes:
        """The whole frame: `message`, made of values packed here, and their bytes."""
        header = _encoder.encode(message)
        if len(header) > MAX_HEADER:
            raise Unsendable(f"it takes more than {MAX_HEADER >> 10} KiB to describe")
        return b"".join([PREFIX.pack(MAGIC, len(header), self._size), header, *self._chunks])


def _clean_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unsendable("a text in it holds half of a surrogate pair") from error
    return text


def read_prefix(prefix: bytearray) -> tuple[int, int]:
    """The lengths of header and payload; nothing beyond a cap gets past this line."""
    magic, header, payload = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise WireError("it wrote bytes of its own where an answer was due")
    if header > MAX_HEADER or payload > MAX_PAYLOAD:
        raise WireError(f"it announced an answer of {header + payload} bytes")
    return header, payload


class Unpacker:
    """Rebuilds values from a header and its payload, checking every claim of theirs.

    `unwrap` makes an object of a `Handle`, `Namespace` or `Proxy`.
    """

    def __init__(self, payload: bytearray, unwrap: Callable[[Value, Unpacker], object]) -> None:
        self._payload = payload
        self._unwrap = unwrap
        self._end = 0
        self._nodes = 0

    def unpack(self, value: Value, depth: int = 0) -> Any:
        """The Python value of `value`: exact base types only, strings interned."""
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise WireError("its answer was too large or too deep")
        if isinstance(value, str):
            return sys.intern(value)  # "LA" is "LA", for those who compare by identity
        if value is None or isinstance(value, (bool, float)):
            return value
        if isinstance(value, Bytes):
            return value.data
        if isinstance(value, int):
            if value not in INT64:
                raise WireError("its answer held a number beyond 64 bits")
            return value
        if isinstance(value, Sequence):
            items = [self.unpack(item, depth + 1) for item in value.items]
            return items if value.kind == "list" else tuple(items)
        if isinstance(value, Mapping):
            return self._unpack_mapping(value, depth)
        if isinstance(value, Array):
            return self._unpack_array(value)
        if isinstance(value, DType):
            return self._dtype(value.name)
        return self._unwrap(value, self)

    def finish(self) -> None:
        """No byte of the payload is left unclaimed."""
        if self._end != len(self._payload):
            raise WireError("its answer came with bytes that belong to nothing")

    def _unpack_mapping(self, value: Mapping, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key, item in value.pairs:
            name = self.unpack(key, depth + 1)
            if not isinstance(name, (str, int, float, bytes, type(None))):
                raise WireError("its answer held a dict whose keys are not plain")
            if name in result:
                raise WireError("its answer held a dict with a key that comes twice")
            result[name] = self.unpack(item, depth + 1)
        return result

    def _dtype(self, name: str) -> torch.dtype:
        # Not getattr(torch, name): that would import whatever lazy module the name says.
        dtype = vars(torch).get(name)
        if not isinstance(dtype, torch.dtype):
            raise WireError("its answer held a dtype that does not exist")
        return dtype

    def _unpack_array(self, value: Array) -> torch.Tensor | np.ndarray[Any, Any]:
        dtype = DTYPES.get(value.dtype)
        if dtype is None or len(value.shape) > MAX_DIMS or any(n < 0 for n in value.shape):
            raise WireError("its answer held a tensor of an impossible dtype or shape")
        numel = math.prod(value.shape)
        # An empty tensor may claim other dimensions that overflow when they are multiplied.
        if math.prod(n for n in value.shape if n) > MAX_PAYLOAD:
            raise WireError("its answer held a tensor of an impossible shape")
        start, self._end = self._end, self._end + value.nbytes
        if (
            value.offset != start
            or value.nbytes != numel * dtype.itemsize
            or self._end > len(self._payload)
        ):
            raise WireError("its answer held a tensor whose bytes do not fit its shape")
        # A copy: a fresh, aligned tensor, so that nothing of the buffer is shared.
        data = bytearray(self._payload[start : self._end])
        flat = torch.frombuffer(data, dtype=torch.uint8) if data else torch.empty(0).byte()
        if dtype == torch.bool:
            tensor = (flat != 0).reshape(value.shape)  # a byte of 2 would equal True
        else:
            tensor = flat.view(dtype).reshape(value.shape)
        if value.kind == "tensor":
            return tensor
        if dtype == torch.bfloat16:
            raise WireError("its answer held an array of a dtype that numpy does not have")
        return tensor.numpy()
