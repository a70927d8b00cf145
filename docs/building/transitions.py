"""The directives `transitions` and `stepper`: how a sentence is parsed, by the reference solution.

    ```{transitions} I parsed this sentence correctly
    :heads: 2 0 4 2 2
    :name: tab-parse

    The caption.
    ```

writes a table of all states on the way to the tree. `stepper`, with the same arguments, writes the
step-through parser, within it the table, which is what is read where no script runs. The oracle of
solutions/support chooses the transitions and `PartialParse` makes them, so neither can disagree
with what is graded.

In the edition for students there is no table for the sentence of part 2a, and the parser does not
show the way for it.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from data.conllu import Sentence
from solutions.parser_transitions import PartialParse, Transition
from solutions.support.corpus import Corpus
from solutions.support.oracle import examples
from solutions.support.states import TRANSITIONS
from solutions.support.vocabulary import Vocabulary

QUESTION = "I parsed this sentence correctly"
"""The sentence of part 2a."""

NAMES = {"S": "SHIFT", "LA": "LEFT-ARC", "RA": "RIGHT-ARC"}
COLUMNS = {
    "en": ("Stack", "Buffer", "New dependency", "Transition"),
    "zh_CN": ("栈", "缓冲区", "新依存关系", "转移"),
}


@dataclass(frozen=True)
class Row:
    """One state on the way, and what led to it; the first has no transition."""

    stack: tuple[str, ...]
    buffer: tuple[str, ...]
    dependency: tuple[str, str] | None = None
    transition: Transition | None = None

    def cells(self) -> tuple[str, str, str, str]:
        """The row as it is written."""
        arc = " → ".join(self.dependency) if self.dependency else ""
        name = NAMES[self.transition] if self.transition else ""
        return " ".join(self.stack), " ".join(self.buffer), arc, name


def oracle(words: Sequence[str], heads: Sequence[int]) -> list[Transition]:
    """The transitions that lead to a tree.

    Raises:
        ValueError: none do, for the tree is not projective, or these heads are no tree.
    """
    n = len(words)
    if len(heads) != n or not all(0 <= head <= n for head in heads):
        raise ValueError(f"{n} words need {n} heads from 0 to {n}, not {list(heads)}")
    unknown = ("_",) * n
    sentence = Sentence(tuple(words), unknown, unknown, tuple(heads), unknown)
    found = examples(Corpus.of([sentence], Vocabulary.of([sentence])))
    if found.n_skipped:
        raise ValueError(f"no transitions lead to the heads {list(heads)}")
    return [cast(Transition, TRANSITIONS[choice]) for choice in found.transitions.tolist()]


def trace(words: Sequence[str], heads: Sequence[int]) -> list[Row]:
    """All states from the first to the last.

    Raises:
        ValueError: as `oracle` does.
    """
    parse = PartialParse(list(words))
    rows = [Row(tuple(parse.stack), tuple(parse.buffer))]
    for transition in oracle(words, heads):
        before = len(parse.dependencies)
        parse.parse_step(transition)
        new = parse.dependencies[before:]
        arc = (new[0][0], new[0][1]) if new else None
        rows.append(Row(tuple(parse.stack), tuple(parse.buffer), arc, transition))
    return rows


class stepper(nodes.General, nodes.Element):  # noqa: N801  docutils names nodes so
    """The step-through parser; within it, its table."""


class TransitionTable(SphinxDirective):
    """`{transitions} words`, with `:heads:` and perhaps a caption."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "heads": directives.unchanged_required,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """The table."""
        table = self.table(self.words, self.heads)
        if self.content:
            content = nodes.Element()
            self.state.nested_parse(self.content, self.content_offset, content)
            title = nodes.title(content[0].astext(), "", *content[0].children)
            title.source, title.line = self.get_source_info()
            table.insert(0, title)
        self.add_name(table)
        return [table]

    @property
    def words(self) -> list[str]:
        """The sentence."""
        return str(self.arguments[0]).split()

    @property
    def heads(self) -> list[int]:
        """Its tree."""
        try:
            return [int(head) for head in self.options["heads"].split()]
        except (KeyError, ValueError):
            raise self.error("`:heads:` has the number of each word's head, 0 for ROOT.") from None

    def table(self, words: list[str], heads: list[int]) -> nodes.table:
        """The states on the way, a row each."""
        if self.config.arcgrade_edition == "student" and words == QUESTION.split():
            raise self.error("This table is the answer to 2a; the edition for students has it not.")
        try:
            rows = trace(words, heads)
        except ValueError as error:
            raise self.error(str(error)) from error
        columns = COLUMNS.get(self.config.language, COLUMNS["en"])
        table = nodes.table(classes=["transitions"])
        self.set_source_info(table)
        group = nodes.tgroup(cols=len(columns))
        group += [nodes.colspec(colwidth=width) for width in (30, 30, 22, 18)]
        head, body = nodes.thead(), nodes.tbody()
        head += _row(columns)
        body += [_row(row.cells()) for row in rows]
        group += [head, body]
        table += group
        return table


class Stepper(TransitionTable):
    """`{stepper} words`, with `:heads:`."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """The parser, with its table."""
        words, heads = self.words, self.heads
        refuse = QUESTION if self.config.arcgrade_edition == "student" else None
        node = stepper("", words=" ".join(words), heads=" ".join(map(str, heads)), refuse=refuse)
        self.set_source_info(node)
        node += self.table(words, heads)
        return [node]


def _row(cells: Sequence[str]) -> nodes.row:
    """A row of plain text; it has no source, so that it is not asked to be translated."""
    row = nodes.row()
    for cell in cells:
        row += nodes.entry("", nodes.paragraph("", cell))
    return row


def visit_stepper(self: HTML5Translator, node: stepper) -> None:
    """Open the element."""
    given = {"words": node["words"], "heads": node["heads"], "data-refuse": node["refuse"]}
    attributes = "".join(
        f' {name}="{html.escape(value, quote=True)}"' for name, value in given.items() if value
    )
    self.body.append(f"<arc-standard{attributes}>\n")


def depart_stepper(self: HTML5Translator, node: stepper) -> None:
    """Close it."""
    self.body.append("</arc-standard>\n")


def _pass(self: Any, node: stepper) -> None:
    """Only the table is seen."""


def add_script(app: Sphinx, page: str, template: str, context: Any, doctree: Any) -> None:
    """Load the script and its style where there is a parser."""
    if doctree is not None and next(doctree.findall(stepper), None) is not None:
        app.add_js_file("arc-standard.js", loading_method="defer")
        app.add_css_file("arc-standard.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both directives."""
    app.add_node(
        stepper,
        html=(visit_stepper, depart_stepper),
        text=(_pass, _pass),
        gettext=(_pass, _pass),
    )
    app.add_directive("transitions", TransitionTable)
    app.add_directive("stepper", Stepper)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
