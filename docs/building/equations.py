"""Says below an equation which code computes it, and which test checks it.

What the solutions cite is read from their comments when the site is built, so it is never stale. A
comment that names an equation which no page has is a warning, and so an error of the build.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from docs.building import ROOT
from docs.building.citations import SOLUTIONS, Citation, citations, is_gradient
from docs.building.drawing import words_in

logger = logging.getLogger(__name__)
TEST = "tests/test_equations.py"
IN_CODE = "in code:"
BY_AUTOGRAD = "checked against autograd:"
BY_CODE = "checked against the code:"
PHRASES = (IN_CODE, BY_AUTOGRAD, BY_CODE)
"""What is translated in the catalogue of figures."""


def by_label(found: list[Citation]) -> dict[str, list[str]]:
    """For each equation the functions that compute it, each once."""
    places: dict[str, list[str]] = {}
    for citation in found:
        of_label = places.setdefault(citation.label, [])
        if citation.place not in of_label:
            of_label.append(citation.place)
    return places


def _annotate(app: Sphinx, doctree: nodes.document) -> None:
    """Write the line below each labelled equation that code cites, or that is a gradient."""
    if app.builder.name == "gettext":
        return  # its few words are in the catalogue of figures
    places = by_label(app.config.arcgrade_citations)
    words = words_in(app.config.language)
    for block in list(doctree.findall(nodes.math_block)):
        label = block.get("label") or ""
        gradient = is_gradient(block.astext())
        if not label.startswith("eq-") or not (label in places or gradient):
            continue
        line = nodes.paragraph(classes=["equation-code"])
        if label in places:
            line += nodes.Text(words.get(IN_CODE, IN_CODE) + " ")
            for number, place in enumerate(places[label]):
                line += [nodes.Text(", ")] * bool(number) + [_reference(app, place)]
            line += nodes.Text(" · ")
        check = BY_AUTOGRAD if gradient else BY_CODE
        line += [nodes.Text(words.get(check, check) + " "), nodes.literal("", TEST)]
        block.parent.insert(block.parent.index(block) + 1, line)
    if places:
        for file in SOLUTIONS.rglob("*.py"):
            app.env.note_dependency(str(file))


def _reference(app: Sphinx, place: str) -> nodes.Node:
    """A link to a function of the solutions, in whichever edition has it."""
    text = place.removeprefix("solutions.")
    reference = addnodes.pending_xref(
        "", nodes.literal("", text, classes=["xref", "py"]), refdomain="py", reftype="obj",
        reftarget=place, refexplicit=True, refwarn=True, refdoc=app.env.docname,
    )  # fmt: skip
    reference["py:module"] = reference["py:class"] = None
    return reference


def _check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every citation without an equation; an edition without derivations has none."""
    if not any(name.startswith("derivations/") for name in env.found_docs):
        return
    known = env.domains["math"].data["objects"]
    for citation in app.config.arcgrade_citations:
        if citation.label not in known:
            place = f"{citation.file.relative_to(ROOT)}:{citation.line}"
            logger.warning("no page has the equation %s", citation.label, location=place)


def _read(app: Sphinx) -> None:
    app.config.arcgrade_citations = citations()


def setup(app: Sphinx) -> dict[str, Any]:
    """Read the solutions, and connect."""
    app.setup_extension("docs.building.drawing")
    app.add_config_value("arcgrade_citations", [], "", types=frozenset({list}))
    app.connect("builder-inited", _read)
    app.connect("doctree-read", _annotate)
    app.connect("env-check-consistency", _check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
