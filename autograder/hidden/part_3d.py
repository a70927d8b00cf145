"""What a step costs."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, number, weight
from autograder.describe import describe, describe_type
from autograder.hidden.inputs import integer

# Counts differ by what is counted: gradients by h_prev and U, products of single numbers.
LEAST, MOST = 0.4, 8


@number("3d.9")
@weight(0)
def test_operation_counts(student: Any, rng: torch.Generator) -> None:
    """Practice: operation_counts grows as D_h² + d·D_h + |V|·D_h; τ repeats the first two."""
    large = integer(rng, 3000, 6000)
    for d, Dh, V, tau in (
        (2, large, 3, 1), (large, 40, 2, 1), (3, 30, 100 * large, 1),
        (3, large, 2, 50), (large, 40, 2, 50), (3, 30, 100 * large, 50),
        (large, 3, large, 1),
    ):  # fmt: skip
        returned = student.rnn.operation_counts(d, Dh, V, tau)
        if not isinstance(returned, dict):
            raise Failure(f"operation_counts should return a dict, not {describe_type(returned)}.")
        cell, output = Dh * Dh + d * Dh, V * Dh
        orders = {"forward": cell + output, "backward": cell + output,
                  "tau_steps": tau * cell + output}  # fmt: skip
        for name, order in orders.items():
            count = returned.get(name)
            if isinstance(count, bool) or not isinstance(count, (int, float)):
                raise Failure(f"{name} should be a number, not {describe_type(count)}.")
            if not LEAST * order <= count <= MOST * order:
                raise Failure(
                    f"{name} is {describe(count)} for d = {d}, D_h = {Dh}, |V| = {V} and "
                    f"τ = {tau}: too {'few' if count < order else 'many'}."
                )
