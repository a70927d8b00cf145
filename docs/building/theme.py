"""The theme's own words in another language: `docs/locales/*/LC_MESSAGES/sphinx.po`.

Sphinx reads that catalogue before its own. Its own has a word for what every theme says, such as
"Search"; `WORDS` are those that only Furo says. Some of them, labels and the titles of icons, Furo
does not offer for translation: they are offered when a template is read.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2.ext import Extension
from sphinx.application import Sphinx

LABELS = (
    "Toggle site navigation sidebar",
    "Toggle table of contents sidebar",
    "Toggle Light / Dark / Auto color theme",
    "Contents",
    "Menu",
    "Expand",
    "Light mode",
    "Dark mode",
    "Auto light/dark, in light mode",
    "Auto light/dark, in dark mode",
)
WORDS = (
    "Skip to content",
    "Back to top",
    "Next",
    "Previous",
    "Home",
    "On this page",
    "Copyright &#169; %(copyright)s",
    "Made with ",
    "Please activate JavaScript to enable the search functionality.",
    *LABELS,
)
"""What is translated in that catalogue."""

_LABEL = re.compile(
    rf"""(aria-label="|<title>)({"|".join(map(re.escape, LABELS))})(?="|</title>)"""
)


class Labels(Extension):
    """Offers the labels of a template for translation, and the titles of icons."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template, with each of `LABELS` being looked up."""
        return _LABEL.sub(r'\1{{ _("\2") }}', source)


def _add(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.builder.templates.environment.add_extension(Labels)


def setup(app: Sphinx) -> dict[str, Any]:
    """Run when there are templates."""
    app.connect("builder-inited", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
