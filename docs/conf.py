"""The site's configuration, for Sphinx. `nox -s docs` builds all editions (docs/building)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from docs.building import BUILT, inventories

STAFF = (
    "another-assignment", "benchmarks", "checks", "class", "configuration", "confinement", "design",
    "first-grading", "gradescope", "misconceptions", "self-check", "site",
    "reference/checks", "reference/data", "reference/results", "reference/rubric",
)  # fmt: skip

given: dict[str, Any] = globals()  # Sphinx puts `tags` there
student = given["tags"].has("student")
chinese = given["tags"].has("zh_CN")

project = "arcgrade"
author = "the arcgrade contributors"
project_copyright = "arcgrade 贡献者" if chinese else author
language = "zh_CN" if chinese else "en"

extensions = [
    "docs.building.accessible",
    "docs.building.chinese",
    "docs.building.docstrings",
    "docs.building.drawing",
    "docs.building.editions",
    "docs.building.equations",
    "docs.building.generated",
    "docs.building.included",
    "docs.building.katex",
    "docs.building.theme",
    "docs.building.transitions",
    "docs.building.typography",
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
    # For staff: these show checks, the rubric, or how to run a course.
    exclude_patterns += [f"{name}.md" for name in STAFF]
if chinese:
    # Pages that are not translated are those of the English site.
    include_patterns = ["index.md", "derivations/**"]

# --- text ----------------------------------------------------------------------------------------
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
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
nitpick_ignore = [
    ("py:class", "autograder.checks.F"),  # a type variable has no page
    ("py:class", "autograder.confinement.dialogue.Dialogue"),  # the wire, which no check touches
    ("py:class", "autograder.formulas.Node"),  # the tree inside a formula, neither
    ("py:class", "autograder.render.contract.Results"),  # its fields stand in tables of their own
    # Torch's own names for two classes, which its inventory does not have.
    ("py:class", "torch._C.Generator"),
    ("py:class", "torch.nn.modules.module.Module"),
    # Names that a module imports for types only are left as they are written.
    ("py:class", "Course"),
    ("py:class", "Path"),
    ("py:class", "Workers"),
    ("py:class", "nn.Module"),
    ("py:class", "np.dtype"),
    ("py:class", "np.float32"),
    ("py:class", "np.ndarray"),
]

# --- names of other projects: the same without the network --------------------------------------
intersphinx_mapping = inventories.mapping()

# --- languages -----------------------------------------------------------------------------------
locale_dirs = ["locales"]
gettext_compact = False
gettext_uuid = False
gettext_location = False
intersphinx_disabled_reftypes: list[str] = []
if chinese:
    # Where a page of the English site is meant, a link leads there.
    intersphinx_mapping |= {"en": ("..", str(BUILT / "html" / "objects.inv"))}

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
