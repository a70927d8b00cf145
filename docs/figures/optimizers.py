"""Drawings of the page on momentum and adaptive rates.

The loss is a bowl, J = (a₁θ₁² + a₂θ₂²) / 2, much steeper along θ₂ than along θ₁.
"""

from __future__ import annotations

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from docs.figures.style import BLUE, GREY, ORANGE
from solutions.optimizers import adam_step, momentum_step

START = torch.tensor([-9.0, 1.2], dtype=torch.float64)
Path = list[Tensor]


def momentum_path(
    a: Tensor, lr: float, beta1: float, steps: int, noise: float = 0.0
) -> Path:  # with β₁ = 0 that is gradient descent
    """Where momentum leads; each gradient is disturbed as that of a small batch would be."""
    generator = torch.Generator().manual_seed(3)
    theta, m = START, torch.zeros_like(START)
    path = [theta]
    for _ in range(steps):
        error = noise * torch.randn(2, dtype=torch.float64, generator=generator)
        theta, m = momentum_step(theta, a * theta + error, m, lr, beta1)
        path.append(theta)
    return path


def adam_path(a: Tensor, lr: float, beta1: float, beta2: float, steps: int) -> Path:
    """Where Adam leads; v starts as the square of the first gradient."""
    theta, m, v = START, torch.zeros_like(START), (a * START) ** 2
    path = [theta]
    for _ in range(steps):
        theta, m, v = adam_step(theta, a * theta, m, v, lr, beta1, beta2)
        path.append(theta)
    return path


def _bowl(axes: Axes, a: Tensor) -> None:
    """Lines of equal loss."""
    x, y = torch.meshgrid(torch.linspace(-10, 4, 141), torch.linspace(-2, 2, 81), indexing="xy")
    loss = (a[0] * x**2 + a[1] * y**2) / 2
    levels = [value * float(a[1]) for value in (0.01, 0.1, 0.4, 1.0, 2.0)]
    axes.contour(x, y, loss, levels=levels, colors=GREY, linewidths=0.6, alpha=0.7)
    axes.plot([0], [0], marker="+", color="black", markersize=9, linestyle="none")
    axes.set_xlim(-10, 4)
    axes.set_ylim(-2, 2)
    axes.set_ylabel("θ₂")


def _trace(axes: Axes, path: Path, colour: str, label: str) -> None:
    points = torch.stack(path)
    axes.plot(
        points[:, 0], points[:, 1], color=colour, label=label,
        marker=".", markersize=4, linewidth=1.2,
    )  # fmt: skip
    axes.legend(loc="upper right")


def momentum() -> Figure:
    """Noisy gradients on a bowl 20 times as steep along θ₂: without momentum, and with it."""
    a = torch.tensor([1.0, 20.0], dtype=torch.float64)
    figure = Figure(figsize=(5, 4.6))
    above, below = figure.subplots(2, sharex=True)
    for axes, beta1, colour, label in (
        (above, 0.0, ORANGE, "gradient descent"),
        (below, 0.8, BLUE, "momentum"),
    ):
        _bowl(axes, a)
        _trace(axes, momentum_path(a, lr=0.09, beta1=beta1, steps=60, noise=4.0), colour, label)
    below.set_xlabel("θ₁")
    return figure


def adaptive() -> Figure:
    """A bowl 100 times as steep along θ₂: one rate for both parameters, and adaptive rates."""
    a = torch.tensor([1.0, 100.0], dtype=torch.float64)
    figure = Figure(figsize=(5, 4.6))
    above, below = figure.subplots(2, sharex=True)
    _bowl(above, a)
    _trace(above, momentum_path(a, lr=0.015, beta1=0.0, steps=40), ORANGE, "gradient descent")
    _bowl(below, a)
    _trace(below, adam_path(a, lr=0.3, beta1=0.5, beta2=0.9, steps=40), BLUE, "adaptive rates")
    below.set_xlabel("θ₁")
    return figure


def average() -> Figure:
    """Gradients of mean 1 with noise, and their rolling average."""
    noise = torch.randn(150, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    gradients = 1 + noise
    theta, m = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    averages = []
    for g in gradients:
        theta, m = momentum_step(theta, g, m, lr=0.1, beta1=0.9)
        averages.append(m.item())
    figure = Figure(figsize=(5, 3))
    axes = figure.subplots()
    axes.plot(gradients, color=ORANGE, linestyle="none", marker=".", markersize=4, label="g")
    axes.plot(averages, color=BLUE, linewidth=2, label="m")
    axes.axhline(1, color=GREY, linewidth=0.8)
    axes.set_xlabel("step")
    axes.legend(loc="lower right", markerscale=2)
    return figure
