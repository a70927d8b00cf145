"""Part 3: a recurrent language model, its gradients by hand, and what they cost.

`params` is a mapping with the keys `L H I b1 U b2`: `L (|V|, d)`, `H (D_h, D_h)`, `I (d, D_h)`,
`b1 (D_h,)`, `U (D_h, |V|)` and `b2 (|V|,)`. Vectors are `(D_h,)`, words are integer ids.
"""

# BEGIN SOLUTION NO PROMPT
# Beyond the assignment everything takes a batch of n as well, with `(n, D_h)` and integer tensors
# `(n,)`. Its loss is the sum over its examples: so are gradients by parameters, while those that
# belong to an example (`L_x`, `h_prev`) keep its row.
# END SOLUTION

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

Params = Mapping[str, Tensor]
Gradients = dict[str, Tensor]


def perplexity(cross_entropy: float | Tensor) -> float:
    """The perplexity 1/ŷₖ of a prediction whose loss is CE = −log ŷₖ, k being the right word."""
    # BEGIN SOLUTION: 3a
    # CE = −log ŷₖ = log PP, so PP = exp(CE).
    return math.exp(cross_entropy)  # eq-rnn-perplexity
    # END SOLUTION


# --- 3b: one step --------------------------------------------------------------------------------


def forward_step(params: Params, h_prev: Tensor, x: int | Tensor) -> tuple[Tensor, Tensor]:
    """The hidden state h⁽ᵗ⁾ `(D_h,)` and the prediction ŷ⁽ᵗ⁾ `(|V|,)`, after h⁽ᵗ⁻¹⁾ and x⁽ᵗ⁾."""
    # BEGIN SOLUTION: 3b
    h = hidden_state(params, h_prev, x)
    return h, prediction(params, h)
    # END SOLUTION


# BEGIN SOLUTION NO PROMPT
def hidden_state(params: Params, h_prev: Tensor, x: int | Tensor) -> Tensor:
    """The half of a step that the next one needs."""
    e = params["L"][x]  # eq-rnn-embed (d,): the row x of L is what xL selects
    v = h_prev @ params["H"] + e @ params["I"] + params["b1"]  # eq-rnn-v (D_h,)
    return torch.sigmoid(v)  # eq-rnn-h (D_h,)


def prediction(params: Params, h: Tensor) -> Tensor:
    """The half of a step that its own loss needs: the slow one."""
    theta = h @ params["U"] + params["b2"]  # eq-rnn-theta (|V|,)
    return torch.softmax(theta, dim=-1)  # eq-rnn-yhat (|V|,)


# END SOLUTION


def step_gradients(params: Params, h_prev: Tensor, x: int | Tensor, y: int | Tensor) -> Gradients:
    """The gradients of J⁽ᵗ⁾ = CE(y, ŷ⁽ᵗ⁾) at step t alone, with h⁽ᵗ⁻¹⁾ held fixed.

    Args:
        params: the parameters.
        h_prev: h⁽ᵗ⁻¹⁾ `(D_h,)`.
        x: the word x⁽ᵗ⁾.
        y: the next word, which ŷ⁽ᵗ⁾ should predict.

    Returns:
        `b2 (|V|,)`, `U (D_h, |V|)`, `L_x (d,)`, `I (d, D_h)`, `H (D_h, D_h)`, `b1 (D_h,)` and
        `h_prev (D_h,)`.
    """
    # BEGIN SOLUTION: 3b
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat - one_hot(y, yhat)  # eq-rnn-delta1 (|V|,): ∂J/∂θ
    delta2 = (delta1 @ params["U"].T) * h * (1 - h)  # eq-rnn-delta2 (D_h,): ∂J/∂v
    return output_gradients(h, delta1) | cell_gradients(params, delta2, h_prev, x)
    # END SOLUTION


# BEGIN SOLUTION NO PROMPT
def output_gradients(h: Tensor, delta1: Tensor) -> Gradients:
    """What δ₁ = ∂J/∂θ says of U and b₂."""
    return {
        "U": outer(h, delta1),  # eq-rnn-grad-U (D_h, |V|)
        "b2": over_batch(delta1),  # eq-rnn-grad-b2 (|V|,)
    }


def cell_gradients(params: Params, s: Tensor, h_prev: Tensor, x: int | Tensor) -> Gradients:
    """What ∂J/∂v of a step says of all that v is made of; that is δ₂ at step t, s before it."""
    e = params["L"][x]
    return {
        "H": outer(h_prev, s),  # eq-rnn-grad-H, eq-bptt-H (D_h, D_h)
        "I": outer(e, s),  # eq-rnn-grad-I, eq-bptt-I (d, D_h)
        "b1": over_batch(s),  # eq-rnn-grad-b1, eq-bptt-b1 (D_h,)
        "L_x": s @ params["I"].T,  # eq-rnn-grad-Lx, eq-bptt-Lx (d,)
        "h_prev": s @ params["H"].T,  # eq-rnn-grad-hprev, eq-bptt-recursion (D_h,)
    }


# END SOLUTION
# --- 3c: through time ----------------------------------------------------------------------------


def backward_step(
    params: Params, delta: Tensor, h: Tensor, h_prev: Tensor, x: int | Tensor
) -> Gradients:
    """The gradients of J⁽ᵗ⁾ at the step before, t−1, where it arrives as δ⁽ᵗ⁻¹⁾.

    Args:
        params: the parameters.
        delta: δ⁽ᵗ⁻¹⁾ = ∂J⁽ᵗ⁾/∂h⁽ᵗ⁻¹⁾ `(D_h,)`.
        h: h⁽ᵗ⁻¹⁾ `(D_h,)`.
        h_prev: h⁽ᵗ⁻²⁾ `(D_h,)`.
        x: the word x⁽ᵗ⁻¹⁾.

    Returns:
        `L_x I H b1` as in `step_gradients`, and `h_prev`, which is δ⁽ᵗ⁻²⁾.
    """
    # BEGIN SOLUTION: 3c
    s = delta * h * (1 - h)  # eq-bptt-s (D_h,): ∂J/∂v
    return cell_gradients(params, s, h_prev, x)
    # END SOLUTION


def bptt(
    params: Params, h0: Tensor, xs: Sequence[int] | Tensor, y: int | Tensor, tau: int
) -> Gradients:
    """The gradients of the loss at the last step, back through at most `tau` steps.

    Args:
        params: the parameters.
        h0: the state before the first word, `(D_h,)`.
        xs: the words, one or more.
        y: what the last step should predict.
        tau: how many steps, the last one included. From `len(xs)` on, this is the true gradient.

    Returns:
        `L (|V|, d)`, `I`, `H`, `b1`, `U` and `b2`.
    """
    # BEGIN SOLUTION: 3c
    # The outer products of all steps are summed by one matrix product.
    L, H = params["L"], params["H"]
    words = torch.as_tensor(xs)
    e = L[words]  # eq-rnn-embed, of all steps (steps, d)
    h = [h0]
    for from_e in (e @ params["I"] + params["b1"]).unbind():
        h.append(torch.sigmoid(h[-1] @ H + from_e))  # eq-rnn-v, eq-rnn-h (D_h,)
    yhat = prediction(params, h[-1])
    delta1 = yhat - one_hot(y, yhat)  # eq-rnn-delta1 (|V|,)
    delta = delta1 @ params["U"].T  # eq-bptt-start (D_h,): ∂J/∂h at the last step
    first = max(0, len(words) - tau)
    s: list[Tensor] = []
    for t in range(len(words), first, -1):
        s.append(delta * h[t] * (1 - h[t]))  # eq-bptt-s (D_h,)
        delta = s[-1] @ H.T  # eq-bptt-recursion (D_h,)
    # From here on all steps at once: row k is step k's.
    words, e = words[first:].flatten(), e[first:].flatten(0, -2)
    by_v = torch.stack(s[::-1]).reshape(len(words), -1)
    h_prev = torch.stack(h[first:-1]).reshape(len(words), -1)
    return output_gradients(h[-1], delta1) | {
        "H": h_prev.T @ by_v,  # eq-bptt-sum-H (D_h, D_h)
        "I": e.T @ by_v,  # eq-bptt-sum-I (d, D_h)
        "b1": by_v.sum(0),  # eq-bptt-sum-b1 (D_h,)
        # A word that occurs twice gets the sum of both.
        "L": torch.zeros_like(L).index_add_(0, words, by_v @ params["I"].T),  # eq-bptt-sum-L
    }
    # END SOLUTION


# --- 3d: what it costs ---------------------------------------------------------------------------


def operation_counts(d: int, Dh: int, V: int, tau: int) -> dict[str, int]:
    """Multiply–adds of the matrix products: all others are of lower order.

    Returns:
        `forward` and `backward` of one step, and `tau_steps`, backward through `tau` steps of one
        loss.
    """
    # BEGIN SOLUTION: 3d
    # Looking up a row of L takes none. Backward, each product of the forward step returns as two:
    # the gradient by its matrix, and that by its row vector. Of `tau` steps, only the last needs
    # the output layer.
    cell = Dh * Dh + d * Dh  # h H and e I
    output = Dh * V  # h U
    return {
        "forward": cell + output,  # eq-cost-forward
        "backward": 2 * (cell + output),  # eq-cost-backward
        "tau_steps": 2 * (tau * cell + output),  # eq-cost-tau
    }
    # END SOLUTION


# BEGIN SOLUTION NO PROMPT
# --- row vectors and batches of them -------------------------------------------------------------


def outer(a: Tensor, b: Tensor) -> Tensor:
    """aᵀb for row vectors `(m,)` and `(n,)`; for batches the sum over the examples."""
    return torch.outer(a, b) if a.dim() == 1 else a.T @ b


def over_batch(a: Tensor) -> Tensor:
    """A row vector as it is; the rows of a batch summed."""
    return a if a.dim() == 1 else a.sum(0)


def one_hot(y: int | Tensor, like: Tensor) -> Tensor:
    """The word y as a row vector of the length and dtype of `like`."""
    return torch.zeros_like(like).scatter_(-1, torch.as_tensor(y).unsqueeze(-1), 1.0)


# END SOLUTION
