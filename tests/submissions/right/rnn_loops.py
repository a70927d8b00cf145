# rnn.py: plain loops over numbers, with math.exp.
# Loses: nothing
import math

import torch


def perplexity(cross_entropy):
    return math.exp(cross_entropy)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def forward_step(params, h_prev, x):
    H, I, L, b1 = (params[k].tolist() for k in ("H", "I", "L", "b1"))
    size = len(b1)
    h = [
        sigmoid(
            sum(float(h_prev[i]) * H[i][j] for i in range(size))
            + sum(L[x][i] * I[i][j] for i in range(len(I)))
            + b1[j]
        )
        for j in range(size)
    ]
    h = torch.tensor(h, dtype=params["H"].dtype)
    scores = h @ params["U"] + params["b2"]
    scores = (scores - scores.max()).exp()
    return h, scores / scores.sum()


def product(a, b):
    return torch.stack([number * b for number in a])


def step_gradients(params, h_prev, x, y):
    h, yhat = forward_step(params, h_prev, x)
    delta1 = torch.stack([p - 1 if k == y else p for k, p in enumerate(yhat)])
    back = torch.stack([(params["U"][j] * delta1).sum() for j in range(len(h))])
    grads = backward_step(params, back, h, h_prev, x)
    grads["b2"] = delta1
    grads["U"] = product(h, delta1)
    return grads


def backward_step(params, delta, h, h_prev, x):
    s = torch.stack([d * a * (1 - a) for d, a in zip(delta, h)])
    return {
        "L_x": torch.stack([(row * s).sum() for row in params["I"]]),
        "I": product(params["L"][x], s),
        "H": product(h_prev, s),
        "b1": s,
        "h_prev": torch.stack([(row * s).sum() for row in params["H"]]),
    }


def bptt(params, h0, xs, y, tau):
    if len(xs) == 1 or tau == 1:
        for x in xs[:-1]:
            h0, _ = forward_step(params, h0, x)
        grads = step_gradients(params, h0, xs[-1], y)
        return total([grads], xs[-1:], params)
    hs = [h0]
    for x in xs:
        hs += [forward_step(params, hs[-1], x)[0]]
    steps, words = [step_gradients(params, hs[-2], xs[-1], y)], [xs[-1]]
    for t in reversed(range(1, len(xs))):
        if len(steps) == tau:
            break
        steps.append(backward_step(params, steps[-1]["h_prev"], hs[t], hs[t - 1], xs[t - 1]))
        words.append(xs[t - 1])
    return total(steps, words, params)


def total(steps, words, params):
    grads = {name: sum(step[name] for step in steps) for name in ("H", "I", "b1")}
    grads["U"], grads["b2"] = steps[0]["U"], steps[0]["b2"]
    grads["L"] = torch.zeros_like(params["L"])
    for word, step in zip(words, steps):
        grads["L"][word] += step["L_x"]
    return grads


def operation_counts(d, Dh, V, tau):
    forward = Dh * Dh + d * Dh + Dh * V + d + 2 * Dh + V
    backward = 3 * V * Dh + 3 * Dh * Dh + 3 * d * Dh + 4 * Dh
    return dict(forward=forward, backward=backward, tau_steps=3 * V * Dh + tau * 3 * (Dh * Dh + d * Dh))
