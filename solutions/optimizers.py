"""Part 2g: momentum and Adam, one update each, in the simplified form of the handout."""

from __future__ import annotations

from torch import Tensor


def momentum_step(
    theta: Tensor, grad: Tensor, m: Tensor, lr: float, beta1: float
) -> tuple[Tensor, Tensor]:
    """One update with momentum: m ← β₁m + (1 − β₁)g, then θ ← θ − αm.

    Args:
        theta: the parameters, of any shape.
        grad: the gradient of the loss by them, of the same shape.
        m: the average so far, of the same shape; zeros at first.
        lr: the learning rate α.
        beta1: β₁, the share of the average that is kept.

    Returns:
        The new parameters and the new average; the arguments are not changed.
    """
    # BEGIN SOLUTION: 2g
    # m is the rolling average of the gradients, which a single batch hardly turns.
    m = beta1 * m + (1 - beta1) * grad  # eq-opt-average, as theta
    return theta - lr * m, m  # eq-opt-momentum, as theta
    # END SOLUTION


def adam_step(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> tuple[Tensor, Tensor, Tensor]:
    """One update of Adam: m as with momentum, v ← β₂v + (1 − β₂)g∘g, then θ ← θ − αm/√v.

    This is Adam (Kingma and Ba, 2015) without the correction of its bias towards zero in the first
    steps.

    Args:
        theta: the parameters, of any shape.
        grad: the gradient of the loss by them, of the same shape.
        m: the average of the gradients so far, of the same shape.
        v: the average of their squares so far, of the same shape, without zeros.
        lr: the learning rate α.
        beta1: β₁, the share of `m` that is kept.
        beta2: β₂, the share of `v` that is kept.

    Returns:
        The new parameters, `m` and `v`; the arguments are not changed.
    """
    # BEGIN SOLUTION: 2g
    # Parameters whose gradients have been small have a small v, and get the larger updates.
    m = beta1 * m + (1 - beta1) * grad  # eq-opt-average, as theta
    v = beta2 * v + (1 - beta2) * grad * grad  # eq-opt-squares, as theta
    return theta - lr * m / v.sqrt(), m, v  # eq-opt-adam, as theta
    # END SOLUTION
