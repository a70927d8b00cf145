"""Drawings of the page on the classifier."""

from __future__ import annotations

from docs.figures.style import BLUE, GREEN, ORANGE
from docs.figures.svg import picture, rectangle, text

N, D, C = 3, 5, 2  # a batch of three, five features, two classes
CELL = 22


def shapes() -> str:
    """Xᵀ (Ŷ − Y) has the shape of W: blocks to scale."""
    blocks = [
        ("∂J/∂W", D, C, GREEN, "=", "d × c"),
        ("Xᵀ", D, N, BLUE, "", "d × n"),
        ("Ŷ − Y", N, C, ORANGE, "", "n × c"),
    ]
    parts, x, middle = [], 30.0, 92.0
    for name, rows, columns, colour, after, shape in blocks:
        width, height = columns * CELL, rows * CELL
        parts.append(rectangle(x, middle - height / 2, width, height, colour))
        parts += [
            text(x + width / 2, middle - height / 2 - 8, name),
            text(x + width / 2, middle + height / 2 + 20, shape, 13),
        ]
        x += width + 40
        if after:
            parts.append(text(x - 2, middle + 5, after, 18))
            x += 34
    return picture(int(x), 184, parts)
