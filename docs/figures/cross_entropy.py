"""Drawings of the page on cross-entropy."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure

from docs.figures.style import BLUE, GREY, ORANGE
from solutions.softmax import cross_entropy_loss, softmax


def loss() -> Figure:
    """The loss of one example of two classes, and its derivative by the right one's score."""
    s = torch.linspace(-6, 6, 121, dtype=torch.float64, requires_grad=True)
    yhat = softmax(torch.stack([s, torch.zeros_like(s)], dim=1))
    y = torch.tensor([[1, 0]])
    losses = torch.stack([cross_entropy_loss(y, row[None]) for row in yhat])
    (slope,) = torch.autograd.grad(losses.sum(), s, retain_graph=True)
    (square,) = torch.autograd.grad(0.5 * ((yhat - y) ** 2).sum(), s)
    figure = Figure(figsize=(5, 4.6))
    above, below = figure.subplots(2, sharex=True)
    margin = s.detach()
    above.plot(margin, losses.detach(), color=BLUE, label="cross-entropy")
    above.set_ylabel("loss")
    below.plot(margin, slope, color=BLUE, label="cross-entropy")
    below.plot(margin, square, color=ORANGE, linestyle="--", label="squared error")
    below.axhline(0, color=GREY, linewidth=0.8)
    below.set_ylabel("slope")
    below.set_xlabel("score of the right class minus that of the other")
    below.legend()
    return figure
