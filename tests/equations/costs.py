"""What a step costs, and sampled softmax."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from solutions import rnn
from solutions.fast_output import SampledLoss, sampled_loss
from solutions.language_model import Settings, initial_params
from tests.equations import Maker, gradient, numbers
from tests.tex import Case, Value

# --- costs ---------------------------------------------------------------------------------------


def sizes(rng: torch.Generator) -> dict[str, int]:
    """Sizes of a network, and a number of steps."""
    return {
        name: int(torch.randint(2, 30, (), generator=rng)) for name in ("d", "D_h", "|V|", r"\tau")
    }


def count(left: str, name: str) -> Maker:
    """A count beside the solution's, which is torch's (tests/test_rnn.py)."""

    def make(rng: torch.Generator) -> Case:
        known = sizes(rng)
        counts = rnn.operation_counts(*known.values())
        return Case({left: float(counts[name])}, {key: float(n) for key, n in known.items()})

    return make


def losses(rng: torch.Generator) -> Case:
    """Each loss on its own through τ steps, counted while the solution does it."""
    known = sizes(rng)
    d, Dh, size, tau = known.values()
    params = initial_params(Settings(d=d, Dh=Dh), size)
    h, xs = torch.zeros(1, Dh, dtype=torch.float64), torch.zeros(tau, 1).long()
    with FlopCounterMode(display=False) as counter:
        for _ in range(tau):
            rnn.bptt(params, h, xs, torch.tensor([0]), tau)
    forward = tau * (tau * (Dh * Dh + d * Dh) + size * Dh)
    value = float(int(counter.get_total_flops()) // 2 - forward)
    return Case({r"C_{\tau \text{ losses}}": value}, {key: float(n) for key, n in known.items()})


# --- sampled softmax -----------------------------------------------------------------------------

DH, SIZE, Y = 3, 9, 4
SAMPLE = (0, 7, 2, 7, 5)  # one comes twice; the right word is not in it
K = len(SAMPLE)


@dataclass(frozen=True)
class Sampled:
    """The estimate by torch alone, of importance-weighted terms, and by the solution."""

    h: Tensor
    U: Tensor
    b2: Tensor
    theta: Tensor
    corrected: Tensor
    q: Tensor
    J: Tensor
    """Of the corrected scores, the first of which is θ₀ itself."""
    found: SampledLoss


def estimate(rng: torch.Generator) -> Sampled:
    """One step."""
    h, whole, b = numbers(rng, 1, DH), numbers(rng, DH, SIZE), numbers(rng, SIZE)
    q = torch.softmax(numbers(rng, SIZE), 0)
    sample = torch.tensor(SAMPLE)
    words = torch.cat([torch.tensor([Y]), sample])
    h.requires_grad_()
    U, b2 = whole[:, words].requires_grad_(), b[words][None].requires_grad_()
    theta = torch.addmm(b2, h, U)
    weight = torch.cat([torch.ones(1), 1 / (K * q[sample])])[None]
    corrected = (theta.exp() * weight).log()
    J = torch.logsumexp(corrected, 1) - corrected[:, 0]
    found = sampled_loss({"U": whole, "b2": b}, h.detach()[0], Y, q, sample)
    return Sampled(h, U, b2, theta, corrected, q[sample], J, found)


def known(s: Sampled) -> dict[str, Value]:
    """The symbols of the page; words count from 0."""
    theta, corrected = s.theta.detach()[0], s.corrected.detach()[0]
    yhat = torch.softmax(corrected, 0)
    u = torch.zeros(1, K + 1, dtype=torch.float64)
    u[0, 0] = 1
    return {
        "h": s.h.detach(), r"\tilde{U}": s.U.detach(), r"\tilde{b}_2": s.b2.detach(), "u": u,
        "K": float(K), "q_k": lambda i: s.q[i["k"] - 1],
        r"\theta_k": lambda i: theta[i["k"]], r"\theta_0": theta[0],
        r"\tilde{\theta}_k": lambda i: corrected[i["k"]],
        r"\tilde{\theta}_j": lambda i: corrected[i["j"]],
        r"\tilde{y}": yhat[None], r"\tilde{y}_0": yhat[0],
        r"\hat{Z}": corrected.exp().sum(),
        r"\tilde{\delta}_1": gradient(s.J, s.corrected),
        r"\frac{\partial \hat{J}}{\partial \tilde{\theta}}": gradient(s.J, s.corrected),
    }  # fmt: skip


def theta(rng: torch.Generator) -> Case:
    """Scores of the words that were drawn."""
    s = estimate(rng)
    return Case({r"\theta": s.theta.detach()}, known(s))


def correction(rng: torch.Generator) -> Case:
    """Against the solution: its softmax has the differences of scores in it."""
    s = estimate(rng)
    yhat = s.found.b2.clone()
    yhat[0] += 1
    scores = s.theta.detach()[0, 0] + (yhat / yhat[0]).log()
    value: Value = lambda i: scores[i["k"]]  # noqa: E731
    return Case({r"\tilde{\theta}_k": value}, known(s), {}, {"k": range(1, K + 1)})


def prediction(rng: torch.Generator) -> Case:
    """Against the solution, whose gradient by the scores has one subtracted."""
    s = estimate(rng)
    yhat = s.found.b2.clone()
    yhat[0] += 1
    return Case({r"\tilde{y}_k": lambda i: yhat[i["k"]]}, known(s), {}, {"k": range(K + 1)})


def loss(rng: torch.Generator) -> Case:
    """Against the solution."""
    s = estimate(rng)
    return Case({r"\hat{J}": s.found.loss}, known(s))


def normaliser(rng: torch.Generator) -> Case:
    """The sum as it is estimated."""
    s = estimate(rng)
    theta = s.theta.detach()[0].exp()
    return Case({r"\hat{Z}": theta[0] + (theta[1:] / s.q).mean()}, known(s))


def delta(rng: torch.Generator) -> Case:
    """Against autograd."""
    s = estimate(rng)
    return Case({r"\tilde{\delta}_1": gradient(s.J, s.corrected)}, known(s))


def by(what: str, name: str) -> Maker:
    """A gradient, against autograd."""

    def make(rng: torch.Generator) -> Case:
        s = estimate(rng)
        value = gradient(s.J, getattr(s, name))
        return Case({r"\frac{\partial \hat{J}}{\partial " + what + "}": value}, known(s))

    return make


def whole(rng: torch.Generator) -> Case:
    """The loss over all words, by torch."""
    theta = numbers(rng, 1, SIZE)
    known: dict[str, Value] = {r"\theta_y": theta[0, Y], "Z": theta.exp().sum()}
    return Case({"J": cross_entropy(theta, torch.tensor([Y]))}, known)


def mean(rng: torch.Generator) -> Case:
    """The expectation of a term, from the probability of each word; the sum, by torch."""
    theta, q = numbers(rng, SIZE), torch.softmax(numbers(rng, SIZE), 0)
    known: dict[str, Value] = {
        r"\theta": theta[None], "q(w)": lambda i: q[i["w"] - 1], "Z": theta.logsumexp(0).exp(),
    }  # fmt: skip
    left = r"\operatorname{E} \left[ \frac{e^{\theta_{w_k}}}{q(w_k)} \right]"
    value = torch.dot(q, theta.exp() / q)
    return Case({left: value}, known, {"w": range(1, SIZE + 1)})


# -------------------------------------------------------------------------------------------------

EQUATIONS: dict[str, Maker] = {
    "eq-cost-forward": count(r"C_{\text{forward}}", "forward"),
    "eq-cost-backward": count(r"C_{\text{backward}}", "backward"),
    "eq-cost-tau": count(r"C_{\tau}", "tau_steps"),
    "eq-sampled-theta": theta,
    "eq-sampled-correction": correction,
    "eq-sampled-yhat": prediction,
    "eq-sampled-loss": loss,
    "eq-sampled-delta1": delta,
    "eq-sampled-grad-h": by("h", "h"),
    "eq-sampled-grad-U": by(r"\tilde{U}", "U"),
    "eq-sampled-grad-b2": by(r"\tilde{b}_2", "b2"),
}
STEPS: dict[str, Maker] = {
    "eq-cost-losses": losses,
    "eq-sampled-full": whole,
    "eq-sampled-mean": mean,
    "eq-sampled-sum": normaliser,
}
