"""What the captions and the text say of the drawings of the parser, read from the drawings."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup

from docs.building.citations import PAGES
from docs.figures import minibatch, parser_network, transitions
from docs.figures.style import ORANGE
from solutions.parser_model import ParserModel
from solutions.parser_transitions import PartialParse, Transition

Arc = tuple[str, str]
"""(head, dependent), the words that its ends stand over."""
WIDE: dict[str, Transition] = {"S": "S", "L": "LA", "R": "RA"}


def words(svg: str) -> dict[str, tuple[float, list[str]]]:
    """Where each word stands, and what stands below it."""
    texts = [(float(str(t["x"])), t.text) for t in BeautifulSoup(svg, "html.parser").select("text")]
    found: dict[float, list[str]] = {}
    for x, text in texts:
        found.setdefault(x, []).append(text)
    return {name: (x, below) for x, (name, *below) in found.items()}


def arcs(svg: str) -> dict[Arc, str]:
    """The arcs, and the colour of each."""
    places = {name: x for name, (x, _) in words(svg).items()}

    def nearest(x: float) -> str:
        return min(places, key=lambda name: abs(places[name] - x))

    found = {}
    for path in BeautifulSoup(svg, "html.parser").select('path[fill="none"]'):
        numbers = [float(n) for n in re.findall(r"[\d.]+", str(path["d"]))]
        found[nearest(numbers[0]), nearest(numbers[-2])] = str(path["stroke"])
    return found


def test_question() -> None:
    """The tree of 2a, as the caption has it."""
    assert arcs(transitions.question()).keys() == {
        ("ROOT", "parsed"), ("parsed", "I"), ("parsed", "sentence"), ("parsed", "correctly"),
        ("sentence", "this"),
    }  # fmt: skip


def test_arcs_that_cross() -> None:
    """Those that the caption names are of another colour, and do cross."""
    svg = transitions.crossing()
    colours, x = arcs(svg), {name: x for name, (x, _) in words(svg).items()}
    marked = {arc for arc, colour in colours.items() if colour == ORANGE}
    assert marked == {("ROOT", "came"), ("parcel", "Norway")}
    assert x["ROOT"] < x["parcel"] < x["came"] < x["Norway"]
    assert len(colours) == len(x) - 1


def test_positions_of_a_state() -> None:
    """Each word has the position that the caption and the text say; shy has none."""
    svg = parser_network.features()
    below = {name: notes for name, (_, notes) in words(svg).items()}
    assert below == {
        "ROOT": ["s3"], "repaired": ["s2"], "pedal": ["s1"], "with": ["b1"], "new": ["b2"],
        "tools": ["b3"], "this": ["s1.l1"], "wooden": ["s1.l2"], "gardener": ["s2.l1"],
        "The": ["s2.l1.l1"], "shy": [],
    }  # fmt: skip
    assert arcs(svg).keys() == {
        ("gardener", "The"), ("gardener", "shy"), ("repaired", "gardener"), ("pedal", "this"),
        ("pedal", "wooden"),
    }  # fmt: skip


def test_shapes_of_the_layers() -> None:
    """Those of the model with the sizes of the assignment."""
    model = ParserModel(np.zeros((10, 50), dtype=np.float32))
    (inputs, hidden), (_, classes) = model.W.shape, model.U.shape
    texts = BeautifulSoup(parser_network.layers(), "html.parser").select("text")
    shapes = [t.text for t in texts if t["y"] == "94"]
    assert shapes == [
        f"{inputs // 50} numbers", f"(1, {inputs})", f"(1, {hidden})", *[f"(1, {classes})"] * 2
    ]  # fmt: skip
    assert [t.text for t in texts if t["y"] == "57"] == ["w", "x", "h", "θ", "ŷ"]


def test_rounds_of_minibatches() -> None:
    """Each row parses its sentence; each column has the first two that are not finished."""
    (axes,) = minibatch.rounds().axes
    cells = {(int(t.get_position()[0]), int(t.get_position()[1])): t.get_text() for t in axes.texts}
    sentences = [label.get_text() for label in axes.get_yticklabels()]
    assert sentences == list(minibatch.SENTENCES)
    ends = []
    for row, (sentence, heads) in enumerate(minibatch.SENTENCES.items()):
        places = sorted(place for place, of in cells if of == row)
        parse = PartialParse(sentence.split())
        parse.parse([WIDE[cells[place, row]] for place in places])
        names = ["ROOT", *sentence.split()]
        assert parse.finished
        assert set(parse.dependencies) == {
            (names[h], name) for name, h in zip(names[1:], heads, strict=True)
        }
        ends.append(places[-1])
    assert len({(patch.get_x(), patch.get_y()) for patch in axes.patches}) == len(cells)  # type: ignore[attr-defined]
    for place in range(1, max(ends) + 1):
        unfinished = [row for row, end in enumerate(ends) if end >= place]
        assert sorted(row for at, row in cells if at == place) == unfinished[:2]


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_every_drawing_is_looked_at(path: Path) -> None:
    """A page's drawing is read by a test beside this one."""
    tests = "".join(p.read_text("utf-8") for p in Path(__file__).parent.glob("test_fig*.py"))
    for module, name in re.findall(
        r"{drawing} docs\.figures\.(\w+):(\w+)", path.read_text("utf-8")
    ):
        assert re.search(rf"\b{module}\.{name}\b", tests), f"no test draws {module}.{name}"
