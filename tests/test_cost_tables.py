"""The tables of costs: each product takes what its shapes say, and the rows sum to the counts."""

from __future__ import annotations

import re
from math import prod

import pytest
import torch

from docs.building.citations import PAGES
from solutions.rnn import operation_counts
from tests.equations.rnn import T, run, symbols
from tests.tex import Case, check

V = r"\lvert V \rvert"
SIZES = {"d": 3, "D_h": 5, V: 7}
Rows = list[list[str]]


def tables() -> list[Rows]:
    """The cells of both tables, without their heads; formulas without dollars."""
    lines = (PAGES / "complexity.md").read_text(encoding="utf-8").splitlines()
    found: list[Rows] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("| ---"):
            found.append([])
        elif found and line.startswith("|") and before.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def size(tex: str) -> int:
    """What `2 d D_h` is for these sizes."""
    rest = tex.strip("$ ").replace("D_h^{2}", "D_h D_h")
    value = 1
    for name in sorted(SIZES, key=len, reverse=True):
        value *= SIZES[name] ** rest.count(name)
        rest = rest.replace(name, "")
    return prod((value, *map(int, rest.split())))


def test_forward() -> None:
    """A row of m entries times (m, n) takes m n; products alone count, the rest is of an order."""
    forward, _ = tables()
    products = [row for row in forward if "times" in row[1]]
    assert len(products) == 3
    for operation, shapes, count in products:
        one, m, m_again, n = re.findall(r"[(,] ?(1|[^(),$]+)(?=[,)])", shapes)
        assert (one, m) == ("1", m_again), operation
        assert size(count) == size(m) * size(n), operation
    counts = operation_counts(SIZES["d"], SIZES["D_h"], SIZES[V], 1)
    assert sum(size(row[2]) for row in products) == counts["forward"]
    copied, cell, output = (row[2] for row in forward if "times" not in row[1])
    assert copied == "none; $d$ numbers are copied"
    assert (cell, output) == ("of order $D_h$", r"of order $\lvert V \rvert$")


def test_backward() -> None:
    """Each product comes back as two, which together take twice as much."""
    forward, backward = tables()
    there = {row[0]: size(row[2]) for row in forward if "times" in row[1]}
    assert {row[0]: size(row[3]) for row in backward} == {k: 2 * n for k, n in there.items()}
    counts = operation_counts(SIZES["d"], SIZES["D_h"], SIZES[V], 1)
    assert sum(size(row[3]) for row in backward) == counts["backward"]


@pytest.mark.parametrize("seed", range(3))
def test_products_of_the_way_back(seed: int) -> None:
    """They are the gradients: of the last loss by the row, and by the matrix at this step."""
    _, backward = tables()
    r = run(torch.Generator().manual_seed(seed))
    loss = r.loss(T)
    for (name, to_row, to_matrix, _), row, matrix in zip(
        backward, (r.h[T], r.h[T - 1], r.e[T]), "UHI", strict=True
    ):
        assert matrix in name
        (by_row,) = torch.autograd.grad(loss, row, retain_graph=True)
        # Without what earlier steps have of H and I; U is used once.
        now = run(torch.Generator().manual_seed(seed), cut=1)
        (by_matrix,) = torch.autograd.grad(now.loss(T), now.params[matrix])
        for tex, value in ((to_row, by_row), (to_matrix, by_matrix)):
            check(f"table, {name}", f"A = {tex.strip('$')}", Case({"A": value}, symbols(r)))
