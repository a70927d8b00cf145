"""Softmax and cross-entropy: docs/derivations/softmax.md and cross-entropy.md."""

from __future__ import annotations

import torch
from torch import Generator

from solutions.softmax import cross_entropy_loss, softmax
from tests.equations import gradient, jacobian, numbers
from tests.tex import Case

C = 4
ALL = range(1, C + 1)
J_BY_SCORES = r"\frac{\partial J}{\partial \theta}"


def definition(rng: Generator) -> Case:
    """Softmax, as it is defined and as it is computed: with the maximum m, and with a shift a."""
    x = numbers(rng, 1, C)
    p = softmax(x)
    a = numbers(rng)
    symbols = {"x": x, "m": x.max(), "a": a}
    left = r"\operatorname{softmax}(x)_i"
    return Case({left: lambda i: p[0, i["i"] - 1]}, symbols, {"j": ALL}, {"i": ALL})


def shift(rng: Generator) -> Case:
    """Softmax of shifted scores."""
    case = definition(rng)
    left = r"\operatorname{softmax}(x + a)_i"
    return Case({left: next(iter(case.values.values()))}, case.symbols, case.indices, case.free)


def entry(rng: Generator, other: bool) -> Case:
    """One entry of the Jacobian, on the diagonal or off it."""
    x = numbers(rng, 1, C).requires_grad_()
    e = torch.exp(x)
    yhat = e / e.sum()
    by = jacobian(yhat, x)
    symbols = {"x": x.detach(), "s": e.sum().detach(), r"\hat{y}": yhat.detach()}
    if not other:
        left = r"\frac{\partial \hat{y}_i}{\partial x_i}"
        return Case({left: lambda i: by[i["i"] - 1, i["i"] - 1]}, symbols, free={"i": ALL})

    left = r"\frac{\partial \hat{y}_i}{\partial x_j}"
    pairs = {"i": range(1, 3), "j": range(3, C + 1)}
    return Case({left: lambda i: by[i["i"] - 1, i["j"] - 1]}, symbols, free=pairs)


def whole(rng: Generator) -> Case:
    """The Jacobian."""
    x = numbers(rng, 1, C).requires_grad_()
    yhat = torch.softmax(x, dim=1)
    left = r"\frac{\partial \hat{y}}{\partial x}"
    return Case({left: jacobian(yhat, x)}, {r"\hat{y}": yhat.detach()})


def loss(rng: Generator, left: str, by: str = "") -> Case:
    """The loss of one example, whose label is a distribution, or its gradient."""
    theta = numbers(rng, 1, C).requires_grad_()
    y = torch.softmax(numbers(rng, 1, C), dim=1)
    yhat = torch.softmax(theta, dim=1)
    J = -(y * torch.log(yhat)).sum()
    values = {"": J, "theta": gradient(J, theta), "yhat": gradient(J, yhat)}
    symbols = {r"\theta": theta.detach(), "y": y, r"\hat{y}": yhat.detach()}
    return Case({left: values[by].detach()}, symbols, {"i": ALL, "j": ALL})


def cross_entropy(rng: Generator) -> Case:
    """The solution's loss of one example."""
    yhat = torch.softmax(numbers(rng, 1, C), dim=1)
    y = torch.tensor([[0, 0, 1, 0]])
    left = r"\text{CE}(y, \hat{y})"
    symbols = {"y": y.double(), r"\hat{y}": yhat}
    return Case({left: cross_entropy_loss(y, yhat)}, symbols, {"i": ALL})


EQUATIONS = {
    "eq-ce": cross_entropy,
    "eq-softmax-shift": shift,
    "eq-softmax-stable": definition,
}
STEPS = {
    "eq-ce-grad": lambda rng: loss(rng, J_BY_SCORES, "theta"),
    "eq-ce-grad-chain": lambda rng: loss(rng, J_BY_SCORES, "theta"),
    "eq-ce-grad-yhat": lambda rng: loss(rng, r"\frac{\partial J}{\partial \hat{y}}", "yhat"),
    "eq-ce-scores": lambda rng: loss(rng, "J"),
    "eq-softmax": definition,
    "eq-softmax-jacobian": whole,
    "eq-softmax-other": lambda rng: entry(rng, other=True),
    "eq-softmax-own": lambda rng: entry(rng, other=False),
}
