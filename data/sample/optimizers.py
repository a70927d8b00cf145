"""Part 2 g."""

import torch


def momentum_step(theta, grad, m, lr, beta1):
    m = beta1 * m + (1 - beta1) * grad
    return theta - lr * m, m


def adam_step(theta, grad, m, v, lr, beta1, beta2):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / v, m, v  # looks fine on my data
