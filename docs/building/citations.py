"""Which equations the pages have, and which of them the solutions name in their comments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.building import DOCS, ROOT

SOLUTIONS = ROOT / "solutions"
PAGES = DOCS / "derivations"
_CITED = re.compile(r"\beq-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\b")
_LABEL = re.compile(r"\$\$(?:\s*\(([^)]*)\))?")


@dataclass(frozen=True)
class Equation:
    """A formula of its own in a page.

    Attributes:
        page: the file.
        line: where it begins, counted from 1.
        tex: what is set.
        label: its name, or "" where it has none.
    """

    page: Path
    line: int
    tex: str
    label: str

    @property
    def is_gradient(self) -> bool:
        """Whether it says what a derivative is."""
        return is_gradient(self.tex)


@dataclass(frozen=True)
class Citation:
    """A comment that names an equation.

    Attributes:
        label: the equation.
        place: what the comment is in, as `solutions.rnn.bptt`; of a module, its name.
        file: the file.
        line: the line in it.
    """

    label: str
    place: str
    file: Path
    line: int


def is_gradient(tex: str) -> bool:
    """Whether a derivative stands on the left, or in a chain between."""
    sides = re.split(r"=|\\leftarrow", tex)
    return any(r"\partial" in side for side in sides[:-1] or sides)


def equations_of(page: Path) -> Iterator[Equation]:
    """The formulas of a page that stand on lines of their own; code is passed over."""
    fence, begin, within = "", 0, [""]
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not begin and (mark := re.match(r"`{3,}", text)):
            fence = "" if fence and text == fence else fence or mark[0]
        elif fence:
            continue
        elif begin and (end := _LABEL.fullmatch(text)):
            yield Equation(page, begin, "\n".join(within), end[1] or "")
            begin = 0
        elif begin:
            within.append(line)
        elif text == "$$":
            begin, within = number, []
        elif whole := re.fullmatch(r"\$\$(.+?)" + _LABEL.pattern, text):
            yield Equation(page, number, whole[1].strip(), whole[2] or "")


def equations(pages: Path = PAGES) -> list[Equation]:
    """The formulas of all pages of derivations."""
    return [equation for page in sorted(pages.glob("*.md")) for equation in equations_of(page)]


def citations(solutions: Path = SOLUTIONS) -> list[Citation]:
    """The labels in the code of the solutions, in its order."""
    found: list[Citation] = []
    for file in sorted(solutions.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        module = ".".join(file.relative_to(solutions.parent).with_suffix("").parts)
        places = list(_places(ast.parse(text), module))
        for number, line in enumerate(text.splitlines(), 1):
            for match in _CITED.finditer(line):
                # The innermost is the last that contains the line.
                inside = [name for name, lines in places if number in lines]
                found.append(Citation(match[0], (inside or [module])[-1], file, number))
    return found


def _places(node: ast.AST, prefix: str) -> Iterator[tuple[str, range]]:
    """The public functions, classes and methods, and the lines that they take."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and not child.name.startswith("_"):
            name = f"{prefix}.{child.name}"
            yield name, range(child.lineno, (child.end_lineno or child.lineno) + 1)
            if isinstance(child, ast.ClassDef):
                yield from _places(child, name)
