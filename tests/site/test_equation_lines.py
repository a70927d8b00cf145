"""Below an equation stands which code computes it; a label that no page has is found."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from docs.building import equations
from docs.building.citations import SOLUTIONS, Citation

from .conftest import build_html

CONF = """
import sys
sys.path.insert(0, ROOT)
extensions = ["docs.building.equations", "docs.building.katex", "myst_parser"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer = "katex"
numfig = math_numfig = nitpicky = True
"""
PAGE = r"""# A page

```{py:function} solutions.rnn.bptt
```

$$
\frac{\partial J}{\partial H} = h
$$ (eq-a)

$$
b = c
$$ (eq-b)

$$
\delta = \frac{\partial J}{\partial v} = g
$$ (eq-c)

$$
d = e
$$ (eq-d)
"""


def cited(label: str, name: str = "bptt", line: int = 1) -> Citation:
    """A citation in rnn.py."""
    return Citation(label, f"solutions.rnn.{name}", SOLUTIONS / "rnn.py", line)


def build(
    folder: Path, monkeypatch: pytest.MonkeyPatch, found: list[Citation]
) -> tuple[str, list[str]]:
    """Build a page of derivations; the warnings, and the lines below its equations."""
    monkeypatch.setattr(equations, "citations", lambda: found)
    folder.joinpath("conf.py").write_text(CONF.replace("ROOT", repr(str(SOLUTIONS.parent))))
    folder.joinpath("index.md").write_text("# Index\n\n```{toctree}\nderivations/page\n```\n")
    folder.joinpath("derivations").mkdir()
    folder.joinpath("derivations", "page.md").write_text(PAGE, encoding="utf-8")
    out, warnings = build_html(folder)
    text = (out / "derivations" / "page.html").read_text(encoding="utf-8")
    lines = BeautifulSoup(text, "html.parser").select(".equation-code")
    assert all("math" in str(line.find_previous_sibling()) for line in lines)
    links = [str(link["href"]) for line in lines for link in line.select("a")]
    assert set(links) <= {"#solutions.rnn.bptt"}
    return warnings, [line.get_text() for line in lines]


def test_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code and test of what code cites; the test alone of other gradients; nothing elsewhere."""
    found = [cited("eq-a"), cited("eq-a", line=2), cited("eq-b")]
    warnings, lines = build(tmp_path, monkeypatch, found)
    assert warnings == ""
    assert lines == [
        "in code: rnn.bptt · checked against autograd: tests/test_equations.py",
        "in code: rnn.bptt · checked against the code: tests/test_equations.py",
        "checked against autograd: tests/test_equations.py",
    ]


def test_missing_equation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file and the line that cites it."""
    warnings, _ = build(tmp_path, monkeypatch, [cited("eq-z", line=7)])
    assert "solutions/rnn.py:7: WARNING: no page has the equation eq-z" in warnings


def test_code_without_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that no page documents is a warning too."""
    warnings, lines = build(tmp_path, monkeypatch, [cited("eq-b", name="nowhere")])
    assert "solutions.rnn.nowhere" in warnings
    assert "in code: rnn.nowhere" in lines[1]
