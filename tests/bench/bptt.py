"""What `bptt` costs: beside autograd's forward and backward pass for the same loss.

`python -m tests.bench.bptt [PAIRS [THREADS]]` runs the two in turn, and prints the median of their
ratios pair by pair over a grid of sizes: machines are noisy, and a ratio of neighbours is less so.
It takes one thread unless told otherwise: on a busy machine several wait for one another, and
that is then most of what is measured.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor

from solutions.rnn import bptt

D = 50
HIDDEN, WORDS, STEPS = (64, 128, 256, 512), (1000, 3000, 10_000), (5, 10, 20)


def by_autograd(
    params: dict[str, Tensor], h0: Tensor, xs: list[int], y: int
) -> dict[str, Tensor | None]:
    """The same gradients by autograd, in the fewest operations."""
    for value in params.values():
        value.requires_grad_()
    h = h0
    for e in torch.nn.functional.embedding(torch.tensor(xs), params["L"]).split(1):
        h = torch.addmm(params["b1"], h, params["H"]).addmm(e, params["I"]).sigmoid()
    scores = torch.addmm(params["b2"], h, params["U"])
    torch.nn.functional.cross_entropy(scores, torch.tensor([y])).backward()
    gradients = {name: value.grad for name, value in params.items()}
    for value in params.values():
        value.requires_grad_(False)
        value.grad = None  # or it would keep memory from whatever is measured next
    return gradients


def seconds(function: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(Dh: int, V: int, tau: int, pairs: int) -> tuple[float, float]:
    """The median of the ratios, and that of the milliseconds of bptt; both are right."""
    rng = torch.Generator().manual_seed(0)
    shapes = {"L": (V, D), "H": (Dh, Dh), "I": (D, Dh), "b1": (Dh,), "U": (Dh, V), "b2": (V,)}
    params = {name: torch.randn(shape, generator=rng) / 10 for name, shape in shapes.items()}
    xs, y = torch.randint(V, (tau,), generator=rng).tolist(), 1
    h0 = torch.zeros(Dh)
    by_hand, by_torch = bptt(params, h0, xs, y, tau), by_autograd(params, h0[None], xs, y)
    for name, value in by_hand.items():
        torch.testing.assert_close(value, by_torch[name], rtol=1e-3, atol=1e-5)
    times = [
        (
            seconds(lambda: bptt(params, h0, xs, y, tau)),
            seconds(lambda: by_autograd(params, h0[None], xs, y)),
        )
        for _ in range(pairs)
    ]
    return (
        statistics.median(hand / torch_ for hand, torch_ in times),
        1000 * statistics.median(hand for hand, _ in times),
    )


def main(pairs: int = 31, threads: int = 1) -> None:
    """Measure and print."""
    torch.set_num_threads(threads)
    print(f"bptt / autograd's forward and backward, float32, d = {D}, threads: {threads}")
    print("D_h    |V|      tau   bptt     ratio")
    ratios = []
    for Dh, V, tau in itertools.product(HIDDEN, WORDS, STEPS):
        ratio, milliseconds = measure(Dh, V, tau, pairs)
        ratios.append(ratio)
        print(f"{Dh:3}  {V:7,}  {tau:5}   {milliseconds:5.2f} ms  {ratio:.2f}", flush=True)
    print(
        f"median {statistics.median(ratios):.2f}, smallest {min(ratios):.2f}, "
        f"largest {max(ratios):.2f}   ({pairs} pairs each)"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
