"""Search in Chinese: by pairs of characters, so that it needs no dictionary of words; and links.

Sphinx's own search stops in the browser with `ChineseStemmer is not defined`, and its index has
words that a query is not cut into.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.search.en import SearchEnglish
from sphinx.util import docname_join

_RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9_]+")


class SearchChinese(SearchEnglish):
    """Latin words are those of English; a run of Chinese is the pairs that overlap in it."""

    lang = "zh"
    # What Sphinx calls the stemmer in the browser by.
    language_name = "English"
    js_splitter_code = """
function splitQuery(query) {
  const runs = query.match(/[\\u4e00-\\u9fff]+|[A-Za-z0-9_]+/g) || [];
  return runs.flatMap((run) =>
    run < "\\u4e00" || run.length < 3 ? [run] : Array.from(run).slice(1).map((c, i) => run[i] + c));
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002  Sphinx names it so
        """The terms of a text: Latin words and pairs of Chinese characters."""
        return [term for run in _RUN.findall(input) for term in pairs(run)]

    def word_filter(self, word: str) -> bool:
        """Whether a term is worth a place in the index."""
        return word >= "\u4e00" or super().word_filter(word)


def pairs(run: str) -> list[str]:
    """A Latin word as it is; of Chinese, every two characters that stand together."""
    if run < "\u4e00" or len(run) < 3:
        return [run]
    return [first + second for first, second in pairwise(run)]


def name_document(app: Sphinx, env: BuildEnvironment, node: pending_xref, text: Element) -> None:
    """Give a page that is not here the name that the inventory of the English site has."""
    if node["reftype"] == "doc":
        node["reftarget"] = docname_join(node["refdoc"], node["reftarget"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the language, and what comes before intersphinx."""
    app.add_search_language(SearchChinese)
    app.connect("missing-reference", name_document, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
