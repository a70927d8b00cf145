"""The language model learns, and with gradients by hand it does what autograd does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from torch import Tensor

from autograder.cli import main
from data.text import TEXT, grammar, sentences
from solutions.language_model import (
    Settings,
    Text,
    initial_params,
    text_perplexity,
    train,
    unigram_perplexity,
    window_gradients,
)
from solutions.rnn import Gradients, Params, bptt

SETTINGS = Settings(d=6, Dh=8, streams=4, steps=7, epochs=2, lr=5.0)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Such small matrices take several times longer on two threads that share their cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def text(streams: int, words: int | None = None) -> Text:
    """The harbour text, or the beginning of it."""
    return Text([word for sentence in sentences() for word in sentence][:words], streams)


def gradients_by_torch(
    params: Params, h0: Tensor, xs: Tensor, ys: Tensor
) -> tuple[float, Gradients]:
    """As `window_gradients`, with torch's own cell and loss, and autograd."""
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    h, scores = h0, []
    for x in xs:
        e = torch.nn.functional.embedding(x, leaves["L"])
        h = torch.addmm(leaves["b1"], h, leaves["H"]).addmm(e, leaves["I"]).sigmoid()
        scores.append(torch.addmm(leaves["b2"], h, leaves["U"]))
    loss = torch.nn.functional.cross_entropy(torch.cat(scores), ys.flatten())
    loss.backward()
    found = {name: leaf.grad for name, leaf in leaves.items() if leaf.grad is not None}
    return float(loss.detach()), found


def test_loss_curve_is_that_of_autograd() -> None:
    """Step by step the loss is the same, and so are the weights in the end."""
    curves, weights = [], []
    for gradients in (window_gradients, gradients_by_torch):
        given = text(SETTINGS.streams, words=2000)
        params = initial_params(SETTINGS, len(given.vocabulary))
        curves.append(list(train(given, params, SETTINGS, gradients)))
        weights.append(params)
    by_hand, by_torch = curves
    assert len(by_hand) == 2 * math.ceil(499 / 7)
    assert by_hand == pytest.approx(by_torch, rel=1e-12)
    assert by_hand[-1] < by_hand[0] - 0.5
    for name, value in weights[0].items():
        torch.testing.assert_close(value, weights[1][name], rtol=1e-9, atol=1e-11)


def test_window_gradients_are_the_mean_of_bptt() -> None:
    """The gradient of a mean of losses is the mean of what bptt gives for each of them."""
    given = text(streams=1, words=40)
    params = initial_params(SETTINGS, len(given.vocabulary))
    xs, ys = next(given.windows(5))
    h0 = torch.rand(1, SETTINGS.Dh, dtype=torch.float64)
    _, got = window_gradients(params, h0, xs, ys)
    each = [bptt(params, h0, xs[:t], ys[t - 1], tau=t) for t in range(1, 6)]
    for name, value in got.items():
        torch.testing.assert_close(value, torch.stack([one[name] for one in each]).mean(0))


def test_text_is_what_the_grammar_writes() -> None:
    """The file is the grammar's, to the letter; its README tells its size."""
    assert TEXT.read_text(encoding="utf-8") == grammar.text()
    given = text(streams=1)
    readme = (Path(grammar.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert f"{len(given.ids):,} words and a vocabulary of {len(given.vocabulary)}" in readme
    assert f"{len(sentences())} sentences" in readme


def test_perplexity_before_and_after() -> None:
    """Random weights are about as good as a uniform guess; training beats word frequencies."""
    settings = Settings(d=12, Dh=16, epochs=3)
    given = text(settings.streams)
    params = initial_params(settings, len(given.vocabulary))
    assert text_perplexity(params, given) == pytest.approx(len(given.vocabulary), rel=0.15)
    losses = list(train(given, params, settings))
    assert text_perplexity(params, given) < unigram_perplexity(given) / 2
    again = initial_params(settings, len(given.vocabulary))
    assert list(train(given, again, settings)) == losses


def test_command() -> None:
    """`arcgrade train-lm` shows perplexity before and after, and is repeated by its seed."""
    arguments = ["train-lm", "--epochs", "1", "--hidden", "8", "--seed", "3"]
    runs = [CliRunner().invoke(main, arguments) for _ in range(2)]
    assert runs[0].exit_code == 0
    assert "perplexity before training" in runs[0].output
    assert "perplexity after training" in runs[0].output
    lines = [
        [ln for ln in run.output.splitlines() if "epoch" in ln or "writes" in ln] for run in runs
    ]
    assert lines[0] == lines[1]
    assert len(lines[0]) == 2
