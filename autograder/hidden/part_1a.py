"""Softmax."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import given

from autograder.checks import Failure, as_tensor, assert_close, number, weight
from autograder.forbidden import SOFTMAX
from autograder.hidden.inputs import NO_GRAPH, normal, scores
from solutions.softmax import softmax

forbidden = SOFTMAX


@number("1a.1")
@weight(2)
@given(x=scores())
def test_values(student: Any, x: torch.Tensor) -> None:
    """Softmax of moderate scores is right, row by row."""
    got = _float32(student.softmax.softmax(x))
    expected = softmax(x)
    if got.shape == expected.shape:
        sums = got.double().sum(1)
        if not torch.allclose(sums, torch.ones_like(sums), atol=1e-3):
            row = int((sums - 1).abs().argmax())
            raise Failure(f"Row {row} of softmax(x) sums to {float(sums[row]):.4g}, not to 1.")
    assert_close(got, expected, "softmax(x)")


@number("1a.2")
@weight(1)
def test_large_scores(student: Any, rng: torch.Generator) -> None:
    """Softmax is stable: shifting every score of a row by ±1000 changes nothing."""
    # Each row is shifted by an amount of its own, so that only a shift of each row will do.
    moderate = normal(rng, 3, 3).round(decimals=1)
    shifted = moderate + torch.tensor([[1000.0], [-1000.0], [0.0]])
    x = torch.cat((shifted, torch.tensor([[0.0, 1000.0, -1000.0]])))
    assert_close(_float32(student.softmax.softmax(x)), softmax(x), "softmax(x)")


@number("1a.3")
@weight(1)
def test_dtype(student: Any, rng: torch.Generator) -> None:
    """The result has the dtype of the scores, float32 or float64, and their precision."""
    for dtype in (torch.float32, torch.float64):
        x = normal(rng, 2, 3, dtype=dtype)
        assert_close(student.softmax.softmax(x), softmax(x), "softmax(x)")


@number("1a.4")
@weight(1)
def test_gradient(student: Any, rng: torch.Generator) -> None:
    """Gradients flow through softmax: that of a weighted sum of its entries is right."""
    value, weights = normal(rng, 2, 3), normal(rng, 2, 3)
    function = student.softmax.softmax
    x = student.put(value, requires_grad=True)
    result = student.keep(function, x)
    if not result.requires_grad:
        raise Failure(f"softmax(x) has no gradient: {NO_GRAPH}")
    student.backward(result, weights)
    copy = value.clone().requires_grad_()
    (softmax(copy) * weights).sum().backward()
    assert copy.grad is not None
    assert_close(x.grad, copy.grad, "The gradient of (softmax(x) * weights).sum()")


def _float32(returned: object) -> torch.Tensor:
    """Floats as float32: the dtype is another check's affair."""
    tensor = as_tensor(returned, "softmax(x)")
    return tensor.float() if tensor.dtype.is_floating_point else tensor
