"""`arcgrade train`: what it writes can be used again, and errors are one sentence."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from rich.console import Console
from safetensors.torch import load_file

from autograder.cli import main
from data.conllu import Sentence
from data.treebanks import Treebank, load
from solutions.extended import (
    AveragedParser,
    Ensemble,
    averaged_parser,
    deeper_parser,
    extended_parser,
    plain_parser,
)
from solutions.factored import FactoredParser
from solutions.support.corpus import Corpus
from solutions.support.curve import curve
from solutions.support.oracle import examples
from solutions.support.parser import fit
from solutions.support.parsing import parse
from solutions.support.run import run
from solutions.support.training import Settings
from solutions.support.vocabulary import Vocabulary

from .bench.study import PAGE, VARIANTS, table


@pytest.fixture(scope="module")
def tiny() -> Treebank:
    """The first sentences of the small treebank; the test sentences have no heads."""
    small = load("small")
    blind = [
        Sentence(s.words, s.tags, s.fine_tags, (None,) * len(s.words), s.relations)
        for s in small.test[:10]
    ]
    return Treebank("tiny", small.train[:60], small.dev[:20], blind)


def arcgrade(*arguments: object) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_what_is_written_parses_as_before(tiny: Treebank, tmp_path: Path) -> None:
    """Weights and vocabulary, read again without pickle, give the predictions that were written."""
    settings = Settings(n_epochs=3, batch_size=64, seed=3)
    console = Console(record=True, width=80)
    trained = run(lambda v: plain_parser(v, 3), tiny, settings, tmp_path, console)
    shown = console.export_text()
    assert "60 sentences to train on" in shown
    assert "test UAS not known: no heads are given" in shown
    numbers = json.loads((tmp_path / "vocabulary.json").read_text(encoding="utf-8"))
    words = {word: i for i, word in enumerate(numbers["words"])}
    tags = {tag: i for i, tag in enumerate(numbers["tags"], start=len(words))}
    vocabulary = Vocabulary(words, tags)
    assert vocabulary == Vocabulary.of(tiny.train)
    parser = plain_parser(vocabulary, seed=99)
    parser.model.load_state_dict(load_file(tmp_path / "weights.safetensors"))
    corpus = Corpus.of(tiny.test, vocabulary)
    heads = corpus.numbered(parse(corpus, parser.scorer(corpus)))
    written = (tmp_path / "test_predictions.txt").read_text(encoding="utf-8")
    assert [list(map(int, line.split())) for line in written.splitlines()] == heads
    assert heads == trained.test_heads
    with (tmp_path / "losses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == trained.losses
    assert len(rows) == 3 * -(-trained.n_examples // 64)


def test_a_seed_gives_the_same_parser_twice(tiny: Treebank) -> None:
    """The same losses and heads from the same seed, others from another."""
    runs = [
        fit(lambda v, s=seed: plain_parser(v, s), tiny, Settings(2, 64, seed=seed))[0]  # type: ignore[misc]
        for seed in (5, 5, 6)
    ]
    assert runs[0] == runs[1]
    assert runs[0].losses != runs[2].losses


def test_averaged_weights_are_the_mean_of_the_steps(tiny: Treebank) -> None:
    """After two steps they are the exponential average of both, by hand."""
    vocabulary = Vocabulary.of(tiny.train)
    learnt = Corpus.of(tiny.train, vocabulary)
    found = examples(learnt)
    settings = Settings(n_epochs=2, batch_size=len(found))
    seen: list[torch.Tensor] = []
    parser = averaged_parser(vocabulary)
    parser.train(found, settings, lambda step, loss: seen.append(parser.model.W.detach().clone()))
    expected = 0.998 * seen[0] + 0.002 * seen[1]
    torch.testing.assert_close(parser.model.W.detach(), expected)


def test_an_ensemble_sums_log_probabilities(tiny: Treebank) -> None:
    """Its scores are the sums of the log-softmax of its members; its weights are theirs."""
    vocabulary = Vocabulary.of(tiny.train, fine_tags=True)
    ensemble = extended_parser(vocabulary, seed=1)
    assert isinstance(ensemble, Ensemble)
    assert ensemble.n_networks == len(ensemble.members) == 3
    corpus = Corpus.of(tiny.dev, vocabulary)
    rows = torch.randint(len(corpus.heads), (7, 18)).numpy()
    rows[:, 0] = 0
    features = torch.from_numpy(corpus.features(rows))
    assert features.shape == (7, 54)
    total = torch.zeros(7, 3)
    for member in ensemble.members:
        assert isinstance(member, AveragedParser)
        total += member.model.eval()(features).detach().log_softmax(1)
    scores = torch.from_numpy(ensemble.scorer(corpus)(rows))
    torch.testing.assert_close(scores, total, rtol=1e-4, atol=1e-4)
    assert len(ensemble.tensors()) == 15
    # No two ensembles, nor two members, share their first weights.
    others = extended_parser(vocabulary, seed=2).members
    firsts = {m.model.W[0, 0].item() for m in (*ensemble.members, *others)}  # type: ignore[attr-defined]
    assert len(firsts) == 6


def test_every_variant_of_the_study_learns(tiny: Treebank) -> None:
    """Each is trained by the same call; three epochs bring the loss down by a third."""
    for variant in VARIANTS:
        trained, _, _ = fit(
            lambda v, make=variant.make: make(v, 0),  # type: ignore[misc]
            tiny,
            Settings(n_epochs=3, batch_size=64),
            fine_tags=variant.fine_tags,
        )
        assert trained.losses[-1] < 0.67 * trained.losses[0], variant.name
    assert not isinstance(deeper_parser(Vocabulary.of(tiny.train)), FactoredParser)


def test_the_page_has_the_study_as_it_is() -> None:
    """The table of the docs names every variant, in order, and is of the form that is written."""
    page = PAGE.read_text(encoding="utf-8")
    made = table("X", {v.name: [(1.0, 2.0), (2.0, 3.0)] for v in VARIANTS})
    rows = [
        [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
        for text in (page, made)
    ]
    assert rows[0][1:] == rows[1][1:]
    assert "`nox -s study -- UD_English-EWT 3`" in page


def test_curve_falls_as_the_loss_does() -> None:
    """Columns get lower from left to right; nothing, zero and one value are no trouble."""
    lines = curve([8.0, 6.0, 4.0, 2.0], width=4, height=4)
    assert [sum(line[i] != " " for line in lines) for i in range(4)] == [4, 3, 2, 1]
    assert curve([], height=2) == ["", ""]
    assert curve([0.0], height=1) == [" "]
    assert curve([1.0], height=1) == ["█"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-treebank"], "no-such-treebank"),
        (["small", "--out", "/dev/null/x"], "/dev/null/x cannot be made"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(arguments: list[str], said: str) -> None:
    """Status 2, before any training."""
    done = arcgrade("train", *arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert done.output.count("\n") == 1
