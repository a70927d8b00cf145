"""A parser as a whole: what learns from a treebank, and parses sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from data.conllu import Sentence
from data.errors import DataError
from data.treebanks import Treebank

from .corpus import Corpus
from .evaluation import UAS, uas
from .oracle import Examples, examples
from .parsing import Score, parse, scorer
from .training import OnBatch, Settings, n_steps, train
from .vocabulary import Vocabulary


class Parser(Protocol):
    """Something that learns to score transitions.

    Attributes:
        n_networks: how many trainings by the settings it takes.
    """

    n_networks: int

    def train(self, examples: Examples, settings: Settings, on_batch: OnBatch) -> None:
        """Learn."""

    def scorer(self, corpus: Corpus) -> Score:
        """What scores the transitions of a corpus's states."""

    def tensors(self) -> dict[str, Tensor]:
        """The weights, by name."""


class NetworkParser:
    """Any network that maps `(n, 36)` features to logits `(n, 3)`."""

    n_networks = 1

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def train(self, examples: Examples, settings: Settings, on_batch: OnBatch) -> None:
        """Fit the network."""
        train(self.network, examples, settings, on_batch)

    def scorer(self, corpus: Corpus) -> Score:
        """The network's logits, without dropout."""
        return scorer(self.network, corpus)

    def tensors(self) -> dict[str, Tensor]:
        """The network's parameters."""
        return self.network.state_dict()


@dataclass(frozen=True)
class Trained:
    """What came out: the loss of each step, and UAS where the treebank has heads."""

    losses: list[float]
    n_examples: int
    n_skipped: int
    dev: UAS | None
    test: UAS | None
    test_heads: list[list[int]]


def fit(
    make: Callable[[Vocabulary], Parser],
    treebank: Treebank,
    settings: Settings,
    on_batch: Callable[[int, int, float], None] = lambda step, steps, loss: None,
    *,
    fine_tags: bool = False,
) -> tuple[Trained, Parser, Vocabulary]:
    """Train on a treebank's training sentences, and parse the others.

    Args:
        make: the parser for a vocabulary.
        treebank: what to train on and what to parse.
        settings: how to train.
        on_batch: told of each step, of how many, and its loss.
        fine_tags: whether the treebank's own tags are features too.
    """
    vocabulary = Vocabulary.of(treebank.train, fine_tags=fine_tags)
    parser = make(vocabulary)
    learnt = examples(Corpus.of(treebank.train, vocabulary))
    losses: list[float] = []
    steps = parser.n_networks * n_steps(len(learnt), settings)

    def note(step: int, loss: float) -> None:
        losses.append(loss)
        on_batch(len(losses), steps, loss)

    parser.train(learnt, settings, note)
    dev_heads, test_heads = (
        _parsed(parser, sentences, vocabulary) for sentences in (treebank.dev, treebank.test)
    )
    trained = Trained(
        losses,
        len(learnt),
        learnt.n_skipped,
        _uas(treebank.dev, dev_heads),
        _uas(treebank.test, test_heads),
        test_heads,
    )
    return trained, parser, vocabulary


def _parsed(parser: Parser, sentences: list[Sentence], vocabulary: Vocabulary) -> list[list[int]]:
    corpus = Corpus.of(sentences, vocabulary)
    return corpus.numbered(parse(corpus, parser.scorer(corpus)))


def _uas(sentences: list[Sentence], heads: list[list[int]]) -> UAS | None:
    try:
        return uas(sentences, heads)
    except DataError:  # the heads of a course's test sentences are not given away
        return None
