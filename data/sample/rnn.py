"""Part 3."""

import math

import torch


def perplexity(cross_entropy):
    return math.exp(cross_entropy)


def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


def forward_step(params, h_prev, x):
    e = params["L"][x]
    h = sigmoid(h_prev @ params["H"] + e @ params["I"] + params["b1"])
    theta = h @ params["U"] + params["b2"]
    exp = torch.exp(theta - theta.max())
    return h, exp / exp.sum()


def step_gradients(params, h_prev, x, y):
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat.clone()
    delta1[y] -= 1
    delta2 = (params["U"] @ delta1) * h * (1 - h)
    return {
        "b2": delta1,
        "U": torch.outer(h, delta1),
        "H": torch.outer(h_prev, delta2),
        "I": torch.outer(params["L"][x], delta2),
        "b1": delta2,
        "L_x": params["I"] @ delta2,
        "h_prev": delta2 @ params["H"],
    }


def backward_step(params, delta, h, h_prev, x):
    s = delta * h * (1 - h)
    return {
        "L_x": params["I"] @ s,
        "I": torch.outer(params["L"][x], s),
        "H": torch.outer(h_prev, s),
        "b1": s,
        "h_prev": params["H"] @ s,
    }


def bptt(params, h0, xs, y, tau):
    hs = [h0]
    for x in xs:
        h, yhat = forward_step(params, hs[-1], x)
        hs.append(h)
    last = step_gradients(params, hs[-2], xs[-1], y)
    L = torch.zeros_like(params["L"])
    L[xs[-1]] = last["L_x"]
    total = {"L": L, "I": last["I"], "H": last["H"], "b1": last["b1"], "U": last["U"],
             "b2": last["b2"]}
    delta = params["H"] @ last["b1"]
    for t in range(len(xs) - 2, max(-1, len(xs) - 1 - tau), -1):
        step = backward_step(params, delta, hs[t + 1], hs[t], xs[t])
        for key in ("I", "H", "b1"):
            total[key] = total[key] + step[key]
        total["L"][xs[t]] = step["L_x"]
        delta = step["h_prev"]
    return total


def operation_counts(d, Dh, V, tau):
    one = Dh * Dh + d * Dh + V * Dh
    return {"forward": one, "backward": 2 * one, "tau_steps": tau * one}
