"""A recurrent language model that trains on a small text, with the gradients of `rnn.py` alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .rnn import (
    Gradients,
    Params,
    backward_step,
    forward_step,
    one_hot,
    output_gradients,
    perplexity,
)

LossAndGradients = Callable[[Params, Tensor, Tensor, Tensor], tuple[float, Gradients]]


@dataclass(frozen=True)
class Settings:
    """The shape of the network and of its training.

    Attributes:
        d: the size of embeddings.
        Dh: the size of hidden states.
        streams: the text is cut into so many pieces, which are read side by side.
        steps: gradients go back through so many words.
        epochs: how often the text is read.
        lr: the learning rate.
        seed: of the weights to begin with; nothing else is left to chance.
    """

    d: int = 24
    Dh: int = 48
    streams: int = 10
    steps: int = 15
    epochs: int = 20
    lr: float = 5.0
    seed: int = 0


class Text:
    """A text as word ids `(length, streams)`: each column is a piece of it."""

    def __init__(self, words: list[str], streams: int) -> None:
        self.vocabulary = sorted(set(words))
        number = {word: i for i, word in enumerate(self.vocabulary)}
        ids = torch.tensor([number[word] for word in words])
        length = len(ids) // streams
        self.ids = ids[: length * streams].reshape(streams, length).T

    def windows(self, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Words and those that follow them, each `(steps, streams)`; the last may be shorter."""
        for start in range(0, len(self.ids) - 1, steps):
            end = min(start + steps, len(self.ids) - 1)
            yield self.ids[start:end], self.ids[start + 1 : end + 1]


def initial_params(settings: Settings, V: int) -> dict[str, Tensor]:
    """Small random weights, float64: ŷ is about uniform, and perplexity about |V|."""
    d, Dh, rng = settings.d, settings.Dh, torch.Generator().manual_seed(settings.seed)
    shapes = {"L": (V, d), "H": (Dh, Dh), "I": (d, Dh), "b1": (Dh,), "U": (Dh, V), "b2": (V,)}
    return {
        name: 0.1 * torch.randn(shape, generator=rng, dtype=torch.float64)
        for name, shape in shapes.items()
    }


def window_gradients(params: Params, h0: Tensor, xs: Tensor, ys: Tensor) -> tuple[float, Gradients]:
    """The mean loss of a window of words, and its gradients through all of its steps.

    Args:
        params: the parameters.
        h0: the states before the window, `(streams, D_h)`.
        xs: the words, `(steps, streams)`.
        ys: the words that follow them.
    """
    h, yhat = [h0], []
    for x in xs:
        state, distribution = forward_step(params, h[-1], x)
        h.append(state)
        yhat.append(distribution)
    total = {name: torch.zeros_like(value) for name, value in params.items()}
    loss, delta = 0.0, torch.zeros_like(h0)
    for t in reversed(range(len(xs))):
        x, y = xs[t], ys[t]
        loss -= float(yhat[t].gather(1, y[:, None]).log().sum()) / xs.numel()
        delta1 = (yhat[t] - one_hot(y, yhat[t])) / xs.numel()  # eq-rnn-delta1, of the mean
        # By way of its own loss, and of those after it: eq-bptt-total.
        delta = delta1 @ params["U"].T + delta
        step = backward_step(params, delta, h[t + 1], h[t], x) | output_gradients(h[t + 1], delta1)
        for name in ("U", "b2", "H", "I", "b1"):
            total[name] += step[name]
        total["L"].index_add_(0, x, step["L_x"])
        delta = step["h_prev"]  # eq-bptt-recursion
    return loss, total


def train(
    text: Text,
    params: dict[str, Tensor],
    settings: Settings,
    gradients: LossAndGradients = window_gradients,
) -> Iterator[float]:
    """Descend along the gradients, window by window; the loss of each, before its step.

    The state at the end of a window is where the next one starts, and gradients stop there.

    Args:
        text: what to learn.
        params: the parameters to begin with; replaced by better ones.
        settings: see there.
        gradients: what to take for gradients.
    """
    for _ in range(settings.epochs):
        h = torch.zeros(settings.streams, settings.Dh, dtype=params["H"].dtype)
        for xs, ys in text.windows(settings.steps):
            loss, found = gradients(params, h, xs, ys)
            h = final_state(params, h, xs)
            for name, gradient in found.items():
                params[name] = params[name] - settings.lr * gradient
            yield loss


def final_state(params: Params, h: Tensor, xs: Tensor) -> Tensor:
    """The states after words that were read."""
    for x in xs:
        h, _ = forward_step(params, h, x)
    return h


def text_perplexity(params: Params, text: Text) -> float:
    """The perplexity of the whole text: exp of the mean loss, the geometric mean of 1/ŷₖ."""
    h = torch.zeros(text.ids.shape[1], len(params["b1"]), dtype=params["H"].dtype)
    losses = []
    for x, y in zip(text.ids[:-1], text.ids[1:], strict=True):
        h, yhat = forward_step(params, h, x)
        losses.append(-yhat.gather(1, y[:, None]).log())
    return perplexity(torch.cat(losses).mean())


def unigram_perplexity(text: Text) -> float:
    """What knowing how often each word occurs would give: more than that takes a memory."""
    counts = torch.bincount(text.ids.flatten()).double()
    share = counts[counts > 0] / counts.sum()
    return math.exp(-float((share * share.log()).sum()))


def write(params: Params, text: Text, first: str, length: int, seed: int) -> list[str]:
    """Words that the model draws one after another from its own predictions."""
    rng = torch.Generator().manual_seed(seed)
    h, word = torch.zeros_like(params["b1"]), text.vocabulary.index(first)
    words = []
    for _ in range(length):
        h, yhat = forward_step(params, h, word)
        word = int(torch.multinomial(yhat, 1, generator=rng))
        words.append(text.vocabulary[word])
    return words
