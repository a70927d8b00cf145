"""What the captions and the text say of the figures of the network, asked of their numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from matplotlib.figure import Figure

from docs.figures import costs, rnn
from tests.bench.fast_output import SAMPLES


def test_gradients_vanish_or_grow() -> None:
    """For c = 1 below a millionth in ten steps, never above (1/4)ᵏ; slower for 4; grows for 8."""
    small, middle, large = (rnn.lengths(c) for c in rnn.SCALES)
    assert rnn.SCALES == (1, 4, 8)
    assert all(length <= 0.25**k for k, length in enumerate(small))
    assert small[10] < 1e-6
    steps = [math.log(b / a) for a, b in pairwise(small)]
    assert max(steps) - min(steps) < 0.6  # a straight line on a logarithmic scale
    assert 1e-3 < middle[-1] < 0.1
    assert all(b <= a for a, b in pairwise(middle))
    assert large[-1] > 1


def test_lengths_are_drawn() -> None:
    """Each line is of the factor in its label; the dotted one is the bound for c = 1."""
    (axes,) = rnn.vanishing().axes
    drawn = {line.get_label(): list(map(float, line.get_ydata())) for line in axes.lines}  # type: ignore[arg-type]
    bound = drawn.pop("(1/4)ᵏ")
    assert drawn == {f"c = {c}": rnn.lengths(c) for c in rnn.SCALES}
    assert bound == [0.25**k for k in range(rnn.BACK + 1)]


def test_unrolled_network_has_all_of_three_steps() -> None:
    """Each state, embedding and word, and each gradient; as many arrows as there are ways."""
    svg = rnn.unrolled()
    words = re.findall(r">([^<>]+)</text>", svg)
    for step in rnn.STEPS:
        assert {part + step for part in "xeh"} <= set(words)
    assert {"δ₁", "δ⁽ᵗ⁾", "δ⁽ᵗ⁻¹⁾", "δ⁽ᵗ⁻²⁾", "θ⁽ᵗ⁾", "J⁽ᵗ⁾", "h⁽ᵗ⁻³⁾"} <= set(words)
    assert [words.count(name) for name in "HILU"] == [3, 3, 3, 1]
    assert svg.count("url(#tip)") == 3 + 3 + 3 + 2
    assert svg.count("url(#tip-back)") == 2 + 2 + 3


@pytest.mark.parametrize("Dh", costs.SIZES)
def test_counts_of_a_step_lie_on_the_formulas(Dh: int) -> None:
    """To the last operation."""
    assert costs.step_counts(Dh) == costs.by_size_formulas(Dh)


@pytest.mark.parametrize("tau", costs.TAUS)
def test_counts_through_time_lie_on_the_formulas(tau: int) -> None:
    """One loss, each of several, and all in one pass."""
    assert costs.backward_counts(tau) == costs.by_tau_formulas(tau)


@pytest.mark.parametrize(
    ("figure", "sizes", "formulas", "unit"),
    [
        (costs.by_size, costs.SIZES, costs.by_size_formulas, 1),
        (costs.by_tau, costs.TAUS, costs.by_tau_formulas, 1e6),
    ],
)
def test_dots_are_drawn_on_the_lines(
    figure: Callable[[], Figure],
    sizes: tuple[int, ...],
    formulas: Callable[[int], tuple[int, ...]],
    unit: float,
) -> None:
    """A line with a label, then its dots: both are what the formulas say."""
    (axes,) = figure().axes
    names = [line.get_label() for line in axes.lines[::2]]
    in_one = {costs.by_size: ["forward", "backward"]}
    assert names == in_one.get(figure, ["one loss", "τ losses", "τ losses, one pass"])
    for i, (line, dots) in enumerate(zip(axes.lines[::2], axes.lines[1::2], strict=True)):
        for drawn in (line, dots):
            assert tuple(drawn.get_xdata()) == sizes  # type: ignore[arg-type]
            assert list(drawn.get_ydata()) == [formulas(n)[i] / unit for n in sizes]  # type: ignore[arg-type]
        assert dots.get_linestyle() == "None"


def test_slopes_of_the_counts() -> None:
    """From 1 to 2 as D_h passes |V|."""
    counts = [costs.by_size_formulas(Dh)[0] for Dh in costs.SIZES]
    slopes = [math.log2(b / a) for a, b in pairwise(counts)]
    assert slopes == sorted(slopes)
    assert slopes[0] == pytest.approx(1, abs=0.1)
    assert slopes[-1] > 1.6


def test_sampled_softmax_is_as_good_as_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the gradient falls as 1/√K, about; the loss is too low, by less."""
    found = costs.sampled_errors()
    errors = [error for _, _, error in found]
    assert errors == sorted(errors, reverse=True)
    slope = math.log(errors[-1] / errors[0]) / math.log(SAMPLES[-1] / SAMPLES[0])
    assert slope == pytest.approx(-0.5, abs=0.1)
    low = [-bias for bias, _, _ in found]
    assert all(bias > 0 for bias in low)
    assert low[-1] / low[0] < errors[-1] / errors[0]
    monkeypatch.setattr(costs, "sampled_errors", lambda: found)
    (axes,) = costs.sampled().axes
    drawn = {line.get_label(): list(map(float, line.get_ydata())) for line in axes.lines}  # type: ignore[arg-type]
    assert drawn["error of the gradient"] == errors
    assert drawn["loss too low by"] == low
    root = drawn["as 1/√K"]
    assert [r / root[0] for r in root] == pytest.approx([(5 / K) ** 0.5 for K in SAMPLES])
    assert all(tuple(line.get_xdata()) == SAMPLES for line in axes.lines)  # type: ignore[arg-type]
