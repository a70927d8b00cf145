"""Sentences with their arcs, drawn above the words as SVG."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence

from docs.figures.style import ORANGE

Arc = tuple[int, int]
"""(head, dependent); 0 is ROOT."""

_SIZE, _GAP, _LEVEL = 14, 20, 20


def tree(
    words: Sequence[str],
    arcs: Sequence[Arc],
    marked: Collection[Arc] = (),
    notes: Sequence[Sequence[str]] = (),
) -> str:
    """Words from left to right, ROOT before them, their arcs above and notes below.

    Args:
        words: the sentence.
        arcs: what is drawn.
        marked: the arcs of another colour.
        notes: for ROOT and each word, the lines that stand below it.
    """
    names = ["ROOT", *words]
    below = notes or [()] * len(names)
    widest = [
        max([8.6 * len(name), *(7 * len(line) for line in lines)], default=0)
        for name, lines in zip(names, below, strict=True)
    ]
    x, right = [], 10.0
    for width in widest:
        x.append(right + width / 2)
        right += width + _GAP
    height = levels(arcs)
    base = 16 + _LEVEL * max(height, default=0)
    bottom = base + 26 + 17 * max(map(len, below))
    parts = []
    for (head, dependent), level in zip(arcs, height, strict=True):
        side = 1 if dependent > head else -1
        start, end = x[head] + 6 * side, x[dependent] - 2 * side
        peak = base - 4 / 3 * (8 + _LEVEL * (level - 0.4))
        colour = ORANGE if (head, dependent) in marked else "black"
        parts.append(
            f'<path d="M{start:.1f},{base} C{start:.1f},{peak:.1f} {end:.1f},{peak:.1f} '
            f'{end:.1f},{base - 2}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
            f'<path d="M{end - 4:.1f},{base - 7} h8 L{end:.1f},{base + 1} Z" fill="{colour}"/>'
        )
    for place, (name, lines) in enumerate(zip(names, below, strict=True)):
        parts.append(_text(x[place], base + 19, name, _SIZE + 1))
        parts += [
            _text(x[place], base + 40 + 17 * i, line, _SIZE - 1) for i, line in enumerate(lines)
        ]
    # In points, as matplotlib writes them: the page shows it at this size.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{0.75 * right:.0f}pt" '
        f'height="{0.75 * bottom:.0f}pt" viewBox="0 0 {right:.0f} {bottom:.0f}">'
        f"{''.join(parts)}</svg>"
    )


def levels(arcs: Sequence[Arc]) -> list[int]:
    """How high each arc stands: one above the highest that lies beneath it."""
    found: dict[Arc, int] = {}
    for arc in sorted(arcs, key=lambda arc: abs(arc[0] - arc[1])):
        beneath = [
            level
            for other, level in found.items()
            if min(arc) <= min(other) and max(other) <= max(arc)
        ]
        found[arc] = 1 + max(beneath, default=0)
    return [found[arc] for arc in arcs]


def _text(x: float, y: float, text: str, size: float) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{size}" fill="black">'
        f"{html.escape(text)}</text>"
    )
