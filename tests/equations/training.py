"""Xavier, dropout and the optimisers: docs/derivations/xavier.md, dropout.md and optimizers.md.

Means and variances are exact here: over all equally probable outcomes of small random quantities.
"""

from __future__ import annotations

from itertools import product
from unittest.mock import patch

import torch
from torch import Generator, Tensor

from solutions.initialization import dropout, xavier_weight_init
from solutions.optimizers import adam_step, momentum_step
from tests.equations import gradient, numbers
from tests.tex import Case, Value

P_DROP = r"p_{\text{drop}}"


# --- 2e ------------------------------------------------------------------------------------------


def variance(rng: Generator, terms: str, left: str, factor: str) -> Case:
    """Of a sum of products, of values that are ±a with weights that are ±b."""
    a, b = numbers(rng), numbers(rng)
    count = 3
    signs = torch.tensor(list(product((-1.0, 1.0), repeat=2 * count)), dtype=torch.float64)
    outcomes = ((a * signs[:, :count]) * (b * signs[:, count:])).sum(dim=1)
    symbols: dict[str, Value] = {
        terms: float(count),
        rf"\operatorname{{Var}}({factor})": a**2,
        r"\operatorname{Var}(W_{ij})": b**2,
    }
    return Case({rf"\operatorname{{Var}}({left})": outcomes.var(correction=0)}, symbols)


def uniform(rng: Generator) -> Case:
    """The variance of the uniform distribution, as torch has it."""
    epsilon = numbers(rng).abs()
    value = torch.distributions.Uniform(-epsilon, epsilon).variance
    return Case({r"\operatorname{Var}(W_{ij})": value}, {r"\varepsilon": epsilon})


def epsilon(rng: Generator) -> Case:
    """The bound that the solution draws within."""
    m, n = (int(size) for size in torch.randint(2, 9, (2,), generator=rng))
    bounds: list[float] = []

    def draw(new: Tensor, low: float, high: float) -> Tensor:
        assert low == -high
        bounds.append(high)
        return new

    with patch.object(torch.Tensor, "uniform_", draw):
        xavier_weight_init((m, n))
    return Case({r"\varepsilon": bounds[0]}, {"m": float(m), "n": float(n)})


def xavier_variance(rng: Generator) -> Case:
    """The variance that belongs to the solution's bound."""
    case = epsilon(rng)
    (bound,) = case.values.values()
    assert isinstance(bound, float)
    high = torch.tensor(bound, dtype=torch.float64)
    value = torch.distributions.Uniform(-high, high).variance
    return Case({r"\operatorname{Var}(W_{ij})": value}, case.symbols)


# --- 2f ------------------------------------------------------------------------------------------


def dropped(rng: Generator) -> Case:
    """What the solution makes of h, and the mask that it must have drawn."""
    h, p = numbers(rng, 1, 50), 0.3
    result = dropout(h, p)
    d = (result != 0).double()
    symbols: dict[str, Value] = {r"\gamma": 1 / (1 - p), "d": d, "h": h}
    return Case({r"h_{\text{drop}}": result}, symbols)


def gamma(rng: Generator) -> Case:
    """The factor of what the solution keeps."""
    p = float(torch.rand((), generator=rng, dtype=torch.float64)) / 2
    kept = dropout(torch.ones(1, 100, dtype=torch.float64), p).max()
    return Case({r"\gamma": kept}, {P_DROP: p})


def moment(rng: Generator, left: str) -> Case:
    """The mean, or the variance, of one entry over its mask: kept with a probability of 3/4."""
    h = numbers(rng)
    factor = numbers(rng).abs() if left == "E" else torch.tensor(4 / 3, dtype=torch.float64)
    outcomes = factor * h * torch.tensor([0.0, 1.0, 1.0, 1.0], dtype=torch.float64)
    value = outcomes.mean() if left == "E" else outcomes.var(correction=0)
    symbols: dict[str, Value] = {r"\gamma": factor, P_DROP: 0.25, "h_i": h}
    return Case({rf"\operatorname{{{left}}}(\gamma d_i h_i)": value}, symbols)


def dropout_gradient(rng: Generator) -> Case:
    """Back through a mask."""
    h = numbers(rng, 1, 6).requires_grad_()
    d = (torch.rand(1, 6, generator=rng) < 0.7).double()
    factor = numbers(rng)
    h_drop = factor * d * h
    J = torch.sin(h_drop).sum() + h_drop.prod() + (h_drop**2).sum()
    above = r"\frac{\partial J}{\partial h_{\text{drop}}}"
    symbols = {r"\gamma": factor, "d": d, above: gradient(J, h_drop)}
    return Case({r"\frac{\partial J}{\partial h}": gradient(J, h)}, symbols)


# --- 2g ------------------------------------------------------------------------------------------


def update(rng: Generator, left: str, adam: bool = False) -> Case:
    """One update, as the solution does it; θ is updated with the new averages."""
    theta, g, m = (numbers(rng, 1, 4) for _ in range(3))
    v = numbers(rng, 1, 4) ** 2
    if adam:
        after = dict(
            zip((r"\theta", "m", "v"), adam_step(theta, g, m, v, 0.1, 0.9, 0.7), strict=True)
        )
    else:
        after = dict(zip((r"\theta", "m"), momentum_step(theta, g, m, 0.1, 0.9), strict=True))
    symbols: dict[str, Value] = {r"\theta": theta, "g": g, "m": m, "v": v}
    if left == r"\theta":
        symbols |= {name: value for name, value in after.items() if name != left}
    symbols |= {r"\alpha": 0.1, r"\beta_1": 0.9, r"\beta_2": 0.7}
    return Case({left: after[left]}, symbols)


def weights(rng: Generator) -> Case:
    """The average after some steps, from zero on."""
    gradients = numbers(rng, 6, 1, 4)
    m = torch.zeros(1, 4, dtype=torch.float64)
    for g in gradients:
        _, m = momentum_step(m, g, m, 0.1, 0.9)
    t = len(gradients)
    symbols: dict[str, Value] = {
        "g^{(t-k)}": lambda i: gradients[(t - i["k"] - 1) % t],
        "k": lambda i: torch.tensor(float(i["k"])),
        "t": float(t),
        r"\beta_1": 0.9,
    }
    return Case({"m^{(t)}": m}, symbols)


def average_variance(rng: Generator) -> Case:
    """The variance of the average: each weight, as autograd has it, squared."""
    steps, beta = 400, 0.9
    gradients = numbers(rng, steps).requires_grad_()
    m = torch.zeros((), dtype=torch.float64)
    for g in gradients:
        _, m = momentum_step(m, g, m, 0.1, beta)
    var = numbers(rng) ** 2
    value = (gradient(m, gradients) ** 2).sum() * var
    symbols: dict[str, Value] = {
        r"\infty": float(steps),
        "k": lambda i: torch.tensor(float(i["k"])),
        r"\beta_1": beta,
        r"\operatorname{Var}(g)": var,
    }
    return Case({r"\operatorname{Var}(m)": value}, symbols)


EQUATIONS = {
    "eq-dropout": dropped,
    "eq-dropout-gamma": gamma,
    "eq-opt-adam": lambda rng: update(rng, r"\theta", adam=True),
    "eq-opt-average": lambda rng: update(rng, "m"),
    "eq-opt-momentum": lambda rng: update(rng, r"\theta"),
    "eq-opt-squares": lambda rng: update(rng, "v", adam=True),
    "eq-xavier-epsilon": epsilon,
}
STEPS = {
    "eq-dropout-grad": dropout_gradient,
    "eq-dropout-mean": lambda rng: moment(rng, "E"),
    "eq-dropout-variance": lambda rng: moment(rng, "Var"),
    "eq-opt-variance": average_variance,
    "eq-opt-weights": weights,
    "eq-xavier-backward": lambda rng: variance(rng, "n", "g_i", r"\delta_j"),
    "eq-xavier-forward": lambda rng: variance(rng, "m", "z_j", "x_i"),
    "eq-xavier-uniform": uniform,
    "eq-xavier-variance": xavier_variance,
}
