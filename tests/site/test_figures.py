"""What a caption claims is so in the picture: it is read from the lines that are drawn."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.axes import Axes
from numpy.typing import NDArray

from docs.building.drawing import draw
from docs.figures import autodiff, classifier, cross_entropy, initialization, optimizers, softmax
from docs.figures.style import BLUE, ORANGE

Line = tuple[NDArray[np.float64], NDArray[np.float64]]


def lines(axes: Axes) -> dict[str, Line]:
    """The lines with a label, by it."""
    return {
        str(line.get_label()): (np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata()))
        for line in axes.lines
        if not str(line.get_label()).startswith("_")
    }


def test_largest_score_takes_all() -> None:
    """All are one third at first; then ŷ₁ grows and the others fall."""
    (axes,) = softmax.temperature().axes
    first, second, third = (lines(axes)[label][1] for label in ("ŷ₁", "ŷ₂", "ŷ₃"))
    assert [first[0], second[0], third[0]] == pytest.approx([1 / 3] * 3)
    assert (np.diff(first) > 0).all()
    assert first[-1] > 0.9 > 0.1 > second[-1] > third[-1]


def test_softmax_as_written_is_lost() -> None:
    """With the maximum subtracted 0.73 everywhere; without, not above 87.7, nor below −104."""
    (axes,) = softmax.shift().axes
    c, stable = lines(axes)["maximum subtracted"]
    _, plain = lines(axes)["as written"]
    assert stable == pytest.approx(1 / (1 + math.exp(-1)), abs=1e-5)
    assert not (np.abs(plain[c > 87.73] - stable[0]) < 0.1).any()
    assert np.isnan(plain[c < -105]).all()
    assert np.abs(plain[(c < -100) & ~np.isnan(plain)] - stable[0]).max() > 0.1
    assert plain[np.abs(c) < 80] == pytest.approx(stable[0], abs=1e-5)


def test_slope_of_cross_entropy_does_not_vanish() -> None:
    """−1 where the prediction is wrong and 0 where it is right; of the square 0 at both ends."""
    above, below = cross_entropy.loss().axes
    _, loss = lines(above)["cross-entropy"]
    _, slope = lines(below)["cross-entropy"]
    _, square = lines(below)["squared error"]
    assert loss[0] == pytest.approx(6, abs=0.01)
    assert loss[-1] == pytest.approx(0, abs=0.01)
    assert (np.diff(loss) < 0).all()
    assert (slope[0], slope[-1]) == pytest.approx((-1, 0), abs=0.01)
    assert (square[0], square[-1]) == pytest.approx((0, 0), abs=0.01)
    assert square.min() < -0.25


def test_blocks_have_the_shapes() -> None:
    """The blocks are to scale: d × c is d × n times n × c."""
    svg = BeautifulSoup(classifier.shapes(), "html.parser")
    sizes = [(float(str(r["height"])), float(str(r["width"]))) for r in svg.select("rect")]
    (d, c), (d_too, n), (n_too, c_too) = sizes
    assert (d, c, n) == (d_too, c_too, n_too)
    assert d / 5 == c / 2 == n / 3


def test_graph_shows_gradients_of_differences() -> None:
    """Beside each box stand its value, and the slope of J by it as differences have it."""
    svg = BeautifulSoup(autodiff.graph(), "html.parser")
    blue = [t.text for t in svg.select("text") if t["fill"] == BLUE]
    orange = [t.text for t in svg.select("text") if t["fill"] == ORANGE]

    def j(x: float = 2.0, w: float = 0.5, b: float = -2.0, u: float = 0.0, s: float = 0.0) -> float:
        return math.log(1 + math.exp(-(w * x + u + b + s))) + w**2

    shown = dict(zip(autodiff.BOXES, zip(blue, orange, strict=True), strict=True))
    number = {k: tuple(float(t.replace("−", "-")) for t in v) for k, v in shown.items()}
    given = {"x": 2.0, "w": 0.5, "b": -2.0, "u": 0.0, "s": 0.0}
    for name, at in given.items():
        slope = (j(**{name: at + 1e-5}) - j(**{name: at - 1e-5})) / 2e-5
        assert number[name][1] == pytest.approx(slope, abs=6e-4), name
    assert number["J"] == pytest.approx((j(), 1), abs=5e-3)
    assert [number[name][0] for name in "xwbus"] == [2, 0.5, -2, 1, -1]


def test_synthetic_problem_is_fitted() -> None:
    """From about 60 the loss falls, and passes below 0.5."""
    (axes,) = autodiff.fit().axes
    epochs, losses = lines(axes)["loss"]
    assert list(epochs) == list(range(1, 51))
    assert losses[0] == pytest.approx(60, abs=5)
    assert (np.diff(losses) < 0).all()
    assert losses[-1] < 0.5 < losses[10]


def test_spread_with_depth() -> None:
    """With ε the spread stays; with twice and half of it it grows and vanishes by a thousand."""
    activations, gradients = initialization.depth().axes
    for axes, first, last in ((activations, 0, -1), (gradients, -1, 0)):
        for label, factor in (("2ε", 1024), ("ε", 1), ("ε/2", 1 / 1024)):
            _, spread = lines(axes)[label]
            assert len(spread) == 11
            assert spread[first] == pytest.approx(1, rel=0.05)
            assert spread[last] == pytest.approx(factor, rel=0.3)


def test_means_with_and_without_gamma() -> None:
    """One settles at h, the other at half of it."""
    (axes,) = initialization.mean().axes
    assert lines(axes)["γ d ∘ h"][1][-500:] == pytest.approx(1, abs=0.06)
    assert lines(axes)["d ∘ h"][1][-500:] == pytest.approx(0.5, abs=0.03)


def turns(values: NDArray[np.float64]) -> int:
    """How often the direction changes."""
    return sum(one * other < 0 for one, other in pairwise(np.diff(values)))


def test_momentum_turns_less() -> None:
    """Less than half as many turns across the valley, and it gets there."""
    above, below = optimizers.momentum().axes
    x_plain, y_plain = lines(above)["gradient descent"]
    x, y = lines(below)["momentum"]
    assert len(y_plain) == len(y) == 61
    assert (x_plain[0], y_plain[0]) == (x[0], y[0])
    assert turns(y_plain) > 30
    assert turns(y) < turns(y_plain) / 2
    assert np.abs(np.diff(y)).sum() < np.abs(np.diff(y_plain)).sum() / 3
    assert np.std(y[30:]) < np.std(y_plain[30:]) / 2
    assert abs(x[-1]) < 2


def test_adaptive_rates_move_both_parameters() -> None:
    """Plain descent comes less than half of the way, adaptive rates to near the minimum."""
    above, below = optimizers.adaptive().axes
    x_plain, y_plain = lines(above)["gradient descent"]
    x, y = lines(below)["adaptive rates"]
    assert len(x_plain) == len(x) == 41
    assert abs(x_plain[-1]) > abs(x_plain[0]) / 2
    assert abs(y_plain[20]) < 1e-3
    assert math.hypot(x[-1], y[-1]) < 1
    # The first steps along both are of one size.
    assert abs(x[1] - x[0]) == pytest.approx(abs(y[1] - y[0]))


def test_rolling_average_is_steadier() -> None:
    """The line stays near 1 where the dots do not; it starts near 0."""
    (axes,) = optimizers.average().axes
    _, g = lines(axes)["g"]
    _, m = lines(axes)["m"]
    assert -3 < g.min() < -1.5 < 3 < g.max() < 5
    assert abs(m[0]) < 0.3
    assert np.abs(m[20:] - 1).max() < 0.7
    assert m[20:].std() < g.std() / 3


@pytest.mark.parametrize(
    "target",
    [
        "softmax:temperature", "softmax:shift", "cross_entropy:loss", "classifier:shapes",
        "autodiff:graph", "autodiff:fit", "initialization:depth", "initialization:mean",
        "optimizers:momentum", "optimizers:adaptive", "optimizers:average",
    ],
)  # fmt: skip
def test_drawing_is_the_same_each_time(target: str) -> None:
    """A build changes no picture, and nothing in it is white or black for good."""
    svg, _ = draw(f"docs.figures.{target}")
    assert svg == draw(f"docs.figures.{target}")[0]
    assert not re.search(r"#000000|#ffffff|\b(black|white)\b", svg)
