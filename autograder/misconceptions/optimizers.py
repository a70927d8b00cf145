"""Part 2g."""

from __future__ import annotations

from torch import Tensor

from autograder.misconceptions.registry import Gatherer

wrong = Gatherer("optimizers")

Two = tuple[Tensor, Tensor]
Three = tuple[Tensor, Tensor, Tensor]


@wrong("momentum_step")
def momentum_weights_exchanged(
    theta: Tensor, grad: Tensor, m: Tensor, lr: float, beta1: float
) -> Two:
    """β₁ and 1 − β₁ have changed places: β₁ is the share of the old average that is kept."""
    m = (1 - beta1) * m + beta1 * grad
    return theta - lr * m, m


@wrong("momentum_step")
def momentum_not_averaged(theta: Tensor, grad: Tensor, m: Tensor, lr: float, beta1: float) -> Two:
    """The gradient is added whole: in a rolling average it has the weight 1 − β₁."""
    m = beta1 * m + grad
    return theta - lr * m, m


@wrong("momentum_step")
def momentum_not_used(theta: Tensor, grad: Tensor, m: Tensor, lr: float, beta1: float) -> Two:
    """θ moves along the gradient; it should move along the average m."""
    return theta - lr * grad, beta1 * m + (1 - beta1) * grad


@wrong("momentum_step")
def momentum_of_before(theta: Tensor, grad: Tensor, m: Tensor, lr: float, beta1: float) -> Two:
    """θ moves along the average of before; bring m up to date first, then take the step."""
    return theta - lr * m, beta1 * m + (1 - beta1) * grad


@wrong("momentum_step")
def momentum_uphill(theta: Tensor, grad: Tensor, m: Tensor, lr: float, beta1: float) -> Two:
    """The step is added to θ: that climbs the loss, so subtract it."""
    m = beta1 * m + (1 - beta1) * grad
    return theta + lr * m, m


@wrong("adam_step")
def adam_without_root(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> Three:
    """The step is divided by v; it should be divided by its root √v."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return theta - lr * m / v, m, v


@wrong("adam_step")
def adam_with_correction(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> Three:
    """m and v are corrected for their bias, as in the paper; the simplified form of the assignment
    does not do so."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return theta - lr * (m / (1 - beta1)) / (v / (1 - beta2)).sqrt(), m, v


@wrong("adam_step")
def adam_not_squared(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> Three:
    """v averages the gradients; it should average their squares."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad
    return theta - lr * m / v.sqrt(), m, v


@wrong("adam_step")
def adam_betas_exchanged(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> Three:
    """β₁ and β₂ have changed places: β₁ belongs to m, β₂ to v."""
    m = beta2 * m + (1 - beta2) * grad
    v = beta1 * v + (1 - beta1) * grad * grad
    return theta - lr * m / v.sqrt(), m, v


@wrong("adam_step")
def adam_without_momentum(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> Three:
    """θ moves along the gradient divided by √v; it should move along the average m."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return theta - lr * grad / v.sqrt(), m, v


@wrong("adam_step")
def adam_of_before(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> Three:
    """The step is taken with m and v of before; bring them up to date first."""
    step = lr * m / v.sqrt()
    return theta - step, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad * grad


@wrong("adam_step")
def adam_uphill(
    theta: Tensor, grad: Tensor, m: Tensor, v: Tensor, lr: float, beta1: float, beta2: float
) -> Three:
    """Adam's step is added to θ: that climbs the loss, so subtract it."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return theta + lr * m / v.sqrt(), m, v
