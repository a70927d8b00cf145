"""Judges numbers that should be uniform on [−ε, ε], by their distribution and never by a seed.

Every bound is one that a right answer misses with a probability below FALSE_FAIL: Hoeffding's
for the spread, that of Dvoretzky, Kiefer, Wolfowitz and Massart for the distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from autograder.checks import Failure, as_tensor
from autograder.describe import describe_type

FALSE_FAIL = 1e-9

Numbers = np.ndarray[Any, np.dtype[np.float64]]
"""Not tensors: torch would share so little work among threads, which takes longer."""

EPSILONS: dict[str, Callable[[Sequence[int]], float]] = {
    "√6 / √(sum of the dimensions)": lambda shape: math.sqrt(6 / sum(shape)),
    "√6 / (sum of the dimensions), without the root below": lambda shape: math.sqrt(6) / sum(shape),
    "6 / √(sum of the dimensions), without the root above": lambda shape: 6 / math.sqrt(sum(shape)),
    "√6 · √(sum of the dimensions), multiplied and not divided": (
        lambda shape: math.sqrt(6 * sum(shape))
    ),
    "√(6 / the product of the dimensions)": lambda shape: math.sqrt(6 / math.prod(shape)),
    "√(6 / the first dimension)": lambda shape: math.sqrt(6 / shape[0]),
    "√(6 / the last dimension)": lambda shape: math.sqrt(6 / shape[-1]),
    "√18 / √(sum of the dimensions), as of normal numbers with standard deviation ε": (
        lambda shape: math.sqrt(18 / sum(shape))
    ),
    "√(3 / the sum of the dimensions)": lambda shape: math.sqrt(3 / sum(shape)),
    "√(2 / the sum of the dimensions)": lambda shape: math.sqrt(2 / sum(shape)),
    "1 / √(sum of the dimensions)": lambda shape: 1 / math.sqrt(sum(shape)),
    "1 / √(the first dimension), which is what nn.Linear starts with": (
        lambda shape: 1 / math.sqrt(shape[0])
    ),
}
"""The right rule comes first; then the mistakes that have a name."""
RIGHT = next(iter(EPSILONS))


def entries(value: object, shape: Sequence[int], what: str) -> Numbers:
    """All numbers of a tensor, whatever its form: that is another check's affair.

    Raises:
        Failure: they are not as many as the shape says, or not finite.
    """
    tensor = as_tensor(torch.from_numpy(value) if isinstance(value, np.ndarray) else value, what)
    if tensor.numel() != math.prod(shape) or not tensor.dtype.is_floating_point:
        raise Failure(f"{what} is {describe_type(value)}, not a float tensor of {tuple(shape)}.")
    if not tensor.isfinite().all():
        raise Failure(f"{what} holds numbers that are not finite.")
    numbers: Numbers = tensor.double().flatten().numpy()
    return numbers


def half_width(numbers: Numbers) -> float:
    """The ε that the spread of the numbers speaks of: uniform ones have mean square ε²/3."""
    return math.sqrt(3 * float(np.mean(numbers**2)))


def spread_tolerance(count: int) -> float:
    """By what share the mean square of so many numbers may be off.

    A square lies in [0, ε²], so P(|mean − ε²/3| ≥ r ε²/3) ≤ 2 exp(−2 n r²/9).
    """
    return math.sqrt(4.5 * math.log(2 / FALSE_FAIL) / count)


def distance_tolerance(count: int) -> float:
    """How far the share of numbers below a bound may be off, at any bound.

    P(sup |Fₙ − F| ≥ d) ≤ 2 exp(−2 n d²).
    """
    return math.sqrt(math.log(2 / FALSE_FAIL) / (2 * count))


def has_spread(numbers: Numbers, epsilon: float) -> bool:
    """Whether the mean square is that of numbers uniform on [−ε, ε]."""
    share = (half_width(numbers) / epsilon) ** 2
    return abs(share - 1) <= spread_tolerance(numbers.size)


def rules(samples: Sequence[tuple[Sequence[int], Numbers]]) -> list[str]:
    """The rules for ε that explain the spread of all samples, each a shape and its numbers."""
    return [
        name
        for name, rule in EPSILONS.items()
        if all(has_spread(numbers, rule(shape)) for shape, numbers in samples)
    ]


def follow_the_sum(samples: Sequence[tuple[Sequence[int], Numbers]]) -> bool:
    """Whether the samples spread as ε does, or all wider or narrower by the same factor."""
    squares = [
        ((half_width(numbers) / EPSILONS[RIGHT](shape)) ** 2, spread_tolerance(numbers.size))
        for shape, numbers in samples
    ]
    low = max(square / (1 + off) for square, off in squares)
    high = min(square / (1 - off) for square, off in squares)
    return 0 < low <= high


def check_spread(numbers: Numbers, shape: Sequence[int], what: str) -> None:
    """The numbers spread as far as the right ε says.

    Raises:
        Failure: they do not; the text names the mistake if it is a known one.
    """
    if has_spread(numbers, EPSILONS[RIGHT](shape)):
        return
    if not numbers.any():
        raise Failure(f"{what} is all zero.")
    text = f"{what} does not have the spread that ε = √6 / √(m + n) gives"
    if len(known := rules([(shape, numbers)])) == 1:  # for some shapes two rules are close
        text += f": its ε seems to be {known[0]}"
    raise Failure(f"{text}.")


def check_uniform(numbers: Numbers, what: str, epsilon: float | None = None) -> None:
    """The numbers are uniform on [−ε, ε]; without ε, on that of their own spread.

    Raises:
        Failure: they are not.
    """
    count, off = numbers.size, 0.0
    if epsilon is None:
        epsilon, off = half_width(numbers), spread_tolerance(count)
    if epsilon == 0:
        raise Failure(f"{what} is all zero.")
    scaled = numbers / epsilon
    if not bool((scaled < 0).any() and (scaled > 0).any()):
        raise Failure(f"{what} has numbers of one sign only: they should lie between −ε and ε.")
    # An own ε may be off by half of the share; the distribution, by half of that.
    if float(np.abs(scaled).max()) > 1 + off + 1e-5 or (
        _distance(scaled) > distance_tolerance(count) + off / 3
    ):
        raise Failure(
            f"{what} is not uniform: between −ε and ε every number should be as likely as any "
            "other, and none lies beyond."
        )


def _distance(scaled: Numbers) -> float:
    """The largest difference between the distribution of the numbers and the uniform one."""
    share = np.clip((np.sort(scaled) + 1) / 2, 0, 1)
    steps = np.arange(len(share) + 1) / len(share)
    return float(np.maximum(steps[1:] - share, share - steps[:-1]).max())


def repeated(numbers: Numbers) -> float:
    """The share of numbers that are there already."""
    return 1 - len(np.unique(numbers)) / numbers.size
