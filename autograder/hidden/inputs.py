"""Inputs that the checks share: Hypothesis strategies, and tensors drawn from a generator."""

from __future__ import annotations

from collections.abc import Callable

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checks import Failure


@st.composite
def scores(draw: st.DrawFn, max_rows: int = 4, max_classes: int = 5) -> Tensor:
    """Moderate scores, float32 `(n, c)` with at least two classes."""
    rows = draw(st.integers(1, max_rows))
    classes = draw(st.integers(2, max_classes))
    number = st.integers(-30, 30).map(lambda tenths: tenths / 10)
    row = st.lists(number, min_size=classes, max_size=classes)
    return torch.tensor(draw(st.lists(row, min_size=rows, max_size=rows)))


@st.composite
def labelled_distributions(
    draw: st.DrawFn, min_rows: int = 1, max_rows: int = 1, max_classes: int = 5
) -> tuple[Tensor, Tensor]:
    """One-hot labels, int64 `(n, c)`, and probabilities, float32 `(n, c)`, some about 1e-4."""
    rows = draw(st.integers(min_rows, max_rows))
    classes = draw(st.integers(2, max_classes))
    mass = st.integers(1, 20) | st.just(0.002)
    table = draw(
        st.lists(st.lists(mass, min_size=classes, max_size=classes), min_size=rows, max_size=rows)
    )
    yhat = torch.tensor(table, dtype=torch.float32)
    right = draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows))
    return one_hot(torch.tensor(right), classes), yhat / yhat.sum(1, keepdim=True)


def one_hot(classes: Tensor, n_classes: int) -> Tensor:
    """`(n,)` class numbers to `(n, n_classes)` one-hot rows, int64."""
    return torch.nn.functional.one_hot(classes, n_classes)


def normal(rng: torch.Generator, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Standard normal numbers."""
    return torch.randn(*shape, generator=rng, dtype=torch.float64).to(dtype)


def integer(rng: torch.Generator, low: int, high: int) -> int:
    """One whole number, both ends included."""
    return int(torch.randint(low, high + 1, (), generator=rng))


def check_gradient(
    gradient: object, value: Tensor, function: Callable[[Tensor], float], what: str
) -> None:
    """A gradient is that of the student's own function: right by central differences.

    They are taken along the signs of the gradient itself: that is where it is told best.

    Raises:
        Failure: it is not; or there is none.
    """
    if not isinstance(gradient, Tensor) or gradient.shape != value.shape:
        raise Failure(f"{what} is missing: {NO_GRAPH}")
    if not gradient.isfinite().all() or not gradient.count_nonzero():
        raise Failure(f"{what} is zero or not finite.")
    step = 0.01 * gradient.sign().to(value.dtype)
    slope = (function(value + step) - function(value - step)) / 0.02
    if abs(slope - float(gradient.abs().sum())) > 0.03 * float(gradient.abs().sum()):
        raise Failure(f"{what} is not that of the values that were returned.")


NO_GRAPH = (
    "nothing flows back. Something on the way leaves the graph, such as detach(), item(), numpy(), "
    "torch.no_grad() or a new tensor made of the values."
)
