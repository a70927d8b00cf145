"""The parser: its transitions, and the network that chooses them."""

from __future__ import annotations

import re
from itertools import product

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from solutions.parser_model import ParserModel
from solutions.parser_transitions import PartialParse, Transition
from tests.equations import Checker, Maker, gradient, numbers
from tests.tex import Case, TexError, Value

# --- transitions: (S | v | w, B, A) -> (S | w, B, A ∪ {(w, v)}) ----------------------------------

Names = dict[str, list[str]]
_SIDE = re.compile(r"\(([SBvw|]+),([SBvw|]+),A(?:\\cup\\\{\(([vw]),([vw])\)\\\})?\)")


def transition(name: Transition) -> Checker:
    """Checks an equation of states against `PartialParse`, from many states on its left."""

    def holds(tex: str) -> None:
        sides = re.sub(r"\s|\\[;,](?=[\W\w])", "", tex).split(r"\rightarrow")
        if len(sides) != 2:
            raise TexError("a transition leads from one state to another")
        stacks = [[], ["ROOT"], ["ROOT", "a"], ["a", "b"]]
        for stack, buffer in product(stacks, [[], ["c"], ["c", "c"]]):
            names = {"S": stack, "B": buffer, "v": ["first"], "w": ["second"]}
            before, after = (state(side, names) for side in sides)
            parse = PartialParse([])
            parse.stack[:], parse.buffer[:] = before[:2]
            parse.parse_step(name)
            if (parse.stack, parse.buffer, parse.dependencies) != after:
                raise TexError(f"{name} leads from {before} to {after}, says the page")

    return holds


def steps(rng: torch.Generator) -> Case:
    """How many transitions a sentence takes, with a model that shifts first."""
    n = int(torch.randint(1, 9, (), generator=rng))
    parse, count = PartialParse(["word"] * n), 0
    while parse.buffer or len(parse.stack) > 1:
        parse.parse_step("S" if parse.buffer else "RA")
        count += 1
    return Case({"n + n": float(count)}, {"n": float(n)})


def state(tex: str, names: Names) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """A triple as it is written; a bar sets items side by side."""
    found = _SIDE.fullmatch(tex)
    if not found:
        raise TexError(f"no state: {tex}")
    stack, buffer = (
        [word for item in part.split("|") for word in names[item]] for part in found.group(1, 2)
    )
    head, dependent = found.group(3, 4)
    return stack, buffer, [(names[head][0], names[dependent][0])] if head else []


# --- the network ---------------------------------------------------------------------------------

M, D, HIDDEN, V, CLASSES = 4, 3, 5, 6, 3
W_IDS = (2, 5, 2, 0)
"""The features of a state; one number occurs twice."""


def model(rng: torch.Generator) -> ParserModel:
    """A small network of float64, without dropout."""
    made = ParserModel(numbers(rng, V, D).float().numpy(), M, HIDDEN, CLASSES).double().eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(numbers(rng, *parameter.shape))
    return made


def network(values: str, solution: bool = False) -> Maker:
    """One of the quantities below, by autograd or, where code cites it, by the solution."""

    def make(rng: torch.Generator) -> Case:
        net = model(rng)
        L, W, U = net.L, net.W, net.U
        b_1, b_2 = (b.detach()[None].requires_grad_() for b in (net.b1, net.b2))
        w = torch.tensor([W_IDS])
        x = L[w].reshape(1, -1)
        v = x @ W + b_1
        h = torch.clamp(v, min=0)
        theta = h @ U + b_2
        target = torch.randint(CLASSES, (1,), generator=rng)
        J = cross_entropy(theta, target)
        blocks = W.detach().reshape(M, D, HIDDEN)
        words = one_hot(w[0], V).double()
        true: dict[str, Value] = {
            r"\delta_1": gradient(J, theta), r"\delta_2": gradient(J, v),
            r"\hat{y}": torch.softmax(theta, dim=1).detach(),
            "v": v.detach(), "x W": (x @ W).detach(),
            r"\theta": net(w).detach() if solution else theta.detach(),
            "h": hidden(net, w) if solution else h.detach(),
        }  # fmt: skip
        for name, by in {"U": U, "b_2": b_2, "h": h, "W": W, "b_1": b_1, "x": x, "L": L}.items():
            true[rf"\frac{{\partial J}}{{\partial {name}}}"] = gradient(J, by)
        symbols: dict[str, Value] = {
            "x": x.detach(), "W": W.detach(), "b_1": b_1.detach(), "h": h.detach(),
            "U": U.detach(), "b_2": b_2.detach(), r"\theta": theta.detach(), "v": v.detach(),
            "L": L.detach(), "r": (v > 0).double(), "y": one_hot(target, CLASSES).double(),
            r"\hat{y}": true[r"\hat{y}"], r"\delta_1": true[r"\delta_1"],
            r"\delta_2": true[r"\delta_2"], "m": float(M),
            r"\frac{\partial J}{\partial \theta}": gradient(J, theta),
            r"\frac{\partial J}{\partial v}": gradient(J, v),
            r"\frac{\partial J}{\partial h}": gradient(J, h),
            "W_i": lambda i: blocks[i["i"] - 1],
            "o_i": lambda i: words[i["i"] - 1 : i["i"]],
            "L_{w_i}": lambda i: L.detach()[w[:, i["i"] - 1]],
        }  # fmt: skip
        return Case({values: true[values]}, symbols)

    return make


def hidden(net: ParserModel, w: Tensor) -> Tensor:
    """What the solution's hidden layer gives: the product with U, without U."""
    with torch.no_grad():
        net.U = torch.nn.Parameter(torch.eye(HIDDEN, dtype=torch.float64))
        net.b2 = torch.nn.Parameter(torch.zeros(HIDDEN, dtype=torch.float64))
        h: Tensor = net(w)
    return h


def side_by_side(tex: str) -> None:
    r"""Checks x = [L_{w_1}, \dots, L_{w_m}] against `embedding_lookup`."""
    written = re.fullmatch(r"x = \[(.+), \\dots, (.+)\]", tex.strip())
    if not written:
        raise TexError("this is not a row of embeddings")
    net = model(torch.Generator().manual_seed(0))
    rows = [re.fullmatch(r"L_\{w_(\w)\}", row) for row in written.groups()]
    ends = [{"1": 1, "m": M}.get(row[1]) if row else None for row in rows]
    if ends != [1, M]:
        raise TexError("the embeddings go from that of feature 1 to that of feature m")
    x = torch.cat([net.L[w] for w in W_IDS])
    if not torch.equal(net.embedding_lookup(torch.tensor([W_IDS]))[0], x):
        raise TexError("the solution puts them in another order")


EQUATIONS = {
    "eq-parser-hidden": network("h", solution=True),
    "eq-parser-logits": network(r"\theta", solution=True),
    "eq-parser-blocks": network("x W"),
}
STEPS = {
    "eq-transition-steps": steps,
    "eq-parser-output": network(r"\hat{y}"),
    "eq-parser-delta1": network(r"\delta_1"),
    "eq-parser-grad-U": network(r"\frac{\partial J}{\partial U}"),
    "eq-parser-grad-b2": network(r"\frac{\partial J}{\partial b_2}"),
    "eq-parser-grad-h": network(r"\frac{\partial J}{\partial h}"),
    "eq-parser-delta2": network(r"\delta_2"),
    "eq-parser-grad-W": network(r"\frac{\partial J}{\partial W}"),
    "eq-parser-grad-b1": network(r"\frac{\partial J}{\partial b_1}"),
    "eq-parser-grad-x": network(r"\frac{\partial J}{\partial x}"),
    "eq-parser-grad-L": network(r"\frac{\partial J}{\partial L}"),
}
ELSEWHERE = {
    "eq-transition-shift": transition("S"),
    "eq-transition-left": transition("LA"),
    "eq-transition-right": transition("RA"),
    "eq-parser-input": side_by_side,
}
