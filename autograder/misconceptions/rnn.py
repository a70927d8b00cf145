"""Parts 3a to 3d."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from autograder.misconceptions.registry import Gatherer
from solutions.rnn import (
    Gradients,
    Params,
    cell_gradients,
    forward_step,
    hidden_state,
    one_hot,
    outer,
    output_gradients,
    prediction,
)

wrong = Gatherer("rnn")


@wrong("perplexity")
def perplexity_by_powers_of_two(cross_entropy: Tensor) -> float:
    """The loss is a natural logarithm, so perplexity is exp(CE), not 2 to the power of it."""
    return float(2**cross_entropy)


@wrong("perplexity")
def perplexity_is_the_probability(cross_entropy: Tensor) -> float:
    """That is ŷₖ itself; perplexity is its reciprocal, exp(CE)."""
    return math.exp(-cross_entropy)


# --- 3b ------------------------------------------------------------------------------------------


@wrong("step_gradients")
def step_gradients_sign_of_delta1(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:
    """δ₁ is ŷ − y, not y − ŷ: all gradients have the opposite sign."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = one_hot(y, yhat) - yhat
    delta2 = (delta1 @ params["U"].T) * h * (1 - h)
    return output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)


@wrong("step_gradients")
def step_gradients_without_label(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:
    """The label is missing: δ₁ is ŷ − y, with y as a one-hot vector."""
    h, yhat = forward_step(params, h_prev, x)
    delta2 = (yhat @ params["U"].T) * h * (1 - h)
    return output_gradients(h, yhat) | cell_gradients(params, delta2, h_prev, x)


@wrong("step_gradients")
def step_gradients_without_sigmoid(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:
    """The derivative of the sigmoid is missing: δ₂ = (δ₁ Uᵀ) ∘ h ∘ (1 − h)."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = delta1 @ params["U"].T
    return output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)


@wrong("step_gradients")
def step_gradients_sigmoid_before(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:
    """The derivative of the sigmoid is that of the wrong step: at h⁽ᵗ⁾, not at h⁽ᵗ⁻¹⁾."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * h_prev * (1 - h_prev)
    return output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)


@wrong("step_gradients")
def step_gradients_of_tanh(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:
    """1 − h² is the derivative of tanh; that of the sigmoid is h(1 − h)."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * (1 - h * h)
    return output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)


@wrong("step_gradients")
def step_gradients_of_h_alone(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:
    """Half of the derivative of the sigmoid is missing: it is h(1 − h), not h."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * h
    return output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)


@wrong("step_gradients")
def step_gradients_U_as_it_is(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:  # noqa: N802
    """δ₁ goes back through the transpose of U: δ₁ Uᵀ, not δ₁ U."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"]) * h * (1 - h)
    return output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)


@wrong("step_gradients")
def step_gradients_sigmoid_after_I(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:  # noqa: N802
    """In the gradient of L_x the factor h(1 − h) comes before Iᵀ, as a part of δ₂, not after it."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * h * (1 - h)
    gradients = output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)
    return gradients | {"L_x": (delta1 @ params["U"].T @ params["I"].T) * h * (1 - h)}


@wrong("step_gradients")
def step_gradients_I_transposed(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:  # noqa: N802
    """The gradient of I is the outer product eᵀ δ₂, `(d, D_h)`; this is δ₂ᵀ e, its transpose."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * h * (1 - h)
    gradients = output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)
    return gradients | {"I": gradients["I"].T}


@wrong("step_gradients")
def step_gradients_H_transposed(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:  # noqa: N802
    """The gradient of H is the outer product h⁽ᵗ⁻¹⁾ᵀ δ₂; this is its transpose."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * h * (1 - h)
    gradients = output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)
    return gradients | {"H": gradients["H"].T}


@wrong("step_gradients")
def step_gradients_H_of_h(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:  # noqa: N802
    """What H multiplies is h⁽ᵗ⁻¹⁾: its gradient is h⁽ᵗ⁻¹⁾ᵀ δ₂, not h⁽ᵗ⁾ᵀ δ₂."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * h * (1 - h)
    gradients = output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)
    return gradients | {"H": outer(h, delta2)}


@wrong("step_gradients")
def step_gradients_H_as_it_is(params: Params, h_prev: Tensor, x: int, y: int) -> Gradients:  # noqa: N802
    """δ₂ goes back through the transpose of H: δ₂ Hᵀ, not δ₂ H."""
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)
    delta2 = (delta1 @ params["U"].T) * h * (1 - h)
    gradients = output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)
    return gradients | {"h_prev": delta2 @ params["H"]}


# --- 3c ------------------------------------------------------------------------------------------


@wrong("backward_step")
def backward_step_without_sigmoid(
    params: Params, delta: Tensor, h: Tensor, h_prev: Tensor, x: int
) -> Gradients:
    """The derivative of the sigmoid is missing: s = δ⁽ᵗ⁻¹⁾ ∘ h⁽ᵗ⁻¹⁾ ∘ (1 − h⁽ᵗ⁻¹⁾)."""
    return cell_gradients(params, delta, h_prev, x)


@wrong("backward_step")
def backward_step_sigmoid_before(
    params: Params, delta: Tensor, h: Tensor, h_prev: Tensor, x: int
) -> Gradients:
    """The derivative of the sigmoid is that of the wrong step: s takes h⁽ᵗ⁻¹⁾, not h⁽ᵗ⁻²⁾."""
    return cell_gradients(params, delta * h_prev * (1 - h_prev), h_prev, x)


@wrong("backward_step")
def backward_step_sigmoid_after_I(  # noqa: N802
    params: Params, delta: Tensor, h: Tensor, h_prev: Tensor, x: int
) -> Gradients:
    """In the gradient of the embedding, h(1 − h) comes before Iᵀ, as a part of s, not after it."""
    gradients = cell_gradients(params, delta * h * (1 - h), h_prev, x)
    return gradients | {"L_x": (delta @ params["I"].T) * h * (1 - h)}


@wrong("backward_step")
def backward_step_H_of_h(  # noqa: N802
    params: Params, delta: Tensor, h: Tensor, h_prev: Tensor, x: int
) -> Gradients:
    """What H multiplies at step t−1 is h⁽ᵗ⁻²⁾: its gradient there is h⁽ᵗ⁻²⁾ᵀ s, not h⁽ᵗ⁻¹⁾ᵀ s."""
    s = delta * h * (1 - h)
    return cell_gradients(params, s, h_prev, x) | {"H": outer(h, s)}


@wrong("backward_step")
def backward_step_chain_of_delta(
    params: Params, delta: Tensor, h: Tensor, h_prev: Tensor, x: int
) -> Gradients:
    """The chain goes back through the sigmoid first: δ⁽ᵗ⁻²⁾ = s Hᵀ, not δ⁽ᵗ⁻¹⁾ Hᵀ."""
    gradients = cell_gradients(params, delta * h * (1 - h), h_prev, x)
    return gradients | {"h_prev": delta @ params["H"].T}


@wrong("backward_step")
def backward_step_H_as_it_is(  # noqa: N802
    params: Params, delta: Tensor, h: Tensor, h_prev: Tensor, x: int
) -> Gradients:
    """The chain goes back through the transpose of H: δ⁽ᵗ⁻²⁾ = s Hᵀ, not s H."""
    s = delta * h * (1 - h)
    return cell_gradients(params, s, h_prev, x) | {"h_prev": s @ params["H"]}


@wrong("bptt")
def bptt_one_step_too_many(
    params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int
) -> Gradients:
    """This goes one step too far back: `tau` counts the last step as well."""
    return _steps(params, h0, xs, y, tau + 1)


@wrong("bptt")
def bptt_one_step_too_few(
    params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int
) -> Gradients:
    """This stops one step early: with `tau` = 1 the last step itself is still to be done."""
    return _steps(params, h0, xs, y, tau - 1)


@wrong("bptt")
def bptt_through_everything(
    params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int
) -> Gradients:
    """This goes back to the first word, whatever `tau` is."""
    return _steps(params, h0, xs, y, len(xs))


@wrong("bptt")
def bptt_rows_overwritten(
    params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int
) -> Gradients:
    """A word that occurs twice keeps the gradient of one place only: its row of L needs the sum,
    so add to it (`+=` in a loop, or `index_add_`; `L[words] += …` adds only once)."""
    return _steps(params, h0, xs, y, tau, add=False)


@wrong("bptt")
def bptt_of_all_losses(
    params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int
) -> Gradients:
    """These are gradients of the losses of all steps, added up; the loss is that of the last."""
    parts = [_steps(params, h0, xs[:t], (*xs, y)[t], tau) for t in range(1, 1 + len(xs))]
    return {name: torch.stack([part[name] for part in parts]).sum(0) for name in params}


@wrong("bptt")
def bptt_of_the_mean(params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int) -> Gradients:
    """These are divided by the number of steps: the loss is that of the last step, not a mean, and
    each step adds its share to the gradient."""
    gradients = _steps(params, h0, xs, y, tau)
    return {name: value / min(tau, len(xs)) for name, value in gradients.items()}


@wrong("bptt")
def bptt_without_sigmoid(
    params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int
) -> Gradients:
    """The derivative of the sigmoid is missing: at each step δ is multiplied by h(1 − h)."""
    return _steps(params, h0, xs, y, tau, slope=lambda h, _: torch.ones_like(h))


@wrong("bptt")
def bptt_sigmoid_before(
    params: Params, h0: Tensor, xs: Sequence[int], y: int, tau: int
) -> Gradients:
    """The derivative of the sigmoid is that of the wrong step: where the gradient arrives at h⁽ᵗ⁾,
    it is h⁽ᵗ⁾(1 − h⁽ᵗ⁾)."""
    return _steps(params, h0, xs, y, tau, slope=lambda _, h_prev: h_prev * (1 - h_prev))


def _steps(
    params: Params,
    h0: Tensor,
    xs: Sequence[int],
    y: int,
    tau: int,
    slope: Callable[[Tensor, Tensor], Tensor] = lambda h, _: h * (1 - h),
    add: bool = True,
) -> Gradients:
    """bptt step by step, with places to go wrong in."""
    h = [h0]
    for x in xs:
        h.append(hidden_state(params, h[-1], x))
    yhat = prediction(params, h[-1])
    delta1 = yhat - one_hot(y, yhat)
    delta = delta1 @ params["U"].T
    total = {name: torch.zeros_like(params[name]) for name in ("L", "I", "H", "b1")}
    for t in range(len(xs), max(0, len(xs) - tau), -1):
        step = cell_gradients(params, delta * slope(h[t], h[t - 1]), h[t - 1], xs[t - 1])
        for name in ("I", "H", "b1"):
            total[name] += step[name]
        before = total["L"][xs[t - 1]]
        total["L"][xs[t - 1]] = step["L_x"] + before if add else step["L_x"]
        delta = step["h_prev"]
    return output_gradients(h[-1], delta1) | total
