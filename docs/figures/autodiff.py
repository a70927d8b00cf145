"""Drawings of the page on automatic differentiation."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure
from torch import Tensor

from docs.figures.style import BLUE, ORANGE
from docs.figures.svg import line, picture, rectangle, text
from solutions.classifier import Config, SoftmaxModel

# name: what is written in its box, and where its middle is
BOXES = {
    "x": ("x", 45, 45),
    "w": ("w", 45, 145),
    "b": ("b", 150, 145),
    "u": ("u = wx", 150, 45),
    "s": ("s = u + b", 265, 45),
    "q": ("q = σ(s)", 380, 45),
    "l": ("l = −log q", 495, 45),
    "r": ("r = w²", 265, 245),
    "J": ("J = l + r", 495, 245),
}
EDGES = (
    ("x", "u"), ("w", "u"), ("u", "s"), ("b", "s"), ("s", "q"), ("q", "l"), ("l", "J"),
    ("w", "r"), ("r", "J"),
)  # fmt: skip
WIDTH, HEIGHT = 84, 26


def values() -> dict[str, Tensor]:
    """The values of the graph, each with its gradient: as autograd has them."""
    v = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in (("x", 2.0), ("w", 0.5), ("b", -2.0))
    }
    v["u"] = v["w"] * v["x"]
    v["s"] = v["u"] + v["b"]
    v["q"] = torch.sigmoid(v["s"])
    v["l"] = -torch.log(v["q"])
    v["r"] = v["w"] ** 2
    v["J"] = v["l"] + v["r"]
    for value in v.values():
        value.retain_grad()
    v["J"].backward()
    return v


def number(value: Tensor | None) -> str:
    """Three digits, with a minus sign that is one."""
    assert value is not None
    return f"{value.item():.3g}".replace("-", "−")


def graph() -> str:
    """The graph of J = −log σ(wx + b) + w²: values above the boxes, gradients below them."""
    parts = []
    for start, end in EDGES:
        (_, x1, y1), (_, x2, y2) = BOXES[start], BOXES[end]
        # From one box's border to the other's, past the numbers below and above.
        if y1 == y2:
            parts.append(line(x1 + WIDTH / 2, y1, x2 - WIDTH / 2 - 1, y2))
        elif x1 == x2:
            below = y2 > y1
            parts.append(line(x1, y1 + (34 if below else -34), x2, y2 + (-34 if below else 34)))
        elif y2 > y1:
            parts.append(line(x1, y1 + 34, x2 - WIDTH / 2 - 1, y2))
        else:
            parts.append(line(x1 + WIDTH / 2, y1, x2 - 20, y2 + 34))
    for name, value in values().items():
        label, x, y = BOXES[name]
        parts += [
            rectangle(x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT, "black"),
            text(x, y + 5, label),
            text(x, y - HEIGHT / 2 - 6, number(value), fill=BLUE, font_weight="bold"),
            text(x, y + HEIGHT / 2 + 16, number(value.grad), fill=ORANGE, font_weight="bold"),
        ]
    return picture(542, 290, parts)


def synthetic() -> tuple[Tensor, Tensor]:
    """The problem of 1e: uniform samples, all of class 0."""
    config = Config()
    inputs = torch.rand(
        config.n_samples, config.n_features, generator=torch.Generator().manual_seed(0)
    )
    labels = torch.zeros(config.n_samples, config.n_classes, dtype=torch.int32)
    labels[:, 0] = 1
    return inputs, labels


def fit() -> Figure:
    """The loss of each epoch on the synthetic problem."""
    with torch.random.fork_rng():
        torch.manual_seed(0)  # batches are shuffled
        losses = SoftmaxModel(Config()).fit(*synthetic())
    figure = Figure(figsize=(5, 3))
    axes = figure.subplots()
    axes.semilogy(range(1, len(losses) + 1), losses, color=BLUE, label="loss")
    axes.axhline(0.5, color=ORANGE, linestyle="--", linewidth=1, label="asked for")
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean loss of a batch")
    axes.legend()
    return figure
