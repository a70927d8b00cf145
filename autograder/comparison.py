"""The one comparator: exact type, then dtype, then shape, then finiteness, then values.

Nothing broadcasts, no NaN slips through, and no expected value gets into a message. What is known
about a wrong value (it is the transpose, it has the wrong sign) is said; see `relation`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.describe import describe, describe_type
from autograder.errors import Failure

# Relative to the largest expected magnitude. `tests/test_tolerances.py` measures that other right
# ways to compute stay below a tenth of it, on one thread and on two, and wrong ones ten times
# beyond. In float32 exp(x − logsumexp(x)) sets the pace: 3e-5 for scores near 1000.
TOLERANCE = {torch.float16: 1e-2, torch.bfloat16: 5e-2, torch.float32: 5e-4, torch.float64: 1e-8}
LEAST_MAGNITUDE = 1e-3
MAX_FACTOR = 128
MAX_FACTOR_OF_ONE = 8


def assert_close(actual: object, expected: torch.Tensor, what: str = "The result") -> None:
    """`actual` is a tensor that equals `expected` within the tolerance of its dtype.

    Raises:
        Failure: it is not; the text says how, and never what was expected.
        ValueError: the check expects an empty tensor or one that is not finite.
    """
    if expected.numel() == 0 or not expected.isfinite().all():
        raise ValueError("what is expected is empty or not finite: a wrong answer would pass")
    tensor = as_tensor(actual, what)
    if tensor.dtype != expected.dtype:
        raise Failure(
            f"{what} should have dtype {_name(expected.dtype)}, not {_name(tensor.dtype)}."
        )
    if tensor.shape != expected.shape:
        raise Failure(
            f"{what} should have shape {tuple(expected.shape)}, not {tuple(tensor.shape)}."
        )
    if not expected.dtype.is_floating_point:
        if not torch.equal(tensor, expected):
            raise Failure(f"{what} has wrong values, first at {_first(tensor != expected)}.")
        return
    for name, wrong in (("NaN", tensor.isnan()), ("infinite", tensor.isinf())):
        if wrong.any():
            raise Failure(f"{what} is {name} at {_first(wrong)}.")
    error = (tensor.double() - expected.double()).abs()
    scale = max(LEAST_MAGNITUDE, float(expected.double().abs().max()))
    if bool((error <= TOLERANCE[expected.dtype] * scale).all()):
        return
    text = f"{what} has wrong values"
    if tensor.numel() > 1:
        worst = np.unravel_index(int(error.argmax()), tuple(error.shape))
        place = tuple(int(i) for i in worst)
        text += f"; the furthest off is {_number(tensor[place])} at {place}"
    if known := relation(tensor, expected):
        text += f". {known}"
    raise Failure(f"{text}.")


def as_tensor(value: object, what: str = "The result") -> torch.Tensor:
    """A tensor as it is; a failure for everything else."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    raise Failure(f"{what} should be a tensor, not {describe_type(value)}.")


def as_number(value: object, what: str = "The result") -> torch.Tensor:
    """A tensor of one element as a 0-d tensor: for checks that leave its shape to another."""
    tensor = as_tensor(value, what)
    if tensor.numel() != 1:
        raise Failure(f"{what} should be one number, not {describe_type(value)}.")
    return tensor.reshape(())


def as_float(value: object, what: str = "The result") -> float:
    """A Python or numpy float; a failure for everything else."""
    if isinstance(value, float):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind == "f":
        return float(value)
    raise Failure(f"{what} should be a float, not {describe_type(value)}.")


def assert_equal(actual: object, expected: Any, what: str = "The result") -> None:
    """`actual` is `expected`, of the same plain types; a tuple is as good as a list.

    Raises:
        Failure: it is not; the text shows what came, and never what was expected.
    """
    if not equal(actual, expected):
        raise Failure(f"{what} is {describe(actual)}, which is not right.")


def equal(actual: object, expected: object) -> bool:
    """Whether two plain values are equal, type by type; a tuple is as good as a list."""
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(actual, (list, tuple))
            and len(actual) == len(expected)
            and all(map(equal, actual, expected))
        )
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(equal(actual[key], expected[key]) for key in expected)
        )
    if isinstance(expected, (torch.Tensor, np.ndarray)):
        return False  # tensors have a comparator of their own
    # Not isinstance: True is no 1, and a remote object equals nothing.
    return type(actual) is type(expected) and bool(actual == expected)


def relation(actual: torch.Tensor, expected: torch.Tensor) -> str:
    """What a wrong tensor is to the right one of the same shape, as a sentence; "" if unknown."""
    a, e = actual.double(), expected.double()
    tolerance = TOLERANCE.get(expected.dtype, 0.0) * max(LEAST_MAGNITUDE, float(e.abs().max()))

    def near(candidate: torch.Tensor) -> bool:
        return candidate.shape == a.shape and bool(((a - candidate).abs() <= tolerance).all())

    if near(torch.zeros_like(e)):
        return "All of it is zero"
    if near(-e):
        return "It has the opposite sign"
    if e.dim() == 2 and e.shape[0] == e.shape[1] and near(e.T):
        return "It is the transpose of the right one"
    if near(e.log()):
        return "It is the logarithm of the right one"
    if near(e.exp()):
        return "It is the exponential of the right one"
    for dim in range(e.dim()):
        if e.shape[dim] > 1 and near(e.flip(dim)):
            return f"It is the right one in reverse along dimension {dim}"
    # Only whole factors: any other would tell the right value, and for one number means nothing.
    for factor in range(2, 1 + (MAX_FACTOR if e.numel() > 1 else MAX_FACTOR_OF_ONE)):
        if near(e * factor):
            return f"It is {factor} times the right one"
        if near(e / factor):
            return f"It is 1/{factor} of the right one"
    return ""


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _number(value: torch.Tensor) -> str:
    return f"{float(value):.5g}"


def _first(mask: torch.Tensor) -> str:
    place = tuple(int(i) for i in torch.nonzero(mask)[0])
    return f"{place}" if place else "its only entry"
