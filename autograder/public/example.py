"""What public checks are written with: comparing with an example, and saying what it expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from autograder.checks import Failure, as_tensor, assert_close, assert_equal
from autograder.describe import describe, describe_type


def expect(actual: object, expected: torch.Tensor, what: str) -> None:
    """A tensor is that of the example, in dtype, shape and values.

    Raises:
        Failure: it is not; unlike a hidden check, this says what the example expects.
    """
    try:
        assert_close(actual, expected, what)
    except Failure as failure:
        raise Failure(f"{failure} The example expects {describe(expected)}.") from None


def expect_plain(actual: object, expected: object, what: str) -> None:
    """A plain value is that of the example; a tuple is as good as a list."""
    try:
        assert_equal(actual, expected, what)
    except Failure as failure:
        raise Failure(f"{failure} The example expects {describe(expected)}.") from None


def expect_gradients(actual: object, expected: Mapping[str, object], what: str) -> None:
    """A dict has these gradients, float64; a row `(1, n)` is as good as a vector `(n,)`."""
    if not isinstance(actual, dict):
        raise Failure(f"{what} should return a dict, not {describe_type(actual)}.")
    for name, numbers in expected.items():
        if name not in actual:
            raise Failure(f"{what} has no gradient {name!r}.")
        right = torch.tensor(numbers, dtype=torch.float64)
        value = as_tensor(actual[name], f"{what}[{name!r}]")
        expect(value[0] if value.shape == (1, *right.shape) else value, right, f"{what}[{name!r}]")


def sequence_of(value: object, names: Sequence[str], what: str) -> Sequence[object]:
    """A tuple or list of as many values as there are names."""
    if not isinstance(value, (list, tuple)) or len(value) != len(names):
        raise Failure(f"{what} should return ({', '.join(names)}), not {describe_type(value)}.")
    return value
