"""Drawings of the page on parsing in minibatches."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from docs.building.transitions import oracle
from docs.figures.style import BLUE, GREEN, ORANGE
from solutions.parser_transitions import PartialParse, Transition, minibatch_parse

SENTENCES = {
    "They mended it": (2, 0, 2),
    "Go": (0,),
    "She sleeps": (2, 0),
    "Ships sail far away": (2, 0, 4, 2),
}


class Recorder:
    """A model that knows the trees, and notes what it is asked."""

    def __init__(self) -> None:
        self.rounds: list[list[tuple[int, Transition]]] = []
        self._ways = {name: oracle(name.split(), heads) for name, heads in SENTENCES.items()}

    def predict(self, partial_parses: list[PartialParse]) -> Sequence[Transition]:
        """The next transition of each."""
        asked: list[tuple[int, Transition]] = []
        for parse in partial_parses:
            name = " ".join(parse.sentence)
            asked.append((list(SENTENCES).index(name), self._ways[name].pop(0)))
        self.rounds.append(asked)
        return [transition for _, transition in asked]


def rounds() -> Figure:
    """Which sentence makes which transition in which round, in batches of two."""
    recorder = Recorder()
    minibatch_parse([name.split() for name in SENTENCES], recorder, 2)
    figure = Figure(figsize=(6.4, 2.4))
    axes = figure.subplots()
    looks = {"S": ("S", BLUE), "LA": ("L", ORANGE), "RA": ("R", GREEN)}
    for place, asked in enumerate(recorder.rounds, 1):
        for row, transition in asked:
            letter, colour = looks[transition]
            cell = Rectangle((place - 0.45, row - 0.4), 0.9, 0.8)
            cell.set(facecolor="none", edgecolor=colour, linewidth=2)
            axes.add_patch(cell)
            axes.text(place, row, letter, ha="center", va="center")
    axes.set_xlim(0.4, len(recorder.rounds) + 0.6)
    axes.set_ylim(len(SENTENCES) - 0.5, -0.5)
    axes.set_xticks(range(1, len(recorder.rounds) + 1))
    axes.set_yticks(range(len(SENTENCES)), list(SENTENCES))
    axes.tick_params(length=0)
    axes.set_xlabel("round")
    axes.spines[:].set_visible(False)
    return figure
