# optimizers.py: methods of tensors, a small ε below the root, lists for tuples.
# Loses: nothing
import torch


def momentum_step(theta, grad, m, lr, beta1):
    m = m.mul(beta1).add(grad, alpha=1 - beta1)
    return [theta.sub(m, alpha=lr), m]


def adam_step(theta, grad, m, v, lr, beta1, beta2):
    m = torch.lerp(grad, m, beta1)
    v = v.mul(beta2).addcmul(grad, grad, value=1 - beta2)
    return [theta.addcdiv(m, v.sqrt() + 1e-8, value=-lr), m, v]
