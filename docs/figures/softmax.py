"""Drawings of the page on softmax."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure

from docs.figures.style import BLUE, ORANGE
from solutions.softmax import softmax


def temperature() -> Figure:
    """How the probabilities of three scores move as the scores are scaled."""
    scale = torch.linspace(0, 6, 61)
    p = softmax(scale[:, None] * torch.tensor([[1.0, 0.5, 0.0]]))
    figure = Figure()
    axes = figure.subplots()
    for column, colour in ((0, BLUE), (1, ORANGE)):
        axes.plot(scale, p[:, column], color=colour, label=f"ŷ{column + 1}")
    axes.set_xlabel("scale of the scores")
    axes.set_ylabel("probability")
    axes.legend()
    return figure
