"""The support code: arrays and lockstep against one state at a time, by the definitions."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from data.conllu import Sentence
from data.errors import DataError
from solutions import factored
from solutions.parser_model import ParserModel
from solutions.parser_transitions import PartialParse, Transition
from solutions.support.corpus import Corpus
from solutions.support.evaluation import UAS, predictions_text, uas
from solutions.support.oracle import Examples, examples
from solutions.support.parsing import parse, scorer
from solutions.support.states import TRANSITIONS, States
from solutions.support.training import Settings, minibatches, n_steps, train
from solutions.support.vocabulary import NULL, UNKNOWN, Vocabulary

from .bench import straightforward

WORDS = ("a", "b", "c", "d", "e", "f", "g")
TAGS = ("X", "Y", "PUNCT")


def sentence(heads: Sequence[int | None], dice: random.Random | None = None) -> Sentence:
    """A sentence with these heads; its words and tags are random, or all alike."""
    n = len(heads)
    words = tuple(dice.choice(WORDS) if dice else "a" for _ in range(n))
    tags = tuple(dice.choice(TAGS) if dice else "X" for _ in range(n))
    return Sentence(words, tags, ("_",) * n, tuple(heads), ("_",) * n)


def random_tree(n: int, dice: random.Random) -> list[int]:
    """Heads of a random tree over n words, projective or not."""
    order = list(range(1, n + 1))
    dice.shuffle(order)
    heads = [0] * n
    for place, word in enumerate(order):
        heads[word - 1] = dice.choice([0, *order[:place]]) if place else 0
    return heads


def is_projective(heads: Sequence[int]) -> bool:
    """Whether no arc crosses another, ROOT standing in front."""
    arcs = [tuple(sorted(arc)) for arc in enumerate(heads, start=1)]
    return not any(a < c < b < d for a, b in arcs for c, d in arcs)


def random_sentences(seed: int, n: int = 40, longest: int = 7) -> list[Sentence]:
    """Sentences of random lengths and trees."""
    dice = random.Random(seed)
    return [sentence(random_tree(dice.randint(1, longest), dice), dice) for _ in range(n)]


def model(vocabulary: Vocabulary, seed: int = 0) -> ParserModel:
    """A small reference network."""
    torch.manual_seed(seed)
    return ParserModel(vocabulary.embeddings(5, seed), hidden_size=8)


# --- vocabulary and corpus -----------------------------------------------------------------------


def test_vocabulary_lowers_words_and_knows_the_unknown() -> None:
    """Case does not matter; what is rare or new is unknown; all numbers differ."""
    vocabulary = Vocabulary.of(
        [Sentence(("The", "the", "Cat"), ("D", "D", "N"), ("_",) * 3, (0, 1, 1), ("_",) * 3)]
    )
    assert vocabulary.word("THE") == vocabulary.word("the") != vocabulary.words[UNKNOWN]
    assert vocabulary.word("cat") == vocabulary.word("dog") == vocabulary.words[UNKNOWN]
    assert vocabulary.tag("N") != vocabulary.tag("V") == vocabulary.tags[UNKNOWN]
    numbers = [*vocabulary.words.values(), *vocabulary.tags.values()]
    assert sorted(numbers) == list(range(len(vocabulary)))
    assert vocabulary.words[NULL] == 0
    assert vocabulary.embeddings(4).shape == (len(vocabulary), 4)
    assert vocabulary.embeddings(4).dtype == np.float32


def test_corpus_gives_heads_back_in_the_first_order() -> None:
    """Sentences are sorted by length inside, and come back as they were."""
    sentences = random_sentences(1)
    corpus = Corpus.of(sentences, Vocabulary.of(sentences))
    assert list(corpus.lengths) == sorted(corpus.lengths, reverse=True)
    assert corpus.numbered(corpus.heads) == [list(s.heads) for s in sentences]


def test_no_sentences_are_parsed_into_nothing() -> None:
    """An empty treebank is no error to parse, and one to learn from."""
    vocabulary = Vocabulary.of([])
    corpus = Corpus.of([], vocabulary)
    assert corpus.numbered(parse(corpus, scorer(model(vocabulary), corpus))) == []
    with pytest.raises(DataError, match="without sentences"):
        examples(corpus)


# --- states --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_states_in_step_are_those_of_single_parses(seed: int) -> None:
    """Random legal transitions: features, legality and arcs equal those of `PartialParse`."""
    dice = random.Random(seed)
    sentences = random_sentences(seed, longest=9)
    vocabulary = Vocabulary.of(sentences)
    corpus = Corpus.of(sentences, vocabulary)
    states = States(corpus)
    parses = [PartialParse(straightforward.Words(sentences[place])) for place in corpus.order]
    steps = 0
    while states.n:
        unfinished = parses[: states.n]
        assert not any(parse.finished for parse in unfinished)
        expected = [straightforward.features(parse, vocabulary) for parse in unfinished]
        assert corpus.features(states.rows()).tolist() == expected
        allowed = [straightforward.legal(parse) for parse in unfinished]
        assert states.legal().tolist() == allowed
        chosen = [dice.choice([i for i in range(3) if row[i]]) for row in allowed]
        for parse_, number in zip(unfinished, chosen, strict=True):
            name: Transition = TRANSITIONS[number]  # type: ignore[assignment]
            parse_.parse_step(name)
        states.step(np.array(chosen))
        steps += 1
    assert steps == 2 * max(corpus.lengths)
    assert all(parse.finished for parse in parses)
    found = [straightforward._heads(parse.dependencies) for parse in parses]
    numbered = corpus.numbered(states.heads)
    assert [numbered[place] for place in corpus.order] == found


# --- oracle --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_oracle_is_that_of_the_definition(seed: int) -> None:
    """The same states and transitions, sentence by sentence, and as many sentences skipped."""
    sentences = random_sentences(seed, n=60, longest=6)
    vocabulary = Vocabulary.of(sentences)
    found = examples(Corpus.of(sentences, vocabulary))
    states, transitions, skipped = straightforward.examples(sentences, vocabulary)
    both = zip(found.features.tolist(), found.transitions.tolist(), strict=True)
    assert sorted(both) == sorted(zip(states, transitions, strict=True))
    assert found.n_skipped == skipped
    assert 0 < skipped < len(sentences)


def test_oracle_skips_exactly_what_is_not_projective() -> None:
    """A tree is skipped if and only if arcs cross."""
    dice = random.Random(0)
    for _ in range(300):
        heads = random_tree(dice.randint(1, 6), dice)
        sentences = [sentence(heads), sentence([0])]
        found = examples(Corpus.of(sentences, Vocabulary.of(sentences)))
        assert found.n_skipped == (not is_projective(heads)), heads


def test_oracle_leads_to_the_tree() -> None:
    """A parse that follows the oracle's transitions has the heads of the treebank."""
    dice = random.Random(3)
    for _ in range(200):
        heads = random_tree(dice.randint(1, 6), dice)
        if is_projective(heads):
            corpus = Corpus.of([sentence(heads)], Vocabulary.of([]))
            states = States(corpus)
            for transition in examples(corpus).transitions:
                states.step(transition[None].numpy())
            assert states.n == 0
            assert corpus.numbered(states.heads) == [heads]


def test_words_without_heads_are_nothing_to_learn_from() -> None:
    """One missing head is said at once, not learnt as something else."""
    sentences = [sentence([2, 0]), sentence([None, 0])]
    with pytest.raises(DataError, match="no heads"):
        examples(Corpus.of(sentences, Vocabulary.of(sentences)))


# --- the network, computed faster ----------------------------------------------------------------


def test_factored_logits_and_gradients_are_the_models() -> None:
    """Computing each product once changes nothing but the rounding, in values and gradients."""
    sentences = random_sentences(4)
    vocabulary = Vocabulary.of(sentences)
    network = model(vocabulary).double().eval()
    w = examples(Corpus.of(sentences, vocabulary)).features
    gradients = []
    for logits in (network(w), factored.logits(network, w)):
        network.zero_grad()
        (logits * torch.arange(logits.numel()).view_as(logits)).sum().backward()
        gradients.append([parameter.grad.clone() for parameter in network.parameters()])  # type: ignore[union-attr]
    torch.testing.assert_close(factored.logits(network, w), network(w))
    torch.testing.assert_close(*gradients)


def test_factored_logits_drop_units_in_training() -> None:
    """Dropout is at work there too: two rows differ, and their mean is that without it."""
    vocabulary = Vocabulary.of(random_sentences(4))
    network = model(vocabulary)
    w = torch.randint(len(vocabulary), (1, 36), generator=torch.Generator().manual_seed(0))
    many = factored.logits(network.train(), w.expand(4000, -1)).detach()
    assert not torch.equal(many[0], many[1])
    assert ((many.mean(0) - network.eval()(w)).abs() < 5 * many.std(0) / 4000**0.5).all()


@pytest.mark.parametrize("seed", range(5))
def test_parsing_in_step_is_that_of_the_plain_loop(seed: int) -> None:
    """The model's, the factored and the plain minibatch loop give each word the same head."""
    sentences = random_sentences(seed, n=60, longest=12)
    vocabulary = Vocabulary.of(sentences[:30])  # so that some words are unknown
    network = model(vocabulary, seed)
    corpus = Corpus.of(sentences, vocabulary)
    plain = straightforward.parse(sentences, network, vocabulary)
    assert corpus.numbered(parse(corpus, scorer(network, corpus))) == plain
    assert corpus.numbered(parse(corpus, factored.scorer(network, corpus))) == plain


# --- training ------------------------------------------------------------------------------------


def test_minibatches_hold_everything_once() -> None:
    """Each number comes once an epoch, in another order each time, in batches of the size."""
    generator = torch.Generator().manual_seed(0)
    first, second = (list(minibatches(10, 4, generator)) for _ in range(2))
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(torch.cat(first).tolist()) == list(range(10))
    assert torch.cat(first).tolist() != torch.cat(second).tolist()


def test_training_is_reproducible_and_learns() -> None:
    """The same seed gives the same losses to the last bit, another one others; the loss falls."""
    sentences = random_sentences(6, n=100)
    vocabulary = Vocabulary.of(sentences)
    found = examples(Corpus.of(sentences, vocabulary))
    settings = [Settings(n_epochs=8, batch_size=64, lr=1e-2, seed=seed) for seed in (0, 0, 1)]
    told: list[int] = []
    losses = [
        train(model(vocabulary), found, s, lambda step, loss: told.append(step)) for s in settings
    ]
    assert losses[0] == losses[1] != losses[2]
    assert losses[0][-1] < 0.7 * losses[0][0]
    assert told == 3 * list(range(n_steps(len(found), settings[0])))


def test_training_with_factored_logits_is_the_same_training() -> None:
    """Without dropout both ways give the same losses, up to rounding."""
    sentences = random_sentences(7, n=60)
    vocabulary = Vocabulary.of(sentences)
    found = examples(Corpus.of(sentences, vocabulary))
    both = []
    for fast in (False, True):
        network = model(vocabulary)
        network.dropout_prob = 0.0
        logits = (lambda w, network=network: factored.logits(network, w)) if fast else None
        both.append(train(network, found, Settings(3, 50, 1e-2), logits=logits))
    assert both[0] == pytest.approx(both[1], rel=1e-4)


# --- UAS -----------------------------------------------------------------------------------------


def test_uas_counts_words_with_heads() -> None:
    """By hand: 3 of 5 heads are right, 2 of 3 without punctuation; a missing one does not count."""
    tags = ("X", "PUNCT", "X", "X", "PUNCT", "X")
    words = ("w",) * 6
    gold = Sentence(words, tags, words, (0, 1, 1, 1, 1, None), words)
    assert uas([gold], [[0, 1, 1, 2, 3, 5]]) == UAS(3 / 5, 2 / 3)
    assert str(UAS(3 / 5, 2 / 3)) == "60.00 (66.67 without punctuation)"


def test_uas_needs_heads_to_compare_with() -> None:
    """A treebank without heads gets a sentence, and lists that do not fit an error."""
    with pytest.raises(DataError, match="Without heads"):
        uas([sentence([None])], [[0]])
    with pytest.raises(ValueError, match="shorter"):
        uas([sentence([0, 1])], [[0]])


def test_predictions_are_lines_of_heads() -> None:
    """One line a sentence."""
    assert predictions_text([[2, 0], [0]]) == "2 0\n0\n"


def test_examples_know_how_many_they_are() -> None:
    """Their length is the number of transitions."""
    assert len(Examples(torch.zeros(4, 36), torch.zeros(4), 0)) == 4
