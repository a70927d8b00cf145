"""The reference parser beside the straightforward one: preprocessing, training, parsing.

`python -m tests.bench.parser [TREEBANK] [SEEDS]` measures both in one process, in turn, and prints
ratios. The straightforward one (`straightforward.py`) trains its ten epochs; the reference trains
with the assignment's configuration, and once more until its dev UAS is that of the other.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import torch

from data.conllu import Sentence
from data.treebanks import Treebank, load
from solutions.extended import plain_parser
from solutions.support.corpus import Corpus
from solutions.support.evaluation import UAS, uas
from solutions.support.oracle import Examples, examples
from solutions.support.parser import Parser
from solutions.support.parsing import parse
from solutions.support.training import Settings, n_steps
from solutions.support.vocabulary import Vocabulary

from . import straightforward

T = TypeVar("T")
ROUNDS = 5


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """The seconds that a call takes, and what it returns."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def report(what: str, plain: float, reference: float) -> None:
    """One line."""
    print(
        f"{what:<34} straightforward {plain:8.2f} s   reference {reference:7.2f} s   "
        f"ratio {plain / reference:6.1f}",
        flush=True,
    )


def preprocess(
    sentences: Sequence[Sentence], vocabulary: Vocabulary
) -> tuple[tuple[list[list[int]], list[int], int], Examples]:
    """Features and oracle of all training sentences, both ways, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    plain, states = timed(lambda: straightforward.examples(sentences, vocabulary))
    times, learnt = zip(
        *(timed(lambda: examples(Corpus.of(sentences, vocabulary))) for _ in range(ROUNDS)),
        strict=True,
    )
    torch.set_num_threads(threads)
    report("features and oracle, one thread", plain, statistics.median(times))
    assert len(states[1]) == len(learnt[0])
    return states, learnt[0]


def parsed(parser: Parser, sentences: list[Sentence], vocabulary: Vocabulary) -> list[list[int]]:
    """Heads, with everything that it takes: numbers for the words, and products beforehand."""
    corpus = Corpus.of(sentences, vocabulary)
    return corpus.numbered(parse(corpus, parser.scorer(corpus)))


def main(name: str, n_seeds: int) -> None:
    """Measure and print."""
    treebank = load(name)
    vocabulary = Vocabulary.of(treebank.train)
    print(
        f"{treebank.name}: {len(treebank.train)}, {len(treebank.dev)} and {len(treebank.test)} "
        f"sentences; {torch.get_num_threads()} threads"
    )
    states, learnt = preprocess(treebank.train, vocabulary)

    torch.manual_seed(0)
    network = straightforward.Network(vocabulary.embeddings())
    plain_seconds, _ = timed(lambda: straightforward.fit(network, *states[:2]))
    goal = uas(treebank.dev, straightforward.parse(treebank.dev, network, vocabulary))
    print(f"straightforward: dev UAS {goal}")

    scores = [_train(treebank, vocabulary, learnt, seed, plain_seconds) for seed in range(n_seeds)]
    for split, column in zip(("dev", "test"), zip(*scores, strict=True), strict=True):
        mean = statistics.mean(100 * score.with_punctuation for score in column)
        print(f"reference: mean {split} UAS of {n_seeds} seeds {mean:.2f}")
    _parse(treebank.test, vocabulary, network)
    _train_until(goal, treebank, vocabulary, learnt, plain_seconds)


def _train(
    treebank: Treebank, vocabulary: Vocabulary, learnt: Examples, seed: int, plain: float
) -> tuple[UAS, UAS]:
    """The assignment's configuration."""
    parser = plain_parser(vocabulary, seed)
    seconds, _ = timed(lambda: parser.train(learnt, Settings(seed=seed), lambda step, loss: None))
    report(f"10 epochs, seed {seed}", plain, seconds)
    dev, test = (
        uas(sentences, parsed(parser, sentences, vocabulary))
        for sentences in (treebank.dev, treebank.test)
    )
    print(f"  dev UAS {dev}, test UAS {test}")
    return dev, test


def _train_until(
    goal: UAS, treebank: Treebank, vocabulary: Vocabulary, learnt: Examples, plain: float
) -> None:
    """Twenty epochs at the other's batch size, until an epoch ends with the goal reached."""
    parser, settings = plain_parser(vocabulary), Settings(n_epochs=20, batch_size=1024)
    steps = n_steps(len(learnt), replace(settings, n_epochs=1))
    start, asked = time.perf_counter(), 0.0

    def on_batch(step: int, loss: float) -> None:
        nonlocal asked
        if (step + 1) % steps == 0:
            seconds, heads = timed(lambda: parsed(parser, treebank.dev, vocabulary))
            asked += seconds
            reached = uas(treebank.dev, heads)
            if reached.with_punctuation >= goal.with_punctuation:
                raise _Reached((step + 1) // steps, reached)

    try:
        parser.train(learnt, settings, on_batch)
    except _Reached as done:
        n_epochs, reached = done.args
        seconds = time.perf_counter() - start - asked
        report(f"as good after {n_epochs} epochs", plain, seconds)
        print(f"  dev UAS {reached}, batch 1024")
    else:
        print(f"the reference did not reach {goal} in {settings.n_epochs} epochs")


class _Reached(Exception):
    """The goal is: after how many epochs, and what."""


def _parse(
    sentences: list[Sentence],
    vocabulary: Vocabulary,
    network: straightforward.Network,
) -> None:
    """The test sentences; the same network's weights, and so the same heads."""
    parser = plain_parser(vocabulary)
    model = parser.model
    with torch.no_grad():
        model.L.copy_(network.embedding.weight)
        model.W.copy_(network.hidden.weight.T)
        model.b1.copy_(network.hidden.bias)
        model.U.copy_(network.out.weight.T)
        model.b2.copy_(network.out.bias)
    plain, expected = timed(lambda: straightforward.parse(sentences, network, vocabulary))
    times, heads = zip(
        *(timed(lambda: parsed(parser, sentences, vocabulary)) for _ in range(ROUNDS)),
        strict=True,
    )
    reference = statistics.median(times)
    report(f"parsing {len(sentences)} sentences", plain, reference)
    different = sum(a != b for a, b in zip(expected, heads[-1], strict=True))
    print(
        f"  {len(sentences) / plain:.0f} and {len(sentences) / reference:.0f} sentences a second; "
        f"{different} sentences parsed differently"
    )


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else "small",
        int(sys.argv[2]) if len(sys.argv) > 2 else 3,
    )
