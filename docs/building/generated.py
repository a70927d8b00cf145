"""The directive `generated`: Markdown that the project's code writes when the site is built.

    ```{generated} docs.generated.self_check:misconceptions
    ```

calls a function, with the words that follow as its arguments, and reads the Markdown that it
returns in the directive's place. Whatever it raises is an error of the build, with its place.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs.building import ROOT


@cache
def sources() -> tuple[str, ...]:
    """The files that anything generated may be taken from."""
    folders = ("autograder", "data/sample", "docs/generated", "tests/attacks", "tests/submissions")
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return tuple(sorted(str(path) for path in found if path.suffix in (".py", ".toml")))


class Generated(SphinxDirective):
    """`{generated} module:function argument …`."""

    required_arguments = 1
    optional_arguments = 20

    def run(self) -> list[nodes.Node]:
        """What the function wrote, without headings."""
        target, *arguments = self.arguments
        module_name, _, name = target.partition(":")
        try:
            module = importlib.import_module(module_name)
            text: str = getattr(module, name)(*arguments)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise self.error(f"{target} was not written: {said}") from error
        for file in sources():  # whatever it was taken from: `docs-live` writes it again
            self.env.note_dependency(file)
        content = nodes.Element()
        lines = StringList(text.splitlines(), str(module.__file__))
        self.state.nested_parse(lines, self.content_offset, content)
        return content.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
