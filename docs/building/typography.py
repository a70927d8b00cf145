"""No line begins with the full-width punctuation that follows a formula or code.

A browser may break a line before and after a box such as a formula, whatever stands beside it.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

CLOSING = "，。；：！？、）」』》”"


class KeepPunctuation(SphinxPostTransform):
    """Puts a formula and the punctuation behind it into one box that is not broken."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Change every such pair of nodes."""
        for node in list(self.document.findall(nodes.math)):
            after = node.next_node(descend=False, siblings=True)
            if not isinstance(after, nodes.Text) or not after[:1] or after[0] not in CLOSING:
                continue
            box = nodes.inline("", classes=["unbroken"])
            node.replace_self(box)
            box += [node, nodes.Text(after[0])]
            after.parent.replace(after, nodes.Text(after[1:]))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_post_transform(KeepPunctuation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
