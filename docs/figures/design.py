"""The drawing of the page on the design."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from docs.figures.style import BLUE, GREEN, ORANGE

Box = tuple[float, float, float, float]


def flow() -> Figure:
    """From the submission through checks and workers to the report, and what reads that."""
    figure = Figure(figsize=(6.4, 4.3))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 68)
    _room(axes, (1, 24, 46, 43), BLUE, "grader: holds what is secret")
    _room(axes, (62, 24, 37, 43), ORANGE, "worker: confined, one a check")
    submission = _box(axes, (5, 52, 17, 9), "submission")
    checks = _box(axes, (26, 52, 17, 9), "checks")
    answers = _box(axes, (26, 39, 17, 9), "reference")
    report = _box(axes, (26, 26, 17, 9), "report")
    student = _box(axes, (70, 46, 22, 12), "student's code")
    handles = _box(axes, (70, 28, 22, 12), "objects, by\nhandle only")
    _arrow(axes, _right(submission), _left(checks))
    _arrow(axes, _below(checks), _above(answers))
    _arrow(axes, _below(answers), _above(report))
    _arrow(axes, (43, 58), (70, 55), BLUE)
    _arrow(axes, (70, 50), (43, 54), ORANGE)
    _arrow(axes, _below(student), _above(handles))
    axes.text(54.5, 61, "calls", ha="center", color=BLUE)
    axes.text(54.5, 46.5, "plain\nvalues", ha="center", va="center", color=ORANGE)
    for x, text in ((1, "terminal"), (24.5, "results.json"), (48, "HTML page")):
        _arrow(axes, _below(report), _above(_box(axes, (x, 4, 20, 9), text, GREEN)), GREEN)
    return figure


def _room(axes: Axes, box: Box, colour: str, text: str) -> None:
    x, y, width, height = box
    _patch(axes, box, colour, 1.6)
    axes.text(x + width / 2, y + height - 4, text, ha="center", va="center", color=colour)


def _box(axes: Axes, box: Box, text: str, colour: str = "black") -> Box:
    x, y, width, height = box
    _patch(axes, box, colour, 1)
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center")
    return box


def _patch(axes: Axes, box: Box, colour: str, line: float) -> None:
    x, y, width, height = box
    patch = FancyBboxPatch(
        (x, y), width, height, boxstyle="round,pad=0,rounding_size=1.5",
        facecolor="none", edgecolor=colour, linewidth=line,
    )  # fmt: skip
    axes.add_patch(patch)


def _arrow(
    axes: Axes, begin: tuple[float, float], end: tuple[float, float], colour: str = "black"
) -> None:
    axes.annotate("", end, begin, arrowprops={"arrowstyle": "->", "color": colour})


def _left(box: Box) -> tuple[float, float]:
    return box[0], box[1] + box[3] / 2


def _right(box: Box) -> tuple[float, float]:
    return box[0] + box[2], box[1] + box[3] / 2


def _above(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3]


def _below(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1]
