# rnn.py: classes with forward and backward of their own, and an attribute called grad.
# Loses: nothing
import torch


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.grad = {}

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, upstream):
        self.grad = {"W": self.x[:, None] * upstream[None, :], "b": upstream}
        return self.W @ upstream


class Sigmoid:
    def forward(self, v):
        self.h = 1 / (1 + torch.exp(-v))
        return self.h

    def backward(self, upstream):
        return upstream * self.h * (1 - self.h)


class Cell:
    """One step: words and the state before, side by side, through one matrix."""

    def __init__(self, params):
        self.size = len(params["b1"])
        self.layer = Affine(torch.cat([params["H"], params["I"]]), params["b1"])
        self.sigmoid = Sigmoid()

    def forward(self, h_prev, e):
        return self.sigmoid.forward(self.layer.forward(torch.cat([h_prev, e])))

    def backward(self, upstream):
        both = self.layer.backward(self.sigmoid.backward(upstream))
        H, I = self.layer.grad["W"].split([self.size, len(both) - self.size])
        return {
            "H": H, "I": I, "b1": self.layer.grad["b"],
            "h_prev": both[: self.size], "L_x": both[self.size :],
        }


def softmax(scores):
    e = torch.exp(scores - scores.max())
    return e / e.sum()


def perplexity(cross_entropy):
    return torch.exp(cross_entropy)


def run(params, h, xs):
    cells = []
    for x in xs:
        cells.append(Cell(params))
        h = cells[-1].forward(h, params["L"][x])
    output = Affine(params["U"], params["b2"])
    return cells, h, output, softmax(output.forward(h))


def forward_step(params, h_prev, x):
    _, h, _, yhat = run(params, h_prev, [x])
    return [h, yhat]


def step_gradients(params, h_prev, x, y):
    (cell,), h, output, yhat = run(params, h_prev, [x])
    yhat[y] -= 1
    grads = cell.backward(output.backward(yhat))
    grads.update(U=output.grad["W"], b2=output.grad["b"])
    return grads


def backward_step(params, delta, h, h_prev, x):
    cell = Cell(params)
    cell.forward(h_prev, params["L"][x])
    return cell.backward(delta)


def bptt(params, h0, xs, y, tau):
    cells, h, output, yhat = run(params, h0, xs)
    yhat[y] -= 1
    delta = output.backward(yhat)
    grads = {"U": output.grad["W"], "b2": output.grad["b"], "H": 0, "I": 0, "b1": 0}
    rows = torch.zeros_like(params["L"])
    for cell, x in list(zip(cells, xs))[::-1][:tau]:
        step = cell.backward(delta)
        for name in ("H", "I", "b1"):
            grads[name] = grads[name] + step[name]
        rows[x] += step["L_x"]
        delta = step["h_prev"]
    return {**grads, "L": rows}


def operation_counts(d, Dh, V, tau):
    products = Dh * (d + Dh)
    return {
        "forward": products + V * Dh,
        "backward": 2 * products + 2 * V * Dh,
        "tau_steps": tau * 2 * products + 2 * V * Dh,
    }
