r"""What the equations of the pages should give, one module a page or group of pages.

A module here has two tables, each of labels and functions:

    EQUATIONS = {"eq-rnn-grad-H": grad_H}      # the code of a solution cites it in a comment
    STEPS = {"eq-rnn-product-by-r": by_r}      # a step on the way, which no code computes

and perhaps a third, `ELSEWHERE`, for what code cites and this language cannot say, such as a step
from one state of the parser to the next: its functions take the TeX, and raise `TexError`.

Those of the first two take a generator of random numbers and return a `tests.tex.Case`: what is on
the left of the equation with its true value, and what the symbols on the right are. The true value
of a gradient is autograd's, of forward equations written in torch; that of a forward equation which
code cites is the solution's own result.

    def grad_H(rng: torch.Generator) -> Case:
        h_prev, H = numbers(rng, 1, 4), numbers(rng, 4, 4).requires_grad_()
        v = h_prev @ H
        ...
        return Case({r"\frac{\partial J^{(t)}}{\partial H}": gradient}, {r"\delta_2": delta2, ...})

Rows are `(1, n)`, scalars have no dimension. A module is found by its being here; tests/tex.py
says what the language is. `tests/test_equations.py` then reads the equation from the page, checks
it for several draws, and checks that it fails with a sign changed, a transpose dropped, `\circ`
replaced or a step mistaken: so symbols must include what such mistakes would name (`h^{(t)}` beside
`h^{(t-1)}`), or the mistake is caught as an unknown symbol.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from tests.tex import Case

Maker = Callable[[torch.Generator], Case]
Checker = Callable[[str], None]


def numbers(rng: torch.Generator, *shape: int) -> Tensor:
    """Random numbers, float64, from the normal distribution."""
    return torch.randn(shape, generator=rng, dtype=torch.float64)


def gradient(of: Tensor, by: Tensor) -> Tensor:
    """The derivative by autograd, 0 where there is no way; the graph is kept for the next one."""
    (result,) = torch.autograd.grad(of, by, retain_graph=True, materialize_grads=True)
    return result


def jacobian(of: Tensor, by: Tensor) -> Tensor:
    """The derivative of a row by a row, `(len(of), len(by))`: a gradient stands on its left."""
    return torch.cat([gradient(entry, by) for entry in of.flatten()])


def registered(table: str) -> dict[str, Any]:
    """The labels of all modules here, in `EQUATIONS`, `STEPS` or `ELSEWHERE`.

    Raises:
        ValueError: two modules register the same label.
    """
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(__path__):
        entries: Mapping[str, Any] = getattr(
            importlib.import_module(f"{__name__}.{module.name}"), table, {}
        )
        if twice := found.keys() & entries.keys():
            raise ValueError(f"{', '.join(sorted(twice))} in {module.name}.py and elsewhere")
        found.update(entries)
    return found
