"""Drawings of the pages on what a step costs and on sampled softmax: counted and measured."""

from __future__ import annotations

from collections.abc import Callable

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from data.text import sentences
from docs.figures.style import BLUE, GREEN, GREY, ORANGE
from solutions.language_model import Settings, Text, initial_params, train, window_gradients
from solutions.rnn import bptt, forward_step, hidden_state, operation_counts, step_gradients
from tests.bench.fast_output import SAMPLES, errors

SIZE = (4.8, 3.0)  # inches: words are large enough on a phone
D, V, DH = 50, 1000, 100
SMALL_V = 200
"""Where D_h grows: so small that D_h exceeds it."""
SIZES = (8, 16, 32, 64, 128, 256, 512, 1024)
TAUS = (1, 2, 4, 6, 8, 10, 12)


def counted(run: Callable[[], object]) -> int:
    """The multiply–adds of all matrix products, as torch's counter sees them."""
    with FlopCounterMode(display=False) as counter:
        run()
    return int(counter.get_total_flops()) // 2


def params(Dh: int, V: int) -> dict[str, Tensor]:
    """Parameters of the given size; counts do not depend on their values."""
    return initial_params(Settings(d=D, Dh=Dh), V)


def step_counts(Dh: int) -> tuple[int, int]:
    """One step of the solution, forward and back."""
    p, h = params(Dh, SMALL_V), torch.zeros(1, Dh, dtype=torch.float64)
    x = y = torch.tensor([1])  # a batch of one: the counter knows matrix products only
    forward = counted(lambda: forward_step(p, h, x))
    return forward, counted(lambda: step_gradients(p, h, x, y)) - forward


def by_size_formulas(Dh: int) -> tuple[int, int]:
    """The same two by the formulas."""
    counts = operation_counts(D, Dh, SMALL_V, 1)
    return counts["forward"], counts["backward"]


def backward_counts(tau: int) -> tuple[int, int, int]:
    """Back through τ steps: one loss, τ losses each on its own, and τ losses in one pass."""
    p, h0 = params(DH, V), torch.zeros(1, DH, dtype=torch.float64)
    xs, y = torch.ones(2 * tau, 1).long(), torch.tensor([2])

    def states() -> None:
        h = h0
        for x in xs[: tau - 1]:
            h = hidden_state(p, h, x)
        forward_step(p, h, xs[0])

    forward = counted(states)
    one = counted(lambda: bptt(p, h0, xs[:tau], y, tau)) - forward
    each = sum(
        counted(lambda t=t: bptt(p, h0, xs[t : t + tau], y, tau)) - forward  # type: ignore[misc]
        for t in range(tau)
    )
    steps = tau * counted(lambda: forward_step(p, h0, xs[0]))
    together = counted(lambda: window_gradients(p, h0, xs[:tau], xs[:tau])) - steps
    return one, each, together


def by_tau_formulas(tau: int) -> tuple[int, int, int]:
    """The same three by the formulas."""
    counts = operation_counts(D, DH, V, tau)
    return counts["tau_steps"], tau * counts["tau_steps"], tau * counts["backward"]


def by_size() -> Figure:
    """One step, forward and back."""
    figure = Figure(figsize=SIZE)
    axes = figure.subplots()
    found = [step_counts(Dh) for Dh in SIZES]
    formulas = [by_size_formulas(Dh) for Dh in SIZES]
    for i, (name, colour) in enumerate((("forward", BLUE), ("backward", ORANGE))):
        _counts(axes, SIZES, [f[i] for f in formulas], [c[i] for c in found], name, colour)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel("size of the hidden state, Dₕ")
    axes.set_ylabel("multiply–adds")
    axes.legend()
    return figure


def by_tau() -> Figure:
    """Back through τ steps."""
    figure = Figure(figsize=SIZE)
    axes = figure.subplots()
    found = [backward_counts(tau) for tau in TAUS]
    formulas = [by_tau_formulas(tau) for tau in TAUS]
    names = ("one loss", "τ losses", "τ losses, one pass")
    for i, (name, colour) in enumerate(zip(names, (BLUE, ORANGE, GREEN), strict=True)):
        lines, dots = ([c[i] / 1e6 for c in counts] for counts in (formulas, found))
        _counts(axes, TAUS, lines, dots, name, colour)
    axes.set_xlabel("steps, τ")
    axes.set_ylabel("multiply–adds, millions")
    axes.set_ylim(bottom=0)
    axes.legend()
    return figure


def _counts(
    axes: Axes, x: tuple[int, ...], lines: list[float], dots: list[float], name: str, colour: str
) -> None:
    axes.plot(x, lines, color=colour, label=name)
    axes.plot(x, dots, "o", color=colour, markersize=4)


# --- sampled softmax -----------------------------------------------------------------------------


def sampled_errors() -> list[tuple[float, float, float]]:
    """For each size of sample: bias and spread of the loss, relative error of the gradient by h."""
    settings = Settings(epochs=3)
    text = Text([word for sentence in sentences() for word in sentence], settings.streams)
    trained = initial_params(settings, len(text.vocabulary))
    for _ in train(text, trained, settings):
        pass
    return [errors(K, trained, text) for K in SAMPLES]


def sampled() -> Figure:
    """How good the estimate is, by the size of the sample."""
    found = sampled_errors()
    figure = Figure(figsize=SIZE)
    axes = figure.subplots()
    axes.loglog(SAMPLES, [e[2] for e in found], "o-", color=BLUE, label="error of the gradient")
    axes.loglog(SAMPLES, [-e[0] for e in found], "s-", color=ORANGE, label="loss too low by")
    root = [found[0][2] * (SAMPLES[0] / K) ** 0.5 for K in SAMPLES]
    axes.loglog(SAMPLES, root, ":", color=GREY, label="as 1/√K")
    axes.set_xticks(SAMPLES, [str(K) for K in SAMPLES])
    axes.set_yticks((0.02, 0.05, 0.1, 0.2, 0.5), ("0.02", "0.05", "0.1", "0.2", "0.5"))
    axes.minorticks_off()
    axes.set_xlabel("words drawn, K")
    axes.legend()
    return figure
