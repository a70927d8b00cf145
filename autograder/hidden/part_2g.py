"""Momentum and Adam."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, assert_close, number, weight
from autograder.describe import describe_type
from autograder.hidden.inputs import normal
from solutions.optimizers import adam_step, momentum_step


@number("2g.9")
@weight(0)
def test_momentum_step(student: Any, rng: torch.Generator) -> None:
    """Practice: momentum_step moves θ along the rolling average of the gradients."""
    theta, grad, m = (normal(rng, 2, 3) for _ in range(3))
    lr, beta1 = 0.5, 0.7
    got = student.optimizers.momentum_step(theta, grad, m, lr, beta1)
    _check(got, momentum_step(theta, grad, m, lr, beta1), ("theta", "m"))


@number("2g.10")
@weight(0)
def test_adam_step(student: Any, rng: torch.Generator) -> None:
    """Practice: adam_step divides that by the root of the average squared gradient."""
    theta, grad, m = (normal(rng, 2, 3) for _ in range(3))
    v = 0.5 + torch.rand(2, 3, generator=rng)
    lr, beta1, beta2 = 0.5, 0.7, 0.8
    got = student.optimizers.adam_step(theta, grad, m, v, lr, beta1, beta2)
    _check(got, adam_step(theta, grad, m, v, lr, beta1, beta2), ("theta", "m", "v"))


@number("2g.11")
@weight(0)
def test_not_in_place(student: Any, rng: torch.Generator) -> None:
    """Practice: neither step changes its arguments."""
    theta, grad, m = (normal(rng, 2, 3) for _ in range(3))
    v = 0.5 + torch.rand(2, 3, generator=rng)
    optimizers = student.optimizers
    for function, values, rates in (
        (optimizers.momentum_step, (theta, grad, m), (0.5, 0.7)),
        (optimizers.adam_step, (theta, grad, m, v), (0.5, 0.7, 0.8)),
    ):
        kept = [student.put(value) for value in values]
        student.keep(function, *kept, *rates)
        for name, remote, value in zip(("theta", "grad", "m", "v"), kept, values, strict=False):
            assert_close(student.fetch(remote), value, f"{name} after {function!r}(…)")


def _check(got: object, expected: tuple[torch.Tensor, ...], names: tuple[str, ...]) -> None:
    if not isinstance(got, (list, tuple)) or len(got) != len(names):
        raise Failure(f"The result should be ({', '.join(names)}), not {describe_type(got)}.")
    for name, actual, right in zip(names, got, expected, strict=True):
        assert_close(actual, right, f"The new {name}")
