# optimizers.py: the correction of the paper's, for the first step.
# Loses: 2g.10
import torch


def momentum_step(theta, grad, m, lr, beta1):
    m = beta1 * m + (1 - beta1) * grad
    theta = theta - lr * m
    return theta, m


def adam_step(theta, grad, m, v, lr, beta1, beta2):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    theta = theta - lr * (m / (1 - beta1)) / torch.sqrt(v / (1 - beta2))
    return theta, m, v
