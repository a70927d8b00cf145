"""Operation counts (practice)."""

from __future__ import annotations

from typing import Any

from autograder.checks import Failure, number, weight
from autograder.describe import describe


@number("3d.1")
@weight(0)
def test_operation_counts(student: Any) -> None:
    """operation_counts has the keys forward, backward and tau_steps, with counts above 0."""
    counts = student.rnn.operation_counts(2, 3, 5, 4)
    if not isinstance(counts, dict) or set(counts) < {"forward", "backward", "tau_steps"}:
        raise Failure(f"operation_counts should have these three keys, not {describe(counts)}.")
    for name in ("forward", "backward", "tau_steps"):
        count = counts[name]
        if isinstance(count, bool) or not isinstance(count, (int, float)) or count <= 0:
            raise Failure(f"{name} should be a number above 0, not {describe(count)}.")
