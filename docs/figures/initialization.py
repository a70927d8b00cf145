"""Drawings of the pages on Xavier initialisation and on dropout."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure

from docs.figures.style import BLUE, GREY, ORANGE, PURPLE
from solutions.initialization import dropout, xavier_weight_init

SCALES = (("2ε", 2.0, PURPLE, "--"), ("ε", 1.0, BLUE, "-"), ("ε/2", 0.5, ORANGE, ":"))
WIDTH, LAYERS, EXAMPLES = 100, 10, 256


def spreads(scale: float) -> tuple[list[float], list[float]]:
    """The spread of the activations and of the gradients, input to output, in a linear network."""
    weights = [scale * xavier_weight_init((WIDTH, WIDTH)) for _ in range(LAYERS)]
    h = [torch.randn(EXAMPLES, WIDTH)]
    for w in weights:
        h.append(h[-1] @ w)
    g = [torch.randn(EXAMPLES, WIDTH)]
    for w in reversed(weights):
        g.insert(0, g[0] @ w.T)
    return [v.std().item() for v in h], [v.std().item() for v in g]


def depth() -> Figure:
    """Spread by layer, on the way up and on the way down."""
    figure = Figure(figsize=(5, 5.4))
    above, below = figure.subplots(2, sharex=True)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for label, scale, colour, dashes in SCALES:
            for axes, values in zip((above, below), spreads(scale), strict=True):
                axes.semilogy(values, color=colour, linestyle=dashes, label=label)
    above.set_ylabel("spread of activations")
    below.set_ylabel("spread of gradients")
    below.set_xlabel("layer")
    above.legend()
    return figure


def mean() -> Figure:
    """The mean of one unit over more and more masks, with γ and without."""
    h, p, masks = 1.0, 0.5, 2000
    with torch.random.fork_rng():
        torch.manual_seed(0)
        dropped = dropout(torch.full((masks,), h), p)
    count = torch.arange(1, masks + 1)
    average = dropped.cumsum(0) / count
    figure = Figure(figsize=(5, 3))
    axes = figure.subplots()
    axes.axhline(h, color=GREY, linewidth=0.8)
    axes.semilogx(count, average, color=BLUE, label="γ d ∘ h")
    axes.semilogx(count, (1 - p) * average, color=ORANGE, linestyle="--", label="d ∘ h")
    axes.set_ylim(0, 2.1)
    axes.set_xlabel("number of masks")
    axes.set_ylabel("mean")
    axes.legend()
    return figure
