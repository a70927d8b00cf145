"""What the theme leaves out for those who hear a page: headings in the navigation have a level."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx


def _name_level(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    for name in ("body", "furo_navigation_tree"):
        if name in context:
            context[name] = context[name].replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app: Sphinx) -> dict[str, Any]:
    """Run after the theme."""
    app.connect("html-page-context", _name_level, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
