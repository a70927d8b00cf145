# rnn.py: row vectors (1, n) inside, and returned so.
# Loses: nothing
import torch
from torch.nn.functional import one_hot


def perplexity(cross_entropy):
    return float(cross_entropy.exp())


def forward_step(params, h_prev, x):
    e = params["L"][x].reshape(1, -1)
    h = torch.sigmoid(h_prev.reshape(1, -1).mm(params["H"]) + e.mm(params["I"]) + params["b1"])
    return h, torch.softmax(h.mm(params["U"]) + params["b2"], dim=1)


def step_gradients(params, h_prev, x, y):
    h_prev = h_prev.reshape(1, -1)
    e = params["L"][x].reshape(1, -1)
    h, yhat = forward_step(params, h_prev, x)
    label = one_hot(torch.tensor([y]), yhat.shape[1])
    delta1 = yhat - label
    delta2 = delta1.mm(params["U"].t()) * (h - h**2)
    grads = dict(b2=delta1, U=h.t().mm(delta1), b1=delta2)
    grads.update(H=h_prev.t().mm(delta2), I=e.t().mm(delta2))
    grads.update(L_x=delta2.mm(params["I"].t()), h_prev=delta2.mm(params["H"].t()))
    return grads


def backward_step(params, delta, h, h_prev, x):
    delta, h, h_prev = (row.reshape(1, -1) for row in (delta, h, h_prev))
    e = params["L"][x].reshape(1, -1)
    s = delta * (h - h**2)
    return {
        "L_x": s.mm(params["I"].t()),
        "I": e.t().mm(s),
        "H": h_prev.t().mm(s),
        "b1": s,
        "h_prev": s.mm(params["H"].t()),
    }


def bptt(params, h0, xs, y, tau):
    states = [h0.reshape(1, -1)]
    for x in xs:
        states.append(forward_step(params, states[-1], x)[0])
    grads = step_gradients(params, states[-2], xs[-1], y)
    total = {key: grads[key] for key in ("U", "b2", "H", "I", "b1")}
    total["L"] = torch.zeros(params["L"].shape, dtype=torch.float64)
    total["L"][xs[-1]] += grads["L_x"][0]
    t = len(xs) - 1
    while t > 0 and tau > 1:
        grads = backward_step(params, grads["h_prev"], states[t], states[t - 1], xs[t - 1])
        for key in ("H", "I", "b1"):
            total[key] = total[key] + grads[key]
        total["L"][xs[t - 1]] += grads["L_x"][0]
        t, tau = t - 1, tau - 1
    return total


def operation_counts(d, Dh, V, tau):
    once = Dh * (Dh + d + V)
    return {"forward": once, "backward": once, "tau_steps": tau * Dh * (Dh + d) + V * Dh}
