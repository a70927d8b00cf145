"""Drawings of the page on softmax."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure

from docs.figures.style import BLUE, GREEN, ORANGE
from solutions.softmax import softmax


def temperature() -> Figure:
    """How the probabilities of three scores move as the scores are scaled."""
    scale = torch.linspace(0, 6, 61)
    p = softmax(scale[:, None] * torch.tensor([[1.0, 0.5, 0.0]]))
    figure = Figure(figsize=(5, 3))
    axes = figure.subplots()
    for column, colour, label in ((0, BLUE, "ŷ₁"), (1, ORANGE, "ŷ₂"), (2, GREEN, "ŷ₃")):
        axes.plot(scale, p[:, column], color=colour, label=label)
    axes.set_xlabel("scale of the scores")
    axes.set_ylabel("probability")
    axes.legend()
    return figure


def shift() -> Figure:
    """ŷ₁ for the scores c + 1 and c, with the maximum subtracted and without."""
    c = torch.linspace(-130, 130, 2081)
    scores = torch.stack([c + 1, c], dim=1)
    e = torch.exp(scores)
    plain = e / e.sum(dim=1, keepdim=True)
    figure = Figure(figsize=(5, 3))
    axes = figure.subplots()
    axes.plot(c, softmax(scores)[:, 0], color=BLUE, label="maximum subtracted")
    axes.plot(c, plain[:, 0], color=ORANGE, label="as written", linewidth=3, linestyle=":")
    axes.set_xlim(-130, 130)
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("c, for the scores c + 1 and c")
    axes.set_ylabel("ŷ₁")
    axes.legend(loc="lower center")
    return figure
