"""Hand-drawn SVG: what the drawings that are no plots have in common."""

from __future__ import annotations

import html
from collections.abc import Iterable


def text(x: float, y: float, words: str, size: int = 15, fill: str = "black", **more: str) -> str:
    """Words, centred on x unless `text_anchor` says otherwise."""
    attributes = {"text-anchor": "middle", "font-size": str(size), "fill": fill} | {
        name.replace("_", "-"): value for name, value in more.items()
    }
    shown = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:g}" y="{y:g}" {shown}>{html.escape(words)}</text>'


def rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A box, tinted with its colour."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" '
        f'fill="{colour}" fill-opacity="0.15" stroke="{colour}" stroke-width="1.5"/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, arrow: bool = True) -> str:
    """A line, with a head at its end unless it has none."""
    head = ' marker-end="url(#arrow)"' if arrow else ""
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="black" '
        f'stroke-width="1.2"{head}/>'
    )


def picture(width: int, height: int, parts: Iterable[str]) -> str:
    """The whole SVG."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><defs><marker id="arrow" viewBox="0 0 8 8" refX="7" '
        'refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
        '<path d="M0 0.5 8 4 0 7.5z" fill="black"/></marker></defs>' + "".join(parts) + "</svg>"
    )
