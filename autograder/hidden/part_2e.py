"""Xavier initialisation."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, as_tensor, number, weight
from autograder.forbidden import XAVIER
from autograder.hidden.inputs import integer
from autograder.hidden.uniform import (
    Numbers,
    check_spread,
    check_uniform,
    entries,
    follow_the_sum,
    repeated,
    rules,
)

forbidden = XAVIER


@number("2e.1")
@weight(0.5)
def test_form(student: Any, rng: torch.Generator) -> None:
    """The weights are a float32 tensor of the shape that was asked for."""
    for shape in ((integer(rng, 2, 4), integer(rng, 5, 7)), (integer(rng, 8, 9), 1)):
        weights = as_tensor(student.initialization.xavier_weight_init(shape), "The result")
        if weights.dtype != torch.float32:
            dtype = str(weights.dtype).removeprefix("torch.")
            raise Failure(f"The weights should be float32, not {dtype}.")
        if weights.shape != shape:
            raise Failure(f"The weights should have shape {shape}, not {tuple(weights.shape)}.")


@number("2e.2")
@weight(1.5)
def test_spread(student: Any, rng: torch.Generator) -> None:
    """The weights of a matrix (m, n) spread as far as ε = √6 / √(m + n) says."""
    # By their mean square: normal numbers of the right variance are another check's affair.
    shape = _large(rng)
    check_spread(_draw(student, shape), shape, f"xavier_weight_init({shape})")


@number("2e.3")
@weight(1)
def test_uniform(student: Any, rng: torch.Generator) -> None:
    """The weights are uniform between −ε and ε."""
    shape = _large(rng)
    check_uniform(_draw(student, shape), f"xavier_weight_init({shape})")


@number("2e.4")
@weight(0.5)
def test_drawn_anew(student: Any, rng: torch.Generator) -> None:
    """Every weight is drawn anew, within one call and from call to call."""
    shape = (integer(rng, 30, 40), integer(rng, 50, 60))
    first, second = (_draw(student, shape) for _ in range(2))
    # In float32 one of the 2,400 is drawn twice now and then; half of them never are.
    if repeated(first) > 0.5:
        raise Failure("Many weights of one matrix are the same number: each should be drawn anew.")
    if float((first == second).mean()) > 0.5:
        raise Failure("Two calls gave the same weights: each call should draw new ones.")


@number("2e.5")
@weight(0.5)
def test_other_shapes(student: Any, rng: torch.Generator) -> None:
    """Shapes of one and of three dimensions work: ε has the sum of all of them."""
    samples = []
    for shape in (
        (integer(rng, 18_000, 22_000),),
        (integer(rng, 18, 20), integer(rng, 28, 30), integer(rng, 38, 40)),
        (integer(rng, 90, 100), integer(rng, 150, 160)),
    ):
        samples.append((shape, _draw(student, shape)))
    # A wrong ε that is the same for all of them is another check's affair.
    if not rules(samples) and not follow_the_sum(samples):
        raise Failure(
            "With shapes of one, three and two dimensions, the spread of the weights does not "
            "follow the sum of all dimensions."
        )


def _large(rng: torch.Generator) -> tuple[int, int]:
    return integer(rng, 180, 200), integer(rng, 330, 350)


def _draw(student: Any, shape: tuple[int, ...]) -> Numbers:
    weights = student.initialization.xavier_weight_init(shape)
    return entries(weights, shape, f"xavier_weight_init({shape})")
