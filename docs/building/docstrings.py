"""Docstrings as this project writes them: `name` is code, and |V| is no substitution."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_CODE = re.compile(r"(`[^`]*`)")


def escape_bars(line: str) -> str:
    """The line with every bar outside code escaped."""
    parts = _CODE.split(line)
    return "".join(
        part if part.startswith("`") else part.replace("|", r"\|") for part in parts
    )  # fmt: skip


def _process(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    lines[:] = [escape_bars(line) for line in lines]


def setup(app: Sphinx) -> dict[str, Any]:
    """Have every docstring read so."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
