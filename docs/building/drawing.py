"""The directive `drawing`: a figure that the project's code draws when the site is built.

    ```{drawing} docs.figures.optimizers:momentum
    :name: fig-momentum

    The caption, which is also what a screen reader says of the picture.
    ```

names a function that returns a matplotlib figure, or SVG as text. It becomes part of the page, so
that its lines and words take the colour of the text, light or dark: black is written as
`currentColor`. Whatever the function raises is an error of the build, with its place.
"""

from __future__ import annotations

import html
import importlib
import io
import re
from functools import cache
from typing import Any, ClassVar

import matplotlib as mpl
from babel.messages.pofile import read_po
from docutils import nodes
from docutils.parsers.rst import directives
from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from docs.building import DOCS

LOCALES = DOCS / "locales"
STYLE: Any = {
    "svg.fonttype": "none",  # words stay words
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.figsize": (6.4, 3.2),
    "figure.constrained_layout.use": True,
    "legend.frameon": False,
    "savefig.transparent": True,
}
_BLACK = re.compile(r"#000000\b|\bblack\b")
_FONT = re.compile(r"<(?:text|svg)\b[^>]*?\bfont(?:-size)?(?:: |=\")([\d.]+)")
LEGIBLE = 10.5
"""Pixels: no word of a drawing is smaller than this, unless the drawing itself has it smaller."""
_TEXT = re.compile(r"(<(?:text|tspan)\b[^>]*>)([^<]+)(?=<)")


class drawing(nodes.General, nodes.Element):  # noqa: N801  docutils names nodes so
    """An SVG within a figure; its name is what the figure's caption says."""


class Drawing(SphinxDirective):
    """`{drawing} module:function`, with the caption as its content."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """The figure, with its caption."""
        target = self.arguments[0]
        if not self.content:
            raise self.error(f"{target} has no caption, so nobody who cannot see it knows it.")
        try:
            svg, file = draw(target)
        except Exception as error:
            raise self.error(f"{target} was not drawn: {type(error).__name__}: {error}") from error
        self.env.note_dependency(file)
        figure = nodes.figure("", drawing("", svg=svg))
        self.set_source_info(figure)
        content = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, content)
        figure += nodes.caption(content[0].astext(), "", *content[0].children)
        figure[-1].source, figure[-1].line = figure.source, figure.line
        if len(content) > 1:
            figure += nodes.legend("", *content[1:])
        self.add_name(figure)
        return [figure]


def draw(target: str) -> tuple[str, str]:
    """The SVG that `module:function` draws, and the file that it was drawn by."""
    module_name, _, name = target.partition(":")
    module = importlib.import_module(module_name)
    with mpl.rc_context({**STYLE, "svg.hashsalt": target}):
        drawn = getattr(module, name)()
        if isinstance(drawn, Figure):
            text = io.StringIO()
            drawn.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
            drawn = text.getvalue()
    svg = drawn[drawn.index("<svg") :].strip()
    # Ids are unique on the whole page, whatever else is drawn there.
    prefix = name.replace("_", "-")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r'(href="#|url\(#)([^")]+)', rf"\1{prefix}-\2", svg)
    return _BLACK.sub("currentColor", svg), str(module.__file__)


def words(svg: str) -> list[str]:
    """What a reader of another language must have translated: not numbers, not symbols."""
    texts = (html.unescape(found[2].strip()) for found in _TEXT.finditer(svg))
    return sorted({text for text in texts if re.search("[A-Za-z]{2}", text)})


@cache
def words_in(language: str) -> dict[str, str]:
    """What stands in figures, in another language: the catalogue `figures.po`."""
    path = LOCALES / language / "LC_MESSAGES" / "figures.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}


def visit_drawing(self: HTML5Translator, node: drawing) -> None:
    """Write the SVG, named by the figure's caption."""
    words = words_in(self.config.language)
    svg = _TEXT.sub(lambda found: found[1] + _translated(found[2], words), node["svg"])
    captions = [child for child in node.parent if isinstance(child, nodes.caption)]
    label = html.escape(captions[0].astext(), quote=True)
    head, rest = re.match(r"<svg\b([^>]*)>(.*)", svg, re.DOTALL).groups()  # type: ignore[union-attr]
    style = f' style="{found}"' if (found := _widths(svg)) else ""
    head = re.sub(r'\s(?:width|height|role|version|xmlns:xlink)="[^"]*"', "", head)
    self.body.append(
        f'<div class="drawing"><svg{head} role="img" aria-label="{label}"{style}>{rest}</div>\n'
    )
    raise nodes.SkipNode


def _widths(svg: str) -> str:
    """How wide the drawing is at most, and at least: narrower, its box scrolls on a phone."""
    head = svg[: svg.index(">")]
    width = re.search(r'\bwidth="([\d.]+)(?:pt|px)?"', head)
    if not width:
        return ""
    widest = float(width[1]) * 4 / 3
    style = f"max-width: {widest:.0f}px"
    box, sizes = re.search(r'\bviewBox="0 0 ([\d.]+)', head), _FONT.findall(svg)
    if box and sizes:
        narrowest = LEGIBLE * float(box[1]) / min(float(size) for size in sizes)
        style += f"; min-width: {min(narrowest, widest):.0f}px"
    return style


def _translated(text: str, words: dict[str, str]) -> str:
    stripped = text.strip()
    return (
        text.replace(stripped, words.get(html.unescape(stripped), stripped)) if stripped else text
    )


def _skip(self: Any, node: drawing) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_node(
        drawing, html=(visit_drawing, None), text=(_skip, None), gettext=(_skip, None)
    )  # fmt: skip
    app.add_directive("drawing", Drawing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
