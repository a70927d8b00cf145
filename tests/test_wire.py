"""The wire: what crosses comes out the same, and nothing else crosses."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.confinement.inside import wire

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8")) | st.integers(0, 9), inner, max_size=4
        )
    ),
    max_leaves=20,
)


def _no_objects(obj: object) -> wire.Value:
    raise wire.Unsendable(f"it is a {type(obj).__name__}")


def _no_handles(value: wire.Value, unpacker: wire.Unpacker) -> object:
    raise wire.WireError("a handle")


def cross(obj: object) -> Any:
    """A value, after it has gone over the wire."""
    packer = wire.Packer(_no_objects)
    frame = packer.frame(wire.Answer(7, packer.pack(obj)))
    size = wire.PREFIX.size
    header, payload = wire.read_prefix(bytearray(frame[:size]))
    assert len(frame) == size + header + payload
    message = wire.to_grader.decode(frame[size : size + header])
    assert isinstance(message, wire.Answer)
    unpacker = wire.Unpacker(bytearray(frame[size + header :]), _no_handles)
    value = unpacker.unpack(message.value)
    unpacker.finish()
    return value


@given(plain)
def test_plain_values_cross_unchanged(value: object) -> None:
    """Plain values come out equal and of the same types, all the way down."""
    assert repr(cross(value)) == repr(value)


@pytest.mark.parametrize("dtype", list(wire.DTYPES.values()), ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 2), (2, 3)], ids=str)
def test_tensors_cross_bit_by_bit(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    """A tensor comes out with its dtype, its shape and every bit of its values."""
    tensor = (torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 9).to(dtype)
    got = cross([tensor, tensor.T if len(shape) == 2 else tensor])
    assert got[0].dtype == dtype
    assert got[0].shape == tensor.shape
    assert torch.equal(got[0], tensor)
    assert got[1].is_contiguous()


def test_special_floats_cross() -> None:
    """NaN and the infinities cross: judging them is the comparator's affair."""
    got = cross([math.nan, math.inf, torch.tensor([math.nan, -math.inf])])
    assert math.isnan(got[0])
    assert got[1] == math.inf
    assert torch.isnan(got[2][0])
    assert got[2][1] == -math.inf


def test_subclasses_lose_what_they_add() -> None:
    """Only exact base types come out, whatever the sender's subclasses would like."""

    class Liar(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    class Endless(list):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            while True:
                yield 1

    class Point(NamedTuple):
        x: int
        y: int

    sent = [Liar("a"), Endless([2]), OrderedDict(a=1), deque([3]), Point(1, 2), np.float64(1.5)]
    got = cross([*sent, torch.nn.Parameter(torch.ones(1))])
    assert [type(value) for value in got] == [str, list, dict, list, tuple, float, torch.Tensor]
    assert got[:6] == ["a", [2], {"a": 1}, [3], (1, 2), 1.5]


def test_strings_arrive_interned() -> None:
    """A transition that arrives is the literal itself, for those who compare by identity."""
    literal = "LA"
    assert cross("".join(["L", "A"])) is literal


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (object(), "it is a object"),
        (2**63, "does not fit into 64 bits"),
        ("\ud800", "half of a surrogate pair"),
        (torch.zeros(1, dtype=torch.complex64), "dense CPU tensors of real numbers"),
        (torch.eye(2).to_sparse(), "dense CPU tensors of real numbers"),
        (np.array(["a"]), "numpy array of dtype str"),
        (torch.zeros([1] * 9), "more than 64 MiB or 8 dimensions"),
        ([0] * 30_000, "more than 20000 parts"),
        ("x" * 300_000, "more than 256 KiB to describe"),
        (torch.zeros(65 << 20, dtype=torch.uint8), "more than 64 MiB or 8 dimensions"),
    ],
    ids=lambda value: "" if not isinstance(value, str) else value[:20],
)
def test_what_cannot_cross_is_said(value: object, reason: str) -> None:
    """What cannot cross is refused by the sender, with the reason."""
    with pytest.raises(wire.Unsendable, match=reason):
        cross(value)


def test_endless_nesting_is_refused() -> None:
    """A list that holds itself does not cross."""
    value: list[object] = []
    value.append(value)
    with pytest.raises(wire.Unsendable, match="nested more than 16 deep"):
        cross(value)


@pytest.mark.parametrize(
    ("array", "payload"),
    [
        (wire.Array("tensor", "float32", [2], 0, 4), b"\0" * 4),  # bytes do not fit the shape
        (wire.Array("tensor", "float32", [2], 4, 8), b"\0" * 12),  # a hole before it
        (wire.Array("tensor", "float32", [2], 0, 8), b"\0" * 4),  # more than there is
        (wire.Array("tensor", "float32", [-1], 0, 0), b""),
        (wire.Array("tensor", "float32", [2**60, 0], 0, 0), b""),
        (wire.Array("tensor", "complex64", [1], 0, 8), b"\0" * 8),
        (wire.Array("tensor", "no_such", [1], 0, 4), b"\0" * 4),
        (wire.Array("array", "bfloat16", [1], 0, 2), b"\0" * 2),
        (wire.Mapping([("a", 1), ("a", 2)]), b""),
        (wire.Mapping([(wire.Sequence("list", []), 1)]), b""),
        (wire.DType("_dynamo"), b""),
        (wire.DType("float33"), b""),
        (2**63, b""),
        (None, b"left over"),
    ],
)
def test_lies_are_refused_by_the_receiver(array: wire.Value, payload: bytes) -> None:
    """A claim that does not add up is refused, and no lazy module of torch is imported by name."""
    unpacker = wire.Unpacker(bytearray(payload), _no_handles)

    def read() -> None:
        unpacker.unpack(array)
        unpacker.finish()

    with pytest.raises(wire.WireError):
        read()


def test_bools_are_true_or_false() -> None:
    """A byte of 2 in a bool tensor becomes True, which equals True."""
    array = wire.Array("tensor", "bool", [3], 0, 3)
    tensor = wire.Unpacker(bytearray(b"\0\1\2"), _no_handles).unpack(array)
    assert torch.equal(tensor, torch.tensor([False, True, True]))
    assert bytes(tensor.numpy().tobytes()) == b"\0\1\1"


@pytest.mark.parametrize(
    "prefix",
    [
        wire.PREFIX.pack(b"ARCG", 1, 1),
        wire.PREFIX.pack(wire.MAGIC, wire.MAX_HEADER + 1, 0),
        wire.PREFIX.pack(wire.MAGIC, 1, 2**62),
    ],
)
def test_a_prefix_beyond_a_cap_is_refused(prefix: bytes) -> None:
    """Nothing is allocated for a frame that claims more than a cap."""
    with pytest.raises(wire.WireError):
        wire.read_prefix(bytearray(prefix))
