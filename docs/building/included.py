"""Code that pages include from the solutions shows no markers of the handout.

`# BEGIN SOLUTION: 3b` and `# END SOLUTION` say what is cut out for students. A reader of the whole
solution needs neither, so these lines are left out.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

_MARKER = re.compile(r"^[ \t]*# (?:BEGIN|END) SOLUTION\b.*(?:\n|\Z)", re.MULTILINE)


def without_markers(code: str) -> str:
    """The code without the lines that only say where a solution begins and ends."""
    return _MARKER.sub("", code)


def _clean(app: Sphinx, doctree: nodes.document) -> None:
    for block in doctree.findall(nodes.literal_block):
        if "source" in block and _MARKER.search(block.astext()):  # what is included says from where
            code = without_markers(block.astext())
            block.rawsource = code
            block.children = []
            block += nodes.Text(code)


def setup(app: Sphinx) -> dict[str, Any]:
    """Run when a page has been read."""
    app.connect("doctree-read", _clean)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
