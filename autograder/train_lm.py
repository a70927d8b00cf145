"""Trains the language model of part 3 on the harbour text, and shows how it goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from data.text import sentences
from solutions.language_model import (
    Settings,
    Text,
    initial_params,
    text_perplexity,
    train,
    unigram_perplexity,
    write,
)
from solutions.rnn import perplexity


@dataclass(frozen=True)
class Trained:
    """How a training went.

    Attributes:
        vocabulary: |V|.
        before: the perplexity of the text with random weights.
        after: that with trained ones.
        losses: the mean loss of each window.
        sample: words that the model wrote.
    """

    vocabulary: int
    before: float
    after: float
    losses: tuple[float, ...]
    sample: str


def train_language_model(settings: Settings, console: Console) -> Trained:
    """Train, with a progress bar and a line for each tenth of the training."""
    text = Text([word for sentence in sentences() for word in sentence], settings.streams)
    params = initial_params(settings, len(text.vocabulary))
    windows = sum(1 for _ in text.windows(settings.steps))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    losses: list[float] = []
    start = time.monotonic()
    with _one_thread(), Progress(*columns, console=console, transient=True) as progress:
        before = text_perplexity(params, text)
        console.print(f"|V| = {len(text.vocabulary)}, perplexity before training {before:.1f}")
        bar = progress.add_task("", total=settings.epochs * windows)
        for loss in train(text, params, settings):
            losses.append(loss)
            progress.advance(bar)
            epoch, rest = divmod(len(losses), windows)
            if rest == 0 and epoch % max(1, settings.epochs // 10) == 0:
                mean = sum(losses[-windows:]) / windows
                console.print(
                    f"epoch {epoch:3}  loss {mean:.3f}  perplexity {perplexity(mean):.2f}"
                )
        after = text_perplexity(params, text)
    sample = " ".join(write(params, text, first=".", length=24, seed=settings.seed))
    console.print(
        f"perplexity after training {after:.2f}, in {time.monotonic() - start:.1f} s; knowing "
        f"only how frequent each word is would give {unigram_perplexity(text):.1f}"
    )
    console.print(f"it writes: {sample} …")
    return Trained(len(text.vocabulary), before, after, tuple(losses), sample)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Matrices are so small that a second thread takes longer to wake than to work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
