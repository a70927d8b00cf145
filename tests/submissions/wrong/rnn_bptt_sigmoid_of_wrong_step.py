# rnn.py: h(1 − h) of the step before.
# Loses: 3c.9 3c.17
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
    delta2 = (delta1 @ U.T) * h * (1 - h)
    return {
        "b2": delta1,
        "L_x": delta2 @ I.T,
        "I": torch.outer(L[x], delta2),
        "H": torch.outer(h_prev, delta2),
        "h_prev": delta2 @ H.T,
        "U": torch.outer(h, delta1),
        "b1": delta2,
    }


def backward_step(params, delta, h, h_prev, x):
    s = delta * h * (1 - h)
    return {
        "L_x": s @ params["I"].T,
        "I": torch.outer(params["L"][x], s),
        "H": torch.outer(h_prev, s),
        "b1": s,
        "h_prev": s @ params["H"].T,
    }


def bptt(params, h0, xs, y, tau):
    L, H, I = params["L"], params["H"], params["I"]
    hs = [h0]
    for x in xs:
        h, yhat = forward_step(params, hs[-1], x)
        hs.append(h)
    delta1 = yhat.clone()
    delta1[y] -= 1
    grads = {name: torch.zeros_like(value) for name, value in params.items()}
    grads["b2"] = delta1
    grads["U"] = torch.outer(hs[-1], delta1)
    delta = params["U"] @ delta1
    for t in range(len(xs), max(0, len(xs) - tau), -1):
        s = delta * hs[t - 1] * (1 - hs[t - 1])
        grads["H"] += torch.outer(hs[t - 1], s)
        grads["I"] += torch.outer(L[xs[t - 1]], s)
        grads["b1"] += s
        grads["L"][xs[t - 1]] += I @ s
        delta = H @ s
    return grads


def operation_counts(d, Dh, V, tau):
    return {
        "forward": Dh * Dh + d * Dh + V * Dh,
        "backward": 2 * (Dh * Dh + d * Dh + V * Dh),
        "tau_steps": 2 * tau * (Dh * Dh + d * Dh) + 2 * V * Dh,
    }
