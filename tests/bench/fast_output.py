"""How good and how fast sampled softmax is, on an output layer that was trained.

`python -m tests.bench.fast_output` trains the language model on the harbour text and measures the
error of the estimated loss and gradient for samples of several sizes; then the time that the output
layer takes beside the full one, where the vocabulary is large.
"""

from __future__ import annotations

import statistics
import time

import torch
from torch import Tensor

from data.text import sentences
from solutions.fast_output import draw, sampled_loss
from solutions.language_model import Settings, Text, initial_params, train
from solutions.rnn import forward_step, one_hot, output_gradients, prediction

SAMPLES = (5, 10, 20, 40, 80)


def errors(K: int, params: dict[str, Tensor], text: Text) -> tuple[float, float, float]:
    """Over 200 places of the text: bias and spread of the loss, relative error of δ₁ Uᵀ."""
    rng = torch.Generator().manual_seed(K)
    q = torch.bincount(text.ids.flatten()).double()
    q /= q.sum()
    h = torch.zeros(len(params["b1"]), dtype=torch.float64)
    losses, wrong, size = [], [], []
    for x, y in zip(text.ids[:200, 0].tolist(), text.ids[1:201, 0].tolist(), strict=True):
        h, yhat = forward_step(params, h, x)
        true = (yhat - one_hot(y, yhat)) @ params["U"].T
        got = sampled_loss(params, h, y, q, draw(q, K, rng))
        losses.append(float(got.loss + yhat[y].log()))
        wrong.append(float((got.h - true).square().sum()))
        size.append(float(true.square().sum()))
    relative = (sum(wrong) / sum(size)) ** 0.5
    return statistics.mean(losses), statistics.pstdev(losses), relative


def ratio(K: int, V: int, Dh: int) -> float:
    """The time of the sampled output layer, forward and backward, to that of the full one."""
    rng = torch.Generator().manual_seed(0)
    params = {"U": torch.randn(Dh, V, generator=rng) / 10, "b2": torch.zeros(V)}
    h, q = torch.rand(Dh, generator=rng), torch.full((V,), 1 / V)

    def full() -> None:
        yhat = prediction(params, h)
        delta1 = yhat - one_hot(1, yhat)
        output_gradients(h, delta1)
        _ = delta1 @ params["U"].T

    ratios = []
    for _ in range(50):
        start = time.perf_counter()
        sampled_loss(params, h, 1, q, draw(q, K, rng))
        middle = time.perf_counter()
        full()
        ratios.append((middle - start) / (time.perf_counter() - middle))
    return statistics.median(ratios)


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    settings = Settings()
    text = Text([word for sentence in sentences() for word in sentence], settings.streams)
    params = initial_params(settings, len(text.vocabulary))
    for _ in train(text, params, settings):
        pass
    print(f"trained on the harbour text, |V| = {len(text.vocabulary)}, q by frequency")
    print("K     bias of the loss   its spread   relative error of δ₁ Uᵀ")
    for K in SAMPLES:
        bias, spread, relative = errors(K, params, text)
        print(f"{K:3}   {bias:+.3f}             {spread:.3f}        {relative:.3f}")
    print("\noutput layer, forward and backward, sampled / full, D_h = 256")
    for V in (1000, 10_000):
        shown = "   ".join(f"K = {K}: {ratio(K, V, 256):.3f}" for K in (50, 200))
        print(f"|V| = {V:6,}   {shown}")


if __name__ == "__main__":
    main()
