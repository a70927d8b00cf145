# optimizers.py: θ itself is changed.
# Loses: 2g.11
import torch


def momentum_step(theta, grad, m, lr, beta1):
    m = beta1 * m + (1 - beta1) * grad
    theta -= lr * m
    return theta, m


def adam_step(theta, grad, m, v, lr, beta1, beta2):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    theta = theta - lr * m / torch.sqrt(v)
    return theta, m, v
