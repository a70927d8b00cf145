"""Tolerances are measured: right ways to compute stay far within, wrong ones far beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from autograder.comparison import LEAST_MAGNITUDE, TOLERANCE
from autograder.hidden.rnn import DIFFERENT, Cell
from solutions import rnn
from solutions.softmax import cross_entropy_loss, softmax

MARGIN = 10


def error(actual: Tensor, expected: Tensor) -> float:
    """The largest error, as the comparator measures it."""
    scale = max(LEAST_MAGNITUDE, float(expected.double().abs().max()))
    return float((actual.double() - expected.double()).abs().max()) / scale


def scores(dtype: torch.dtype) -> Iterator[Tensor]:
    """What checks draw, and more of it."""
    for seed in range(50):
        rng = torch.Generator().manual_seed(seed)
        for shift in (0.0, 1000.0, -1000.0):
            yield (torch.randn(5, 6, generator=rng, dtype=torch.float64) + shift).to(dtype)


def _by_logs(x: Tensor) -> Tensor:
    return torch.exp(x - torch.logsumexp(x, 1, keepdim=True))


def _backwards(x: Tensor) -> Tensor:
    e = torch.exp(x.flip(1) - x.amax(1, keepdim=True))
    return (e / e.cumsum(1)[:, -1:]).flip(1)


def _in_float64(x: Tensor) -> Tensor:
    return torch.softmax(x.double(), 1).to(x.dtype)


def _ratios(x: Tensor) -> Tensor:
    return 1 / torch.exp(x[:, None, :] - x[:, :, None]).sum(2)


RIGHT: list[Callable[[Tensor], Tensor]] = [_by_logs, _backwards, _in_float64, _ratios]
WRONG: list[Callable[[Tensor], Tensor]] = [
    lambda x: torch.softmax(x, 0),
    lambda x: torch.softmax(x.flatten(), 0).reshape(x.shape),
    lambda x: torch.softmax(-x, 1),
    lambda x: torch.softmax(x, 1) + 1e-2,
    lambda x: torch.sigmoid(x - x.mean()),
]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("threads", [1, 2])
def test_softmax(dtype: torch.dtype, threads: int) -> None:
    """Four right ways stay below a tenth of the tolerance, five wrong ones ten times beyond."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for right in RIGHT:
            assert (
                max(error(right(x), softmax(x)) for x in scores(dtype)) * MARGIN < TOLERANCE[dtype]
            )
        for wrong in WRONG:
            assert (
                min(error(wrong(x), softmax(x)) for x in scores(dtype)) > TOLERANCE[dtype] * MARGIN
            )
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_cross_entropy(dtype: torch.dtype) -> None:
    """Summing in another order, indexing, and a habitual ε of 1e-12 are right; a mean is not."""
    for seed in range(100):
        rng = torch.Generator().manual_seed(seed)
        yhat = torch.softmax(torch.randn(6, 5, generator=rng, dtype=dtype), 1)
        classes = torch.randint(5, (6,), generator=rng)
        y = torch.nn.functional.one_hot(classes, 5)
        expected = cross_entropy_loss(y, yhat)
        picked = yhat[torch.arange(6), classes]
        for right in (
            -picked.log().flip(0).cumsum(0)[-1],
            -torch.log(yhat + 1e-12)[y.bool()].sum(),
            -torch.einsum("nc,nc->", y.to(dtype), yhat.log()),
            -picked.prod().log(),
        ):
            assert error(right, expected) * MARGIN < TOLERANCE[dtype]
        for wrong in (expected / 6, -expected, expected * 1.02, expected / 30):
            assert error(wrong, expected) > TOLERANCE[dtype] * MARGIN


def _by_loops(a: Tensor, b: Tensor) -> Tensor:
    return torch.stack([number * b for number in a])


@pytest.mark.parametrize("seed", range(30))
def test_gradients_through_time(seed: int) -> None:
    """Other right ways to the gradients of a step and of bptt stay below a tenth; slips do not."""
    rng = torch.Generator().manual_seed(seed)
    cell = Cell.draw(rng, DIFFERENT)
    params, h_prev, x, y = cell.params, cell.h_prev, cell.x, seed % 6
    expected = rnn.step_gradients(params, h_prev, x, y)
    v = torch.einsum("i,ij->j", h_prev, params["H"]) + params["I"].T @ params["L"][x] + params["b1"]
    h = 1 / (1 + torch.exp(-v))
    scores = torch.exp(params["U"].T @ h + params["b2"])
    delta1 = scores / scores.sum()
    delta1[y] -= 1
    back = params["U"] @ delta1
    delta2 = torch.exp(-v) * back * h**2
    right = {
        "b2": delta1,
        "L_x": params["I"] @ delta2,
        "I": _by_loops(params["L"][x], delta2),
        "H": torch.einsum("i,j->ij", h_prev, delta2),
        "h_prev": (params["H"] * delta2).sum(1),
        "U": _by_loops(h, delta1),
        "b1": delta2,
    }
    for name, value in right.items():
        assert error(value, expected[name]) * MARGIN < TOLERANCE[torch.float64]
    # Central differences, at their best, are right as well; that is not autograd.
    for name in ("H", "I", "b1"):
        numeric = _differences(params, name, h_prev, x, y)
        assert error(numeric, expected[name]) < TOLERANCE[torch.float64]
    for name, slip in (
        ("b1", back * h),
        ("b1", back),
        ("b2", delta1 + 0.01),
        ("U", h[:, None] * 1),
    ):
        wrong = slip.expand_as(expected[name])
        assert error(wrong, expected[name]) > TOLERANCE[torch.float64] * MARGIN
    in_float32 = rnn.step_gradients(
        {n: value.float() for n, value in params.items()}, h_prev.float(), x, y
    )
    for name, value in in_float32.items():
        assert error(value, expected[name]) * MARGIN < TOLERANCE[torch.float32]


def _differences(
    params: dict[str, Tensor], name: str, h_prev: Tensor, x: int, y: int, step: float = 1e-5
) -> Tensor:
    result = torch.zeros_like(params[name])
    for place in range(result.numel()):
        sides = []
        for sign in (1, -1):
            moved = params[name].clone()
            moved.view(-1)[place] += sign * step
            sides.append(-rnn.forward_step({**params, name: moved}, h_prev, x)[1][y].log())
        result.view(-1)[place] = (sides[0] - sides[1]) / (2 * step)
    return result
