# rnn.py: step_gradients builds on backward_step, which has H transposed.
# Loses: 3c.4
import torch


def perplexity(cross_entropy):
    return torch.exp(cross_entropy)


def forward_step(params, h_prev, x):
    e = params["L"][x]
    h = torch.sigmoid(h_prev @ params["H"] + e @ params["I"] + params["b1"])
    return h, torch.softmax(h @ params["U"] + params["b2"], dim=0)


def step_gradients(params, h_prev, x, y):
    L, H, I, U = params["L"], params["H"], params["I"], params["U"]
    h, yhat = forward_step(params, h_prev, x)
    delta1 = yhat.clone()
    delta1[y] -= 1
    grads = backward_step(params, delta1 @ U.T, h, h_prev, x)
    return {**grads, "b2": delta1, "U": torch.outer(h, delta1)}


def backward_step(params, delta, h, h_prev, x):
    s = delta * h * (1 - h)
    return {
        "L_x": s @ params["I"].T,
        "I": torch.outer(params["L"][x], s),
        "H": torch.outer(s, h_prev),
        "b1": s,
        "h_prev": s @ params["H"].T,
    }


def bptt(params, h0, xs, y, tau):
    hs = [h0]
    for x in xs:
        hs.append(forward_step(params, hs[-1], x)[0])
    last = step_gradients(params, hs[-2], xs[-1], y)
    grads = {name: last[name].clone() for name in ("U", "b2", "H", "I", "b1")}
    grads["L"] = torch.zeros_like(params["L"])
    grads["L"][xs[-1]] += last["L_x"]
    delta = last["h_prev"]
    for t in range(len(xs) - 1, max(0, len(xs) - tau), -1):
        step = backward_step(params, delta, hs[t], hs[t - 1], xs[t - 1])
        for name in "H", "I", "b1":
            grads[name] += step[name]
        grads["L"][xs[t - 1]] += step["L_x"]
        delta = step["h_prev"]
    return grads


def operation_counts(d, Dh, V, tau):
    return {
        "forward": Dh * Dh + d * Dh + V * Dh,
        "backward": 2 * (Dh * Dh + d * Dh + V * Dh),
        "tau_steps": 2 * tau * (Dh * Dh + d * Dh) + 2 * V * Dh,
    }
