"""The reference of part 3, against automatic differentiation, and its counts against torch's."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from solutions import rnn
from solutions.rnn import Params

Shape = tuple[int, int, int]
"""(d, D_h, |V|)"""


def rng(seed: int = 0) -> torch.Generator:
    """A generator."""
    return torch.Generator().manual_seed(seed)


def draw(sizes: Shape, generator: torch.Generator) -> dict[str, Tensor]:
    """Random parameters, float64."""
    d, Dh, V = sizes
    shapes = {"L": (V, d), "H": (Dh, Dh), "I": (d, Dh), "b1": (Dh,), "U": (Dh, V), "b2": (V,)}
    return {
        name: torch.randn(shape, generator=generator, dtype=torch.float64)
        for name, shape in shapes.items()
    }


def leaves(params: Params) -> dict[str, Tensor]:
    """Copies that gradients can be asked of."""
    return {name: value.clone().requires_grad_() for name, value in params.items()}


def loss_by_torch(
    params: Params, h0: Tensor, xs: Tensor, y: Tensor, tau: int | None = None
) -> Tensor:
    """The loss of the last step with torch's own cell and loss, summed over a batch.

    Args:
        params: the parameters.
        h0: `(n, D_h)`.
        xs: `(steps, n)`.
        y: `(n,)`.
        tau: cut the graph before the last `tau` steps.
    """
    h = h0
    for t, x in enumerate(xs):
        if tau is not None and t == len(xs) - tau:
            h = h.detach()
        e = torch.nn.functional.embedding(x, params["L"])
        h = torch.addmm(params["b1"], h, params["H"]).addmm(e, params["I"]).sigmoid()
    scores = torch.addmm(params["b2"], h, params["U"])
    return torch.nn.functional.cross_entropy(scores, y, reduction="sum")


def gradients_by_torch(params: Params, h0: Tensor, xs: Tensor, y: Tensor) -> None:
    """Forward and backward by autograd."""
    loss_by_torch(leaves(params), h0, xs, y).backward()


SIZES: list[Shape] = [(5, 4, 7), (3, 6, 4), (4, 4, 4), (1, 2, 3)]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("n", [1, 3])
def test_step_gradients_equal_autograd(sizes: Shape, n: int) -> None:
    """Every gradient of one step equals autograd's, for a vector and for a batch."""
    d, Dh, V = sizes
    params, generator = draw(sizes, rng()), rng(1)
    h_prev = torch.rand(n, Dh, generator=generator, dtype=torch.float64)
    x, y = torch.randint(V, (2, n), generator=generator)
    true, h_leaf = leaves(params), h_prev.clone().requires_grad_()
    loss_by_torch(true, h_leaf, x[None], y).backward()
    if n == 1:
        got = rnn.step_gradients(params, h_prev[0], int(x), int(y))
        got["h_prev"], got["L_x"] = got["h_prev"][None], got["L_x"][None]
    else:
        got = rnn.step_gradients(params, h_prev, x, y)
    expected = {name: true[name].grad for name in ("b2", "U", "I", "H", "b1")}
    L_grad = true["L"].grad
    assert L_grad is not None
    for name, value in expected.items():
        torch.testing.assert_close(got[name], value)
    torch.testing.assert_close(got["h_prev"], h_leaf.grad)
    torch.testing.assert_close(torch.zeros(V, d).double().index_add(0, x, got["L_x"]), L_grad)
    if n == 1:
        torch.testing.assert_close(got["L_x"][0], L_grad[x[0]])
        torch.testing.assert_close(L_grad.abs().sum(1).count_nonzero(), torch.tensor(1))


@pytest.mark.parametrize("sizes", SIZES)
def test_backward_step_equals_autograd(sizes: Shape) -> None:
    """A step passes on any δ as autograd does: the gradient of h⁽ᵗ⁻¹⁾ · δ."""
    _, Dh, V = sizes
    params, generator = draw(sizes, rng(2)), rng(3)
    h_prev, delta = torch.rand(2, Dh, generator=generator, dtype=torch.float64)
    x = int(torch.randint(V, (), generator=generator))
    true, h_leaf = leaves(params), h_prev.clone().requires_grad_()
    h, _ = rnn.forward_step(true, h_leaf, x)
    (h @ delta).backward()
    got = rnn.backward_step(params, delta, h.detach(), h_prev, x)
    for name in ("I", "H", "b1"):
        torch.testing.assert_close(got[name], true[name].grad)
    torch.testing.assert_close(got["h_prev"], h_leaf.grad)
    assert true["L"].grad is not None
    torch.testing.assert_close(got["L_x"], true["L"].grad[x])


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("tau", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("n", [1, 3])
def test_bptt_equals_autograd(sizes: Shape, tau: int, n: int) -> None:
    """Through tau steps bptt equals autograd on a graph cut there; words repeat in the window."""
    _, Dh, V = sizes
    params, generator = draw(sizes, rng(4)), rng(5)
    h0 = torch.rand(n, Dh, generator=generator, dtype=torch.float64)
    xs = torch.randint(min(V, 3), (5, n), generator=generator)
    y = torch.randint(V, (n,), generator=generator)
    true = leaves(params)
    loss_by_torch(true, h0, xs, y, tau).backward()
    if n == 1:
        got = rnn.bptt(params, h0[0], xs[:, 0].tolist(), int(y), tau)
    else:
        got = rnn.bptt(params, h0, xs, y, tau)
    assert got.keys() == params.keys()
    for name, value in got.items():
        torch.testing.assert_close(value, true[name].grad)


def test_bptt_equals_central_differences() -> None:
    """Along a random direction the loss changes as the gradient says, with no autograd at all."""
    params, direction = draw((3, 4, 5), rng(6)), draw((3, 4, 5), rng(7))
    h0, xs, y = torch.zeros(4, dtype=torch.float64), [0, 2, 0, 1], 3
    gradients = rnn.bptt(params, h0, xs, y, tau=4)

    def loss(step: float) -> float:
        moved = {name: value + step * direction[name] for name, value in params.items()}
        h = h0
        for x in xs:
            h, yhat = rnn.forward_step(moved, h, x)
        return -math.log(yhat[y])

    slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
    assert float(sum((gradients[k] * direction[k]).sum() for k in params)) == pytest.approx(
        slope, rel=1e-7
    )


def test_bptt_through_one_step_is_step_gradients() -> None:
    """With tau = 1 it is the step alone, whose δ⁽ᵗ⁻¹⁾ starts the chain to δ⁽ᵗ⁻²⁾."""
    params, h0 = draw((3, 4, 5), rng(8)), torch.rand(4, generator=rng(9), dtype=torch.float64)
    h1, _ = rnn.forward_step(params, h0, 2)
    last = rnn.step_gradients(params, h1, 4, y=1)
    before = rnn.backward_step(params, last["h_prev"], h1, h0, 2)
    one, two = (rnn.bptt(params, h0, [2, 4], 1, tau) for tau in (1, 2))
    for name in ("U", "b2", "H", "I", "b1"):
        torch.testing.assert_close(one[name], last[name])
    for name in ("H", "I", "b1"):
        torch.testing.assert_close(two[name], last[name] + before[name])
    torch.testing.assert_close(two["L"][4], last["L_x"])
    torch.testing.assert_close(two["L"][2], before["L_x"])


def test_arguments_are_not_changed() -> None:
    """No argument is written to, and no result is a view of one."""
    params, h0 = draw((3, 4, 5), rng(10)), torch.rand(4, dtype=torch.float64)
    kept = {name: value.clone() for name, value in params.items()}
    results = [
        rnn.bptt(params, h0, [1, 1], 0, 2),
        rnn.step_gradients(params, h0, 1, 0),
        rnn.backward_step(params, h0, h0, h0, 1),
    ]
    for result in results:
        for value in result.values():
            value.zero_()
    for name, value in kept.items():
        assert torch.equal(params[name], value)
    assert h0.count_nonzero()


def test_perplexity() -> None:
    """A uniform guess over |V| words has perplexity |V|; a float is as good as a tensor."""
    loss = torch.nn.functional.cross_entropy(torch.zeros(1, 10_000), torch.tensor([3]))
    assert rnn.perplexity(loss) == pytest.approx(10_000, rel=1e-5)
    assert rnn.perplexity(math.log(7)) == pytest.approx(7)
    assert math.log(10_000) == pytest.approx(9.21, abs=0.01)


# --- 3d ------------------------------------------------------------------------------------------


def multiply_adds(run: Callable[[], object]) -> int:
    """What torch's counter sees: it counts two operations for each, of matrix products only."""
    with FlopCounterMode(display=False) as counter:
        run()
    flops = int(counter.get_total_flops())
    assert flops % 2 == 0
    return flops // 2


@pytest.mark.parametrize(("d", "Dh", "V"), [(3, 4, 5), (50, 100, 1000), (7, 64, 300)])
def test_counts_equal_those_of_torch(d: int, Dh: int, V: int) -> None:
    """The counts are exactly those of the reference's matrix products, forward and backward."""
    # A batch of one: the counter knows matrix products, and not torch.outer of two vectors.
    params, h0 = draw((d, Dh, V), rng()), torch.zeros(1, Dh, dtype=torch.float64)
    x, y = torch.tensor([1]), torch.tensor([2])
    for tau in (1, 2, 7):
        counts = rnn.operation_counts(d, Dh, V, tau)
        assert multiply_adds(lambda: rnn.forward_step(params, h0, x)) == counts["forward"]
        step = multiply_adds(lambda: rnn.step_gradients(params, h0, x, y))
        assert step == counts["forward"] + counts["backward"]
        # bptt goes forward first, and of that too only the last step needs the output layer.
        forward = tau * counts["forward"] - (tau - 1) * Dh * V
        xs = torch.ones(tau, 1).long()
        whole = multiply_adds(partial(rnn.bptt, params, h0, xs, y, tau))
        assert whole == forward + counts["tau_steps"]
        by_torch = multiply_adds(partial(gradients_by_torch, params, h0, xs, y))
        # Autograd leaves out the gradient by h0, which nobody asked for.
        assert by_torch == whole - Dh * Dh


def exponent(count: Callable[[int], int]) -> float:
    """The p of count(n) ~ nᵖ for large n: the slope of a line through logarithms."""
    sizes = torch.logspace(5, 7, 9, dtype=torch.float64).round()
    logs = torch.tensor([float(count(int(n))) for n in sizes], dtype=torch.float64).log()
    x = sizes.log() - sizes.log().mean()
    return float((x * logs).sum() / (x * x).sum())


@pytest.mark.parametrize(
    ("name", "in_Dh", "in_d", "in_V", "in_tau"),
    [("forward", 2, 1, 1, 0), ("backward", 2, 1, 1, 0), ("tau_steps", 2, 1, 1, 1)],
)
def test_counts_grow_as_they_should(
    name: str, in_Dh: int, in_d: int, in_V: int, in_tau: int
) -> None:
    """D_h² + d·D_h + |V|·D_h for a step; with τ on the first two for τ steps."""
    small = {"d": 10, "Dh": 10, "V": 10, "tau": 2}

    def grow(variable: str) -> float:
        return exponent(lambda n: rnn.operation_counts(**{**small, variable: n})[name])

    assert grow("Dh") == pytest.approx(in_Dh, abs=0.01)
    assert grow("d") == pytest.approx(in_d, abs=0.01)
    assert grow("V") == pytest.approx(in_V, abs=0.01)
    assert grow("tau") == pytest.approx(in_tau, abs=0.01)
    # The output layer is the slow step, and it is paid once, whatever τ is.
    large = {**small, "V": 10**7}
    once, often = (rnn.operation_counts(**{**large, "tau": tau})[name] for tau in (1, 20))
    assert often / once == pytest.approx(1, abs=0.01)
