"""The recurrent network: perplexity, one step, and back through time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from solutions import rnn
from tests.equations import Maker, gradient, jacobian, numbers
from tests.tex import Case, Value

T = 5
"""The last step, t; words x^{(1)} to x^{(T)} have been read, and word 1 occurs twice."""
WORDS = (3, 1, 2, 1, 0)
TAU = 3
D, DH, V = 3, 4, 6


@dataclass(frozen=True)
class Run:
    """The network run forward by torch, `h[k]` being h^{(k)}; all are rows and leaves or nodes."""

    params: dict[str, Tensor]
    x: list[Tensor]
    e: list[Tensor]
    v: list[Tensor]
    h: list[Tensor]
    theta: list[Tensor]
    targets: Tensor

    def loss(self, k: int) -> Tensor:
        """J^{(k)}."""
        return cross_entropy(self.theta[k], self.targets[k - 1 : k])

    def y(self, k: int) -> Tensor:
        """The word that follows x^{(k)}, one-hot."""
        return one_hot(self.targets[k - 1 : k], V).double()


def run(rng: torch.Generator, cut: int | None = None) -> Run:
    """Five steps forward; with `cut`, no gradient goes further back than so many steps."""
    shapes = {"L": (V, D), "H": (DH, DH), "I": (D, DH), "b1": (1, DH), "U": (DH, V), "b2": (1, V)}
    params = {name: numbers(rng, *shape).requires_grad_() for name, shape in shapes.items()}
    targets = torch.randint(V, (T,), generator=rng)
    nothing = torch.zeros(0)
    r = Run(params, [nothing], [nothing], [nothing], [numbers(rng, 1, DH)], [nothing], targets)
    r.h[0].requires_grad_()
    for k, word in enumerate(WORDS, 1):
        before = r.h[-1].detach() if cut == T - k + 1 else r.h[-1]
        r.x.append(one_hot(torch.tensor([word]), V).double())
        r.e.append(r.x[-1] @ params["L"])
        r.v.append(torch.addmm(params["b1"], before, params["H"]).addmm(r.e[-1], params["I"]))
        r.h.append(torch.sigmoid(r.v[-1]))
        r.theta.append(torch.addmm(params["b2"], r.h[-1], params["U"]))
    return r


def step(k: int) -> str:
    """How step k is written: t, t-1, ..."""
    return "t" if k == T else f"t-{T - k}"


def symbols(r: Run) -> dict[str, Value]:
    """The symbols of all pages on the network."""
    last = r.loss(T)
    p = {name: value.detach() for name, value in r.params.items()}
    found: dict[str, Value] = {
        "L": p["L"], "H": p["H"], "I": p["I"], "U": p["U"], "b_1": p["b1"], "b_2": p["b2"],
        "t": float(T), r"\tau": float(TAU),
        r"\delta_1": gradient(last, r.theta[T]),
        r"\delta_2": gradient(last, r.v[T]),
        r"\frac{\partial J^{(t)}}{\partial \theta^{(t)}}": gradient(last, r.theta[T]),
        "s": gradient(last, r.v[T - 1]),
        "s^{(k)}": lambda i: gradient(last, r.v[i["k"]]),
        "h^{(k)}": lambda i: r.h[i["k"]].detach(),
        "h^{(k-1)}": lambda i: r.h[i["k"] - 1].detach(),
        "e^{(k)}": lambda i: r.e[i["k"]].detach(),
        "x^{(k)}": lambda i: r.x[i["k"]],
    }  # fmt: skip
    for k in range(1, T + 1):
        t = step(k)
        found[f"x^{{({t})}}"] = r.x[k]
        found[f"e^{{({t})}}"] = r.e[k].detach()
        found[f"v^{{({t})}}"] = r.v[k].detach()
        found[f"h^{{({t})}}"] = r.h[k].detach()
        found[rf"\theta^{{({t})}}"] = r.theta[k].detach()
        found[rf"\hat{{y}}^{{({t})}}"] = torch.softmax(r.theta[k].detach(), -1)
        found[f"y^{{({t})}}"] = r.y(k)
        found[rf"\delta^{{({t})}}"] = gradient(last, r.h[k])
        found[rf"\frac{{\partial J^{{(t)}}}}{{\partial h^{{({t})}}}}"] = gradient(last, r.h[k])
        found[rf"\frac{{\partial J^{{(t)}}}}{{\partial v^{{({t})}}}}"] = gradient(last, r.v[k])
    return found


def by_solution(name: str, value: Callable[[Run, dict[str, Tensor]], Tensor]) -> Maker:
    """A forward equation, of step t, beside what the solution computes."""

    def make(rng: torch.Generator) -> Case:
        r = run(rng)
        params = {key: p.detach().squeeze(0) for key, p in r.params.items()}
        functions = {r"\text{CE}": lambda y, yhat: -(y * yhat.log()).sum()}
        return Case({name: value(r, params)}, symbols(r), {"i": range(1, V + 1)}, {}, functions)

    return make


def by_autograd(name: str, value: Callable[[Run], Tensor], cut: int | None = None) -> Maker:
    """A gradient, beside autograd's; symbols beyond the cut have values, which must not be used."""

    def make(rng: torch.Generator) -> Case:
        state = rng.get_state()
        known = symbols(run(rng))
        return Case({name: value(run(rng.set_state(state), cut))}, known)

    return make


def at_step(k: int, parameter: str) -> Maker:
    """The gradient of the last loss by a parameter as step k alone uses it."""

    def value(r: Run) -> Tensor:
        rest = {name: p.detach() for name, p in r.params.items()}
        key = parameter.replace("_", "")
        leaf = rest[key].clone().requires_grad_()
        h = r.h[k - 1].detach()
        for i in range(k, T + 1):
            use = {**rest, key: leaf} if i == k else rest
            h = torch.sigmoid(h @ use["H"] + r.e[i].detach() @ use["I"] + use["b1"])
        return gradient(cross_entropy(h @ rest["U"] + rest["b2"], r.targets[-1:]), leaf)

    return by_autograd(rf"\left. {by(parameter)} \right|_{{{step(k)}}}", value)


def by(what: str) -> str:
    """The gradient of the last loss, as TeX."""
    return r"\frac{\partial J^{(t)}}{\partial " + what + "}"


def forward(r: Run, params: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The state and the prediction of the last step, by the solution."""
    return rnn.forward_step(params, r.h[T - 1].detach(), torch.tensor([WORDS[-1]]))


# --- the two product rules -----------------------------------------------------------------------


def product(left: str, of_r: bool) -> Maker:
    """A loss of v = r M that is not linear; an entry, or the whole."""

    def make(rng: torch.Generator) -> Case:
        r, M = numbers(rng, 1, 3).requires_grad_(), numbers(rng, 3, 4).requires_grad_()
        v = r @ M
        J = v.exp().sum() + v.prod()
        g, by_r, by_M = gradient(J, v), gradient(J, r), gradient(J, M)
        known: dict[str, Value] = {"r": r.detach(), "M": M.detach(), "g": g}
        rows, columns = range(1, 4), range(1, 5)
        if "_" not in left:
            return Case({left: by_r if of_r else by_M}, known)
        if of_r:
            value: Value = lambda i: by_r[0, i["i"] - 1]  # noqa: E731
            return Case({left: value}, known, {"j": columns}, {"i": rows})
        value = lambda i: by_M[i["i"] - 1, i["j"] - 1]  # noqa: E731
        return Case({left: value}, known, {}, {"i": rows, "j": columns})

    return make


def toy(of: str) -> Maker:
    """A loss of v = r m, all numbers."""

    def make(rng: torch.Generator) -> Case:
        leaves = {name: numbers(rng).requires_grad_() for name in "rm"}
        v = leaves["r"] * leaves["m"]
        J = v.exp() + v**3
        known = {name: leaf.detach() for name, leaf in leaves.items()}
        value = gradient(J, leaves[of])
        return Case(
            {rf"\frac{{\partial J}}{{\partial {of}}}": value}, {**known, "g": gradient(J, v)}
        )

    return make


def toy_through_time(rng: torch.Generator) -> Case:
    """A state that is a number."""
    before, H = numbers(rng).requires_grad_(), numbers(rng)
    h = torch.sigmoid(before * H)
    left = r"\frac{\partial h^{(k)}}{\partial h^{(k-1)}}"
    return Case({left: gradient(h, before)}, {"a": (h * (1 - h)).detach(), "H": H})


def sigmoid(rng: torch.Generator) -> Case:
    """The slope of each entry of the state."""
    v = numbers(rng, 1, 4).requires_grad_()
    h = torch.sigmoid(v)
    slope = gradient(h.sum(), v)
    left = r"\frac{\partial h^{(t)}_i}{\partial v^{(t)}_i}"
    known = {"h^{(t)}": h.detach(), "v^{(t)}": v.detach(), "h^{(t-1)}": numbers(rng, 1, 4)}
    return Case({left: lambda i: slope[0, i["i"] - 1]}, known, {}, {"i": range(1, 5)})


def by_last_state(r: Run) -> Tensor:
    """The Jacobian of the last state by the one before."""
    return jacobian(r.h[T], r.h[T - 1])


def of_all_losses(rng: torch.Generator) -> Case:
    """Every step has a loss: what the state before the last gets."""
    r = run(rng)
    J = sum((r.loss(k) for k in range(1, T + 1)), torch.zeros(()))
    known = {
        **symbols(r),
        r"\delta^{(t-1)}_1": gradient(J, r.theta[T - 1]),
        r"\delta^{(t)}_1": gradient(J, r.theta[T]),
        "s^{(t)}": gradient(J, r.v[T]),
        "s^{(t-1)}": gradient(J, r.v[T - 1]),
    }
    return Case({r"\frac{\partial J}{\partial h^{(t-1)}}": gradient(J, r.h[T - 1])}, known)


# --- perplexity ----------------------------------------------------------------------------------


def perplexity(rng: torch.Generator) -> Case:
    """The solution's, of a loss."""
    loss = numbers(rng).abs()
    return Case({r"\text{PP}": rnn.perplexity(loss)}, {r"\text{CE}": loss})


def inverse_probability(rng: torch.Generator) -> Case:
    """The solution's perplexity of a word, from its loss by torch."""
    theta = numbers(rng, 1, V)
    value = rnn.perplexity(cross_entropy(theta, torch.tensor([3])))
    return Case({r"\text{PP}": value}, {r"\hat{y}": torch.softmax(theta, -1)}, {"k": 4})


def perplexity_of_a_word(rng: torch.Generator) -> Case:
    """The loss of a word by torch, and its perplexity."""
    theta = numbers(rng, 1, V)
    yhat, y = torch.softmax(theta, -1), one_hot(torch.tensor([3]), V).double()
    loss = cross_entropy(theta, torch.tensor([3]))
    known: dict[str, Value] = {r"\hat{y}": yhat, "y": y, r"\text{PP}": 1 / yhat[0, 3]}
    return Case({r"\text{CE}": loss}, known, {"i": range(1, V + 1), "k": 4})


def perplexity_of_a_text(rng: torch.Generator) -> Case:
    """The mean loss, and the geometric mean."""
    losses = numbers(rng, 4).abs()
    known: dict[str, Value] = {
        r"\text{CE}^{(t)}": lambda i: losses[i["t"] - 1],
        r"\text{PP}^{(t)}": lambda i: losses[i["t"] - 1].exp(),
        "T": 4.0,
    }
    left = r"\frac{1}{T} \sum_{t=1}^{T} \text{CE}^{(t)}"
    return Case({left: losses.mean()}, known)


# -------------------------------------------------------------------------------------------------

EQUATIONS: dict[str, Maker] = {
    "eq-rnn-perplexity": perplexity,
    "eq-rnn-embed": by_solution("e^{(t)}", lambda r, p: p["L"][[WORDS[-1]]]),
    "eq-rnn-v": by_solution("v^{(t)}", lambda r, p: torch.logit(forward(r, p)[0])),
    "eq-rnn-h": by_solution("h^{(t)}", lambda r, p: forward(r, p)[0]),
    "eq-rnn-theta": by_solution(r"\theta^{(t)}", lambda r, p: r.theta[T].detach()),
    "eq-rnn-yhat": by_solution(r"\hat{y}^{(t)}", lambda r, p: forward(r, p)[1]),
    "eq-rnn-delta1": by_autograd(r"\delta_1", lambda r: gradient(r.loss(T), r.theta[T])),
    "eq-rnn-delta2": by_autograd(r"\delta_2", lambda r: gradient(r.loss(T), r.v[T])),
    "eq-rnn-grad-U": by_autograd(by("U"), lambda r: gradient(r.loss(T), r.params["U"])),
    "eq-rnn-grad-b2": by_autograd(by("b_2"), lambda r: gradient(r.loss(T), r.params["b2"])),
    "eq-rnn-grad-H": at_step(T, "H"),
    "eq-rnn-grad-I": at_step(T, "I"),
    "eq-rnn-grad-b1": at_step(T, "b_1"),
    "eq-rnn-grad-Lx": by_autograd(by("L_{x^{(t)}}"), lambda r: gradient(r.loss(T), r.e[T])),
    "eq-rnn-grad-hprev": by_autograd(by("h^{(t-1)}"), lambda r: gradient(r.loss(T), r.h[T - 1])),
    "eq-bptt-start": by_autograd(r"\delta^{(t)}", lambda r: gradient(r.loss(T), r.h[T])),
    "eq-bptt-s": by_autograd("s", lambda r: gradient(r.loss(T), r.v[T - 1])),
    "eq-bptt-H": at_step(T - 1, "H"),
    "eq-bptt-I": at_step(T - 1, "I"),
    "eq-bptt-b1": at_step(T - 1, "b_1"),
    "eq-bptt-Lx": by_autograd(by("L_{x^{(t-1)}}"), lambda r: gradient(r.loss(T), r.e[T - 1])),
    "eq-bptt-recursion": by_autograd(r"\delta^{(t-2)}", lambda r: gradient(r.loss(T), r.h[T - 2])),
    "eq-bptt-sum-H": by_autograd(by("H"), lambda r: gradient(r.loss(T), r.params["H"]), TAU),
    "eq-bptt-sum-I": by_autograd(by("I"), lambda r: gradient(r.loss(T), r.params["I"]), TAU),
    "eq-bptt-sum-b1": by_autograd(by("b_1"), lambda r: gradient(r.loss(T), r.params["b1"]), TAU),
    "eq-bptt-sum-L": by_autograd(by("L"), lambda r: gradient(r.loss(T), r.params["L"]), TAU),
    "eq-bptt-total": of_all_losses,
}
STEPS: dict[str, Maker] = {
    "eq-rnn-pp": inverse_probability,
    "eq-rnn-ce-pp": perplexity_of_a_word,
    "eq-rnn-geometric": perplexity_of_a_text,
    "eq-rnn-loss": by_solution("J^{(t)}", lambda r, p: r.loss(T).detach()),
    "eq-rnn-toy-r": toy("r"),
    "eq-rnn-toy-m": toy("m"),
    "eq-rnn-entry-r": product(r"\frac{\partial J}{\partial r_i}", of_r=True),
    "eq-rnn-entry-M": product(r"\frac{\partial J}{\partial M_{ij}}", of_r=False),
    "eq-rnn-product-r": product(r"\frac{\partial J}{\partial r}", of_r=True),
    "eq-rnn-product-M": product(r"\frac{\partial J}{\partial M}", of_r=False),
    "eq-rnn-sigmoid": sigmoid,
    "eq-rnn-grad-state": by_autograd(by("h^{(t)}"), lambda r: gradient(r.loss(T), r.h[T])),
    "eq-bptt-toy": toy_through_time,
    "eq-bptt-jacobian": by_autograd(r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}}", by_last_state),
}
