"""Editions of one source: `complete`, `student` and `zh_CN`.

The complete one has everything. The one for students of a running course leaves out whole pages
(conf.py names them) and sections `## For staff`; the Chinese one has what is translated. What
stands between

    <!-- edition: complete, zh_CN -->
    <!-- edition: all -->

is in the editions that are named, and in no other.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_MARK = re.compile(r"<!-- edition: ([\w, ]+) -->")


def edition(text: str, name: str) -> str:
    """The lines of a document that an edition has; others are blank, so that numbers stay.

    Args:
        text: the source.
        name: `complete`, `student` or `zh_CN`.

    Raises:
        ValueError: a part does not end.
    """
    kept: list[str] = []
    part, staff = ["all"], False
    for line in text.splitlines():
        if mark := _MARK.fullmatch(line.strip()):
            part = mark[1].split(", ")
            kept.append("")
            continue
        if line.startswith("## "):
            staff = line == "## For staff"
        shown = (part == ["all"] or name in part) and not (staff and name == "student")
        kept.append(line if shown else "")
    if part != ["all"]:
        raise ValueError(f"what begins with `<!-- edition: {', '.join(part)} -->` does not end")
    return "\n".join(kept) + "\n"


def setup(app: Sphinx) -> dict[str, Any]:
    """Have every document read in the edition that is built."""

    def read(app: Sphinx, name: str, source: list[str]) -> None:
        source[0] = edition(source[0], app.config.arcgrade_edition)

    app.add_config_value("arcgrade_edition", "complete", "env", types=frozenset({str}))
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
