"""Judging by distribution: right draws are never refused, wrong ones hardly ever pass.

A right answer misses a bound with a probability below FALSE_FAIL, by theory. Here are the margins
that are left in practice, and that named mistakes lie beyond.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from autograder.errors import Failure
from autograder.hidden import uniform
from autograder.hidden.part_2f import check_dropped, check_masks
from solutions.initialization import dropout, xavier_weight_init

SHAPES = [(180, 330), (200, 350), (180, 110), (110, 60)]
"""The smallest and the largest of 2e, W and the smallest U of 2h."""


def draws(shape: tuple[int, int], count: int) -> list[uniform.Numbers]:
    """Right weights."""
    torch.manual_seed(0)
    return [uniform.entries(xavier_weight_init(shape), shape, "W") for _ in range(count)]


@pytest.mark.parametrize("shape", SHAPES)
def test_right_draws_are_far_within(shape: tuple[int, int]) -> None:
    """Of 200 right draws not one comes nearer than a third to any bound."""
    epsilon = math.sqrt(6 / sum(shape))
    for numbers in draws(shape, 200):
        uniform.check_spread(numbers, shape, "W")
        uniform.check_uniform(numbers, "W")
        uniform.check_uniform(numbers, "W", epsilon)
        off = abs((uniform.half_width(numbers) / epsilon) ** 2 - 1)
        assert off < 2 / 3 * uniform.spread_tolerance(numbers.size)
        distance = uniform._distance(numbers / epsilon)
        assert distance < 2 / 3 * uniform.distance_tolerance(numbers.size)
        assert uniform.repeated(numbers) < 0.05


@pytest.mark.parametrize("shape", SHAPES)
def test_every_wrong_rule_is_told(shape: tuple[int, int]) -> None:
    """Each wrong rule for ε is told from the right one; a shape of 2e's tells its name, too."""
    (numbers,) = draws(shape, 1)
    for name, rule in uniform.EPSILONS.items():
        scaled = numbers / math.sqrt(6 / sum(shape)) * rule(shape)
        found = uniform.rules([(shape, scaled)])
        assert name in found
        assert len(found) == 1 or shape not in SHAPES[:2]
        if name != uniform.RIGHT:
            assert uniform.RIGHT not in found
            with pytest.raises(Failure, match=re.escape(name) if len(found) == 1 else "spread"):
                uniform.check_spread(scaled, shape, "W")


@pytest.mark.parametrize(
    "draw",
    [
        lambda n: torch.randn(n) / math.sqrt(3),
        lambda n: torch.randn(n).clamp(-1, 1),
        lambda n: torch.rand(n),
        lambda n: torch.rand(n) - torch.rand(n),
        lambda n: torch.rand(n).mul(2).sub(1).sign(),
        torch.zeros,
    ],
    ids=["normal", "clipped normal", "one-sided", "triangular", "two values", "zeros"],
)
def test_other_distributions_are_refused(draw: Callable[[int], Tensor]) -> None:
    """What is not uniform is refused, however wide, in each of 20 draws of the least size."""
    torch.manual_seed(0)
    for _ in range(20):
        with pytest.raises(Failure):
            uniform.check_uniform(draw(180 * 330).double().numpy(), "W")
        with pytest.raises(Failure):
            uniform.check_uniform(draw(110 * 60).double().numpy(), "W", 1.0)


@pytest.mark.parametrize("p_drop", [0.2, 0.3, 0.7, 0.8])
def test_dropout_is_judged_by_its_share(p_drop: float) -> None:
    """500 right masks pass; of as many with the next probability, scaled as asked, none does."""
    torch.manual_seed(0)
    h = torch.ones(500, 2, dtype=torch.float64)
    for _ in range(500):
        first, second = dropout(h, p_drop), dropout(h, p_drop)
        check_dropped(first, p_drop, "h")
        check_masks(first != 0, second != 0, "h")
        other = p_drop + (0.25 if p_drop < 0.5 else -0.25)
        scaled = dropout(h, other) * (1 - other) / (1 - p_drop)
        with pytest.raises(Failure, match=r"share|probability"):
            check_dropped(scaled, p_drop, "h")


def test_repeated_numbers_and_masks_are_refused() -> None:
    """The same mask again, the same in each row or each unit, and rows that repeat."""
    torch.manual_seed(0)
    mask, other = (torch.rand(40, 30) > 0.5 for _ in range(2))
    row, column = mask[:1].expand(40, 30), mask[:, :1].expand(40, 30)
    for first, second in ((mask, mask), (row, other), (mask, column)):
        with pytest.raises(Failure):
            check_masks(first, second, "h")
    assert uniform.repeated(torch.rand(1, 30).expand(40, 30).flatten().double().numpy()) > 0.9
