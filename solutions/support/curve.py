"""A curve of text, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def curve(values: Sequence[float], width: int = 60, height: int = 8) -> list[str]:
    """Columns as high as the mean of the values that fall into them, the axis being 0.

    >>> curve([3.0, 2.0, 2.0, 1.0, 0.0], width=5, height=2)
    ['█▃▃  ', '███▅ ']
    """
    width = min(width, len(values))
    bounds = [len(values) * column // width for column in range(width + 1)] if width else []
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(bounds)]
    eighths = 8 * height / (max(means, default=0) or 1)
    levels = [round(mean * eighths) for mean in means]
    return [
        "".join(_EIGHTHS[min(max(level - 8 * row, 0), 8)] for level in levels)
        for row in reversed(range(height))
    ]
