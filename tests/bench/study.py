"""What each extension of 2i gains: dev UAS over several seeds, as the table of docs/extensions.md.

`python -m tests.bench.study [TREEBANK] [SEEDS]` trains every variant with the assignment's
configuration, prints each result as it comes, and writes the table. Half an hour for UD English
EWT on two cores.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data.conllu import Sentence
from data.treebanks import load
from solutions.extended import (
    AveragedParser,
    Ensemble,
    averaged_parser,
    deeper_parser,
    extended_parser,
)
from solutions.support.corpus import Corpus
from solutions.support.evaluation import uas
from solutions.support.oracle import examples
from solutions.support.parser import Parser
from solutions.support.parsing import parse
from solutions.support.training import Settings
from solutions.support.vocabulary import Vocabulary

PAGE = Path(__file__).parents[2] / "docs" / "extensions.md"
TABLE = re.compile(r"(?<=<!-- study -->\n).*?(?=<!-- end of study -->)", re.DOTALL)


@dataclass(frozen=True)
class Variant:
    """A parser to measure.

    Attributes:
        name: what the table calls it.
        make: what is trained, for a vocabulary and a seed.
        view: what of it is measured; several variants share one training.
        fine_tags: whether fine tags are features.
    """

    name: str
    make: Callable[[Vocabulary, int], Parser]
    view: Callable[[Parser], Parser] = lambda parser: parser
    fine_tags: bool = False


def _last(parser: Parser) -> Parser:
    assert isinstance(parser, AveragedParser)
    return parser.last


def _member(parser: Parser) -> Parser:
    assert isinstance(parser, Ensemble)
    return parser.members[0]


VARIANTS = (
    Variant("the handout's network", averaged_parser, _last),
    Variant("a second hidden layer", deeper_parser),
    Variant("averaged weights", averaged_parser),
    Variant("fine tags as features", extended_parser, lambda p: _last(_member(p)), fine_tags=True),
    Variant("fine tags and averaged weights", extended_parser, _member, fine_tags=True),
    Variant("an ensemble of three of these (`--extended`)", extended_parser, fine_tags=True),
)


def table(name: str, scores: dict[str, list[tuple[float, float]]]) -> str:
    """The table in Markdown: for each variant its dev and test UAS in percent, seed by seed."""
    n_seeds = len(next(iter(scores.values())))
    lines = [
        f"`nox -s study -- {name} {n_seeds}`; UAS with punctuation, gold tags, no pretrained "
        "vectors; ± is the standard deviation over the seeds.",
        "",
        f"| {name} | dev UAS | change | seed by seed | test UAS |",
        "| --- | --- | --- | --- | --- |",
    ]
    first = statistics.mean(dev for dev, _ in next(iter(scores.values())))
    for variant, of_seeds in scores.items():
        dev, test = zip(*of_seeds, strict=True)
        mean = statistics.mean(dev)
        change = f"{mean - first:+.2f}" if mean != first else ""
        lines.append(
            f"| {variant} | {mean:.2f} ± {_deviation(dev):.2f} | {change} | "
            f"{', '.join(f'{score:.2f}' for score in dev)} | "
            f"{statistics.mean(test):.2f} ± {_deviation(test):.2f} |"
        )
    return "\n".join(lines) + "\n"


def _deviation(scores: tuple[float, ...]) -> float:
    return statistics.stdev(scores) if len(scores) > 1 else 0.0


def main(name: str, n_seeds: int) -> None:
    """Train all, and write the table."""
    treebank = load(name)
    scores: dict[str, list[tuple[float, float]]] = {variant.name: [] for variant in VARIANTS}
    for seed in range(n_seeds):
        for make, fine_tags in dict.fromkeys((v.make, v.fine_tags) for v in VARIANTS):
            vocabulary = Vocabulary.of(treebank.train, fine_tags=fine_tags)
            learnt = examples(Corpus.of(treebank.train, vocabulary))
            parser = make(vocabulary, seed)
            parser.train(learnt, Settings(seed=seed), lambda step, loss: None)
            for variant in VARIANTS:
                if (variant.make, variant.fine_tags) == (make, fine_tags):
                    dev, test = (
                        100 * measured(variant.view(parser), sentences, vocabulary)
                        for sentences in (treebank.dev, treebank.test)
                    )
                    scores[variant.name].append((dev, test))
                    print(
                        f"{variant.name}, seed {seed}: dev {dev:.2f}, test {test:.2f}", flush=True
                    )
    PAGE.write_text(TABLE.sub(lambda _: table(name, scores), PAGE.read_text("utf-8")), "utf-8")
    print(f"The table of {PAGE.name} is written.")


def measured(parser: Parser, sentences: list[Sentence], vocabulary: Vocabulary) -> float:
    """The UAS, 0 to 1, with punctuation."""
    corpus = Corpus.of(sentences, vocabulary)
    heads = corpus.numbered(parse(corpus, parser.scorer(corpus)))
    return uas(sentences, heads).with_punctuation


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else "UD_English-EWT",
        int(sys.argv[2]) if len(sys.argv) > 2 else 3,
    )
