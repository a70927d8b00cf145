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

from data.treebanks import load
from solutions.extended import averaged_parser, deeper_parser, extended_parser, plain_parser
from solutions.support.parser import Parser, fit
from solutions.support.training import Settings
from solutions.support.vocabulary import Vocabulary

PAGE = Path(__file__).parents[2] / "docs" / "extensions.md"
TABLE = re.compile(r"(?<=<!-- study -->\n).*?(?=<!-- end of study -->)", re.DOTALL)


@dataclass(frozen=True)
class Variant:
    """A parser to measure."""

    name: str
    make: Callable[[Vocabulary, int], Parser]
    fine_tags: bool = False


VARIANTS = (
    Variant("the handout's network", plain_parser),
    Variant("a second hidden layer", deeper_parser),
    Variant("averaged weights", averaged_parser),
    Variant("fine tags as features", plain_parser, fine_tags=True),
    Variant("fine tags and averaged weights", averaged_parser, fine_tags=True),
    Variant("an ensemble of four of these (`--extended`)", extended_parser, fine_tags=True),
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
    scores: dict[str, list[tuple[float, float]]] = {}
    for variant in VARIANTS:
        for seed in range(n_seeds):
            trained, _, _ = fit(
                lambda vocabulary: variant.make(vocabulary, seed),  # noqa: B023 - called at once
                treebank,
                Settings(seed=seed),
                fine_tags=variant.fine_tags,
            )
            if trained.dev is None or trained.test is None:
                sys.exit(f"The dev and test sentences of {name} have no heads.")
            both = trained.dev.with_punctuation, trained.test.with_punctuation
            scores.setdefault(variant.name, []).append((100 * both[0], 100 * both[1]))
            print(
                f"{variant.name}, seed {seed}: dev {trained.dev}, test {trained.test}", flush=True
            )
    PAGE.write_text(TABLE.sub(lambda _: table(name, scores), PAGE.read_text("utf-8")), "utf-8")
    print(f"The table of {PAGE.name} is written.")


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else "UD_English-EWT",
        int(sys.argv[2]) if len(sys.argv) > 2 else 3,
    )
