"""Dropout."""

from __future__ import annotations

import math
from typing import Any

import torch

from autograder.checks import Failure, as_tensor, assert_close, number, weight
from autograder.hidden.inputs import normal
from autograder.hidden.uniform import distance_tolerance

PROBABILITIES = (0.2, 0.3, 0.7, 0.8)
"""None is 1/2, and none the other one's probability to keep."""


@number("2f.9")
@weight(0)
def test_values(student: Any, rng: torch.Generator) -> None:
    """Practice: dropout sets entries to zero with probability p_drop, and scales the others."""
    h = 1 + torch.rand(60, 50, generator=rng)
    for p_drop in PROBABILITIES[1:3]:
        dropped = as_tensor(student.initialization.dropout(h, p_drop, True), "dropout(h)")
        if dropped.shape != h.shape or dropped.dtype != h.dtype:
            raise Failure("dropout(h) should have the shape and the dtype of h.")
        check_dropped(dropped.double() / h.double(), p_drop, "dropout(h)")


@number("2f.10")
@weight(0)
def test_drawn_anew(student: Any, rng: torch.Generator) -> None:
    """Practice: each entry is dropped or kept by itself, and each call draws a new mask."""
    h = 1 + torch.rand(40, 30, generator=rng)
    function = student.initialization.dropout
    first, second = (as_tensor(function(h, 0.5, True), "dropout(h)") != 0 for _ in range(2))
    check_masks(first, second, "dropout(h)")


@number("2f.11")
@weight(0)
def test_not_training(student: Any, rng: torch.Generator) -> None:
    """Practice: without training, or with p_drop = 0, h comes back as it was."""
    h = normal(rng, 3, 4)
    function = student.initialization.dropout
    for p_drop, training in ((0.5, False), (0.3, False), (0.0, True)):
        assert_close(function(h, p_drop, training), h, "dropout(h)")
    kept = student.put(h)
    student.keep(function, kept, 0.5, True)
    assert_close(student.fetch(kept), h, "h after dropout(h), which should not change it,")


def check_dropped(ratios: torch.Tensor, p_drop: float, what: str) -> None:
    """Each ratio, of a value after dropout to that before, is 0 or 1/(1 − p_drop), in their shares.

    The share may be off as far as `uniform.FALSE_FAIL` allows.

    Raises:
        Failure: it is not so; the text names the mistake if it is a known one.
    """
    if not ratios.isfinite().all():
        raise Failure(f"{what} holds numbers that are not finite.")
    kept = ratios[ratios.abs() > 1e-3]
    dropped = 1 - kept.numel() / ratios.numel()
    tolerance = distance_tolerance(ratios.numel())
    scales = {
        1 / (1 - p_drop): "",
        1.0: "what is kept is not scaled by 1 / (1 − p_drop)",
        1 / p_drop: "what is kept is scaled by 1 / p_drop, not by 1 / (1 − p_drop)",
        1 - p_drop: "what is kept is scaled by 1 − p_drop; it should be divided by that",
        2.0: "the probability seems to be 0.5, whatever was asked for",
    }
    known = [
        said
        for scale, said in scales.items()
        if kept.numel() and bool(((kept / scale - 1).abs() < 2e-3).all())
    ]
    if not kept.numel():
        raise Failure(f"With p_drop = {p_drop}, {what} drops everything.")
    if dropped == 0:
        raise Failure(f"With p_drop = {p_drop}, {what} drops nothing.")
    if not known:
        raise Failure(
            f"With p_drop = {p_drop}, {what} has entries that are neither dropped nor scaled by "
            "1 / (1 − p_drop)."
        )
    if math.fabs(dropped - (1 - p_drop)) < tolerance:
        raise Failure(f"{what} keeps entries with probability p_drop; it should drop them with it.")
    if known[0]:
        raise Failure(f"With p_drop = {p_drop}, {what} is wrong: {known[0]}.")
    if math.fabs(dropped - p_drop) > tolerance:
        raise Failure(f"With p_drop = {p_drop}, {what} drops a share of {dropped:.2g}.")


def check_masks(first: torch.Tensor, second: torch.Tensor, what: str) -> None:
    """Two masks `(n, units)` are drawn anew: from call to call, row to row and unit to unit.

    Raises:
        Failure: they are not.
    """
    if torch.equal(first, second):
        raise Failure(f"{what} drops the same entries in two calls: each should draw a new mask.")
    for mask in (first, second):
        if bool((mask == mask[:1]).all()):
            raise Failure(f"{what} drops the same entries in every row: each needs its own mask.")
        if mask.shape[1] > 1 and bool((mask == mask[:, :1]).all()):
            raise Failure(f"{what} drops whole rows: each entry should be dropped by itself.")
