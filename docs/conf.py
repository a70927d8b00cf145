"""The site's configuration, for Sphinx. `nox -s docs` builds all editions (docs/building)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

given: dict[str, Any] = globals()  # Sphinx puts `tags` there
student = given["tags"].has("student")
chinese = given["tags"].has("zh_CN")

project = "arcgrade"
author = "the arcgrade contributors"
project_copyright = "the arcgrade contributors"
language = "zh_CN" if chinese else "en"

extensions = [
    "docs.building.accessible",
    "docs.building.chinese",
    "docs.building.docstrings",
    "docs.building.drawing",
    "docs.building.editions",
    "docs.building.equations",
    "docs.building.katex",
    "docs.building.transitions",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_copybutton",
    "sphinx_design",
]
arcgrade_edition = "student" if student else "zh_CN" if chinese else "complete"
exclude_patterns = ["_build", "node_modules", "locales"]
if student:
    # The derivations answer the written questions; the solutions are the solutions.
    exclude_patterns += ["derivations", "reference/solutions.md", "extensions.md", "parser.md"]
    exclude_patterns += ["checks.md", "confinement.md", "gradescope.md"]  # for staff
if chinese:
    # Pages that are not translated are those of the English site.
    include_patterns = ["index.md", "derivations/**"]

# --- text ----------------------------------------------------------------------------------------
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings: list[str] = []
nitpicky = True
numfig = True
math_numfig = True
math_eqref_format = "({number})"
html_math_renderer = "katex"
# A blank line stands before the fence, so that doctest does not take the fence for output.
highlight_options = {"pycon": {"stripnl": True}}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# --- API -----------------------------------------------------------------------------------------
default_role = "code"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
nitpick_ignore_regex = [
    # Neither has an inventory here, and a build asks nothing of the network.
    (r"py:.*", r"(torch|numpy|np|nn)\..*"),
    (r"py:.*", r"(Tensor|ArrayLike|Any)"),
    (r"py:(class|exc)", r".*"),
]

# --- languages -----------------------------------------------------------------------------------
locale_dirs = ["locales"]
gettext_compact = False
gettext_uuid = False
gettext_location = False
intersphinx_disabled_reftypes: list[str] = []
if chinese:
    # Where a page of the English site is meant, a link leads there.
    intersphinx_mapping = {"en": ("..", str(DOCS / "_build" / "html" / "objects.inv"))}

# --- HTML ----------------------------------------------------------------------------------------
html_theme = "furo"
html_title = "arcgrade"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
templates_path = ["_templates"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
# A summary would be fetched, which no browser does from a folder.
html_show_search_summary = False
html_context = {"edition": arcgrade_edition, "translated": ("index", "derivations/")}
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
