"""Tolerances are measured: right ways to compute stay far within, wrong ones far beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from autograder.comparison import LEAST_MAGNITUDE, TOLERANCE
from autograder.hidden.rnn import DIFFERENT, Cell
from solutions import rnn
from solutions.optimizers import adam_step
from solutions.parser_model import ParserModel
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


@pytest.mark.parametrize("threads", [1, 2])
def test_parser_logits(threads: int) -> None:
    """Other orders of summing, and float64 inside, are right; a leaky ReLU is not."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for seed in range(50):
            rng = torch.Generator().manual_seed(seed)
            model, w = _parser_model(rng), torch.randint(11, (5, 3), generator=rng)
            with torch.no_grad():
                x, expected = model.embedding_lookup(w), model(w)
                parts = zip(x.split(2, dim=1), model.W.split(2), strict=True)
                h = torch.relu(sum(e @ W for e, W in parts) + model.b1)
                doubled = torch.relu(x.double() @ model.W.double() + model.b1) @ model.U.double()
                for right in (
                    torch.addmm(model.b2, h, model.U),
                    (h[:, :, None] * model.U).sum(1) + model.b2,
                    (doubled + model.b2).float(),
                ):
                    assert error(right, expected) * MARGIN < TOLERANCE[torch.float32]
                wrong = torch.nn.functional.leaky_relu(x @ model.W + model.b1) @ model.U + model.b2
                assert error(wrong, expected) > 2 * TOLERANCE[torch.float32]
    finally:
        torch.set_num_threads(before)


def _parser_model(rng: torch.Generator) -> ParserModel:
    """One of the sizes that the check of forward has, with random parameters."""
    model = ParserModel(torch.randn(11, 2, generator=rng).numpy(), 3, 3, 5, 0.0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng))
    return model


@pytest.mark.parametrize("epsilon", [0.0, 1e-8, 1e-6])
def test_optimizer_steps(epsilon: float) -> None:
    """A habitual ε below the root, and other orders of computing, are right; 0.1 is not."""
    for seed in range(100):
        rng = torch.Generator().manual_seed(seed)
        theta, grad, m = (torch.randn(2, 3, generator=rng) for _ in range(3))
        v = 0.5 + torch.rand(2, 3, generator=rng)
        new, m1, v1 = adam_step(theta, grad, m, v, 0.5, 0.7, 0.8)
        assert error(theta.addcdiv(m1, v1.sqrt() + epsilon, value=-0.5), new) * MARGIN < 5e-4
        assert error(theta - 0.5 * m1 / (v1.sqrt() + 0.1), new) > 5e-4 * MARGIN
        assert error(torch.lerp(grad, m, 0.7), m1) * MARGIN < 5e-4


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
