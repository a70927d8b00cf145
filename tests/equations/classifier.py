"""The classifier and its graph: docs/derivations/classifier.md and automatic-differentiation.md."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from solutions.classifier import Config, SoftmaxModel
from tests.equations import gradient, numbers
from tests.tex import Case

N, D, C = 3, 4, 5
BY_W, BY_B = r"\frac{\partial J}{\partial W}", r"\frac{\partial J}{\partial b}"


class Double(SoftmaxModel):
    """The solution in float64, with a random start."""

    def __init__(self, rng: Generator) -> None:
        super().__init__(Config(n_features=D, n_classes=C, lr=0.1))
        self.double()
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.add_(numbers(rng, *parameter.shape))

    def input_specs(self) -> dict[str, tuple[tuple[int | None, ...], torch.dtype]]:
        """As the solution's, but for the dtype of the inputs."""
        return super().input_specs() | {"inputs": ((None, D), torch.float64)}


def one_hot(rng: Generator, n: int) -> Tensor:
    """Random labels."""
    return torch.eye(C, dtype=torch.int32)[torch.randint(C, (n,), generator=rng)]


def forward(rng: Generator) -> Case:
    """The solution's prediction."""
    model, x = Double(rng), numbers(rng, 1, D)
    symbols = {"x": x, "W": model.W.detach(), "b": model.b.detach()[None]}
    return Case({r"\hat{y}": model(x).detach()}, symbols)


def step(rng: Generator, left: str) -> Case:
    """What the solution's training step does with a batch: the gradients and the new W."""
    model, X, Y = Double(rng), numbers(rng, N, D), one_hot(rng, N)
    before, yhat = model.W.detach().clone(), model(X).detach()
    model.train_on_batch(X, Y)
    by_W, by_b = model.W.grad, model.b.grad
    assert by_W is not None
    assert by_b is not None
    values = {BY_W: by_W, BY_B: by_b[None], "W": model.W.detach()}
    symbols = {"X": X, r"\hat{Y}": yhat, "Y": Y.double(), "W": before, r"\alpha": 0.1, BY_W: by_W}
    if left == BY_W:
        del symbols[BY_W]
    return Case({left: values[left]}, symbols, {"i": range(1, N + 1)})


def one(rng: Generator, by: str) -> Case:
    """The gradients of one example."""
    x, W, b = numbers(rng, 1, D), numbers(rng, D, C), numbers(rng, 1, C)
    for leaf in (x, W, b):
        leaf.requires_grad_()
    y = one_hot(rng, 1).double()
    yhat = torch.softmax(x @ W + b, dim=1)
    J = -(y * torch.log(yhat)).sum()
    by_W = gradient(J, W)
    symbols = {"x": x.detach(), "W": W.detach(), "y": y, r"\hat{y}": yhat.detach()}
    if by == "W_{ij}":
        left = r"\frac{\partial J}{\partial W_{ij}}"
        free = {"i": range(1, D + 1), "j": range(1, C + 1)}
        return Case({left: lambda i: by_W[i["i"] - 1, i["j"] - 1]}, symbols, free=free)
    left = rf"\frac{{\partial J}}{{\partial {by}}}"
    return Case({left: gradient(J, {"x": x, "W": W, "b": b}[by])}, symbols)


# --- automatic differentiation -------------------------------------------------------------------


def by(name: str) -> str:
    """The TeX of the gradient of J."""
    return rf"\frac{{\partial J}}{{\partial {name}}}"


def graph(rng: Generator, lefts: str) -> Case:
    """The graph J = −log σ(wx + b) + w², with the gradients of all of its nodes."""
    w, x, b = (numbers(rng).requires_grad_() for _ in range(3))
    u = w * x
    s = u + b
    q = torch.sigmoid(s)
    l, r = -torch.log(q), w**2  # noqa: E741  as in the page
    nodes = {"w": w, "x": x, "b": b, "u": u, "s": s, "q": q, "l": l, "r": r}
    gradients = {by(name): gradient(l + r, node) for name, node in nodes.items()}
    symbols = {name: node.detach() for name, node in nodes.items()} | gradients
    return Case({by(name): gradients[by(name)] for name in lefts}, symbols)


def chain(rng: Generator) -> Case:
    """A value that three others use."""
    v = numbers(rng).requires_grad_()
    users = [torch.sin(v), v**2, torch.exp(v)]
    J = users[0] * users[1] + users[1] * users[2]
    by_users = [gradient(J, c) for c in users]
    local = [gradient(c, v) for c in users]
    symbols = {
        by("c_i"): lambda i: by_users[i["i"] - 1],
        r"\frac{\partial c_i}{\partial v}": lambda i: local[i["i"] - 1],
    }
    return Case({by("v"): gradient(J, v)}, symbols, {"i": range(1, 4)})


EQUATIONS = {
    "eq-clf-grad-W": lambda rng: step(rng, BY_W),
    "eq-clf-grad-b": lambda rng: step(rng, BY_B),
    "eq-clf-step": lambda rng: step(rng, "W"),
    "eq-clf-yhat": forward,
}
STEPS = {
    "eq-ad-chain": chain,
    "eq-ad-fan-out": lambda rng: graph(rng, "w"),
    "eq-ad-steps": lambda rng: graph(rng, "qsubx"),
    "eq-clf-grad-W-one": lambda rng: one(rng, "W"),
    "eq-clf-grad-b-one": lambda rng: one(rng, "b"),
    "eq-clf-grad-entry": lambda rng: one(rng, "W_{ij}"),
    "eq-clf-grad-x": lambda rng: one(rng, "x"),
}
