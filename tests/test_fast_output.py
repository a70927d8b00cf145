"""Sampled softmax: right on average, the better the more words are drawn, and cheaper."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from solutions.fast_output import draw, sampled_loss, sampled_operations
from solutions.rnn import operation_counts

V, DH = 300, 8


def setting(seed: int) -> tuple[dict[str, Tensor], Tensor, int, Tensor]:
    """Parameters of an output layer, a hidden state, a word, and a distribution to draw from."""
    rng = torch.Generator().manual_seed(seed)
    U = torch.randn(DH, V, generator=rng, dtype=torch.float64)
    b2 = torch.randn(V, generator=rng, dtype=torch.float64)
    h = torch.rand(DH, generator=rng, dtype=torch.float64)
    return {"U": U, "b2": b2}, h, 3, torch.softmax(b2, 0)


def full(params: dict[str, Tensor], h: Tensor, y: int) -> tuple[Tensor, Tensor]:
    """The loss with the whole vocabulary, and its gradient by h; by autograd."""
    leaf = h.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(leaf @ params["U"] + params["b2"], torch.tensor(y))
    loss.backward()
    assert leaf.grad is not None
    return loss.detach(), leaf.grad


def test_gradients_are_those_of_the_estimate() -> None:
    """Each gradient equals autograd's of the same estimate of the loss."""
    params, h, y, q = setting(0)
    sample = torch.cat([draw(q, 20, torch.Generator().manual_seed(1)), torch.tensor([y, 5, 5])])
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    h_leaf = h.clone().requires_grad_()
    theta = h_leaf @ leaves["U"] + leaves["b2"]
    terms = torch.where(sample == y, 0, theta[sample].exp() / q[sample])
    loss = -theta[y] + torch.log(theta[y].exp() + terms.mean())
    loss.backward()
    got = sampled_loss(params, h, y, q, sample)
    torch.testing.assert_close(got.loss, loss.detach())
    torch.testing.assert_close(got.h, h_leaf.grad)
    by_columns = torch.zeros_like(params["U"]).index_add(1, got.words, got.U)
    torch.testing.assert_close(by_columns, leaves["U"].grad)
    by_entries = torch.zeros_like(params["b2"]).index_add(0, got.words, got.b2)
    torch.testing.assert_close(by_entries, leaves["b2"].grad)


def test_normaliser_is_right_on_average() -> None:
    """The mean of Ẑ over many samples is Z, to within three standard errors."""
    params, h, y, q = setting(2)
    rng = torch.Generator().manual_seed(3)
    score = (h @ params["U"] + params["b2"])[y]
    estimates = torch.stack(
        [(sampled_loss(params, h, y, q, draw(q, 10, rng)).loss + score).exp() for _ in range(2000)]
    )
    Z = (full(params, h, y)[0] + score).exp()
    assert abs(float(estimates.mean() - Z)) < 3 * float(estimates.std()) / 2000**0.5


def test_error_falls_as_one_over_the_root_of_the_sample() -> None:
    """Sixteen times as many words make the error of the gradient by h about a quarter."""
    errors = []
    for K in (25, 400):
        squares = []
        for seed in range(60):
            params, h, y, q = setting(seed)
            sample = draw(q, K, torch.Generator().manual_seed(1000 + seed))
            _, true = full(params, h, y)
            squares.append(((sampled_loss(params, h, y, q, sample).h - true) ** 2).sum())
        errors.append(float(torch.stack(squares).mean().sqrt()))
    assert errors[1] / errors[0] == pytest.approx(0.25, abs=0.1)


def test_counts_equal_those_of_torch() -> None:
    """The output layer takes (K + 1) D_h multiply–adds forward, and twice as many backward."""
    params, h, y, q = setting(4)
    sample = draw(q, 20, torch.Generator().manual_seed(5))
    with FlopCounterMode(display=False) as counter:
        _ = h @ params["U"]  # what it takes the place of
    whole = counter.get_total_flops() // 2
    counts = sampled_operations(DH, 20)
    assert counts["forward"] / whole == 21 / V
    with FlopCounterMode(display=False) as counter:
        sampled_loss(params, h[None][0], y, q, sample)
    # The counter sees θ; the two products of the backward step are outer and matrix–vector.
    assert counter.get_total_flops() // 2 == counts["forward"]
    saved = operation_counts(0, DH, V, 1)["forward"] - DH * DH - counts["forward"]
    assert saved == (V - 21) * DH
