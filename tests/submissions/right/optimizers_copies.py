# optimizers.py: in place, on copies.
# Loses: nothing
def momentum_step(theta, grad, m, lr, beta1):
    theta, m = theta.clone(), m.clone()
    m *= beta1
    m += (1 - beta1) * grad
    theta -= lr * m
    return theta, m


def adam_step(theta, grad, m, v, lr, beta1, beta2):
    theta, v = theta.clone(), v.clone()
    m = beta1 * m + (1.0 - beta1) * grad
    v *= beta2
    v += (1.0 - beta2) * (grad ** 2)
    theta -= lr * m * v.rsqrt()
    return theta, m, v
