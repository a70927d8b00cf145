"""The edition for students of a running course has what they need, and gives nothing away."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.handout import regions

from ..conftest import SOLUTIONS
from .leaks import formulas, leaks, rows, secret_lines, text_of

HAS = (
    "index", "assignment", "students", "feedback", "written", "reference/command-line", "stepper",
)  # fmt: skip


def documents(folder: Path) -> set[str]:
    """The pages of an edition, by name."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    return {name.removesuffix(".html") for name in names if not name.startswith(("zh_CN", "_"))}


def test_has_what_students_need(student: Path) -> None:
    """The assignment, the guides, the stepper and the reference are there."""
    assert set(HAS) <= documents(student)


def test_gives_nothing_away(student: Path) -> None:
    """No file has a line of a solution, an answer, a hidden check or a rubric."""
    assert leaks(student) == []


def test_what_is_looked_for_is_there(complete: Path) -> None:
    """The lists are not empty, and the complete edition does give things away."""
    assert len(secret_lines()) > 500
    assert any("d_h^2+dd_h+|v|d_h" in formula for formula in formulas())
    assert "rootparsedsentencecorrectly" in rows()
    assert any("sslasslarasrara" in row for row in rows())
    assert any("rubric" in leak for leak in leaks(complete / "reference"))


def test_pages_that_are_left_out_are_nowhere(complete: Path, student: Path) -> None:
    """No link, no word of the search and no object names a page that only others have."""
    left_out = documents(complete) - documents(student) - {"py-modindex"}  # which is Sphinx's
    assert {"derivations/softmax", "reference/solutions", "self-check", "checks"} <= left_out
    index = (student / "searchindex.js").read_text(encoding="utf-8")
    searched = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    assert "assignment" in searched["docnames"]
    assert not left_out & set(searched["docnames"])
    inventory = text_of(student / "objects.inv")
    assert "assignment" in inventory
    for name in left_out:
        assert f"{name}.html" not in inventory, name
    for page in student.rglob("*.html"):
        links = re.findall(r'(?:href|src)="([^"#?]+)', page.read_text(encoding="utf-8"))
        for link in (link for link in links if not link.startswith("http")):
            target = (page.parent / link).resolve()
            name = target.relative_to(student.resolve()).as_posix().removesuffix(".html")
            assert name not in left_out, f"{page.name}: {link}"


def test_no_code_of_the_solutions_is_an_object(student: Path) -> None:
    """Neither the inventory nor the search knows a module, a function or an equation of them."""
    for text in (text_of(student / "objects.inv"), text_of(student / "searchindex.js")):
        assert not re.search(r"\b(?:solutions|autograder)\.\w|\beq-|BEGIN SOLUTION", text)


# --- the test itself can fail --------------------------------------------------------------------

PAGE = "<html><body><p>{}</p></body></html>"
CODE = next(
    line.strip()
    for line in regions((SOLUTIONS / "softmax.py").read_text(encoding="utf-8"))
    if "torch.exp(" in line
)
PLANTED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a line of a solution": ("a.html", lambda: PAGE.format(CODE).encode(), "solutions/softmax"),
    "the same, highlighted": (
        "a.html",
        lambda: PAGE.format(re.sub(r"(\w+)", r"<span>\1</span>", CODE)).encode(),
        "solutions/softmax",
    ),
    "the same in the search": (
        "searchindex.js",
        lambda: f'Search.setIndex({{"titles":["{CODE}"]}})'.encode(),
        "solutions/softmax",
    ),
    "the same in a download": ("_downloads/a/b.py", lambda: CODE.encode(), "solutions/softmax"),
    "the same in a theme's file": ("_static/a.js", lambda: CODE.encode(), "solutions/softmax"),
    "the same in an inventory": (
        "objects.inv",
        lambda: b"#\n#\n#\n#\n" + zlib.compress(f"{CODE} py:function 1 a.html -\n".encode()),
        "solutions/softmax",
    ),
    "the number of steps": ("a.html", lambda: PAGE.format("in 2<i>n</i> steps").encode(), "answer"),
    "γ": ("a.html", lambda: PAGE.format("1/(1 − p_drop)").encode(), "answer"),
    "the loss of a guess": ("a.html", lambda: PAGE.format("ln 10000").encode(), "answer"),
    "δ₁": ("a.html", lambda: PAGE.format("δ₁ = ŷ − y").encode(), "answer"),
    "an order": (
        "a.html",
        lambda: PAGE.format("O(D_h^2 + d*D_h + |V|*D_h)").encode(),
        "formula",
    ),
    "a row of 2a": (
        "a.html",
        lambda: PAGE.format("<td>ROOT parsed sentence</td><td>correctly</td>").encode(),
        "row of 2a",
    ),
    "the transitions of 2a in an attribute": (
        "a.html",
        lambda: b'<p data-moves="S S LA S S LA RA S RA RA"></p>',
        "row of 2a",
    ),
    "a rubric": (
        "a.html",
        lambda: PAGE.format(next(s for s, w in secret_lines().items() if "rubric" in w)).encode(),
        "rubric",
    ),
    "a hidden check": (
        "a.html",
        lambda: PAGE.format("moderate = normal(rng, 3, 3).round(decimals=1)").encode(),
        "part_1a.py",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_is_found(tmp_path: Path, what: str) -> None:
    """Whatever is put into an edition that had nothing, and wherever, is found."""
    name, make, said = PLANTED[what]
    (tmp_path / "index.html").write_text(PAGE.format("Nothing of note."))
    assert leaks(tmp_path) == []
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(make())
    found = leaks(tmp_path)
    assert found
    assert all(leak.startswith(name) for leak in found)
    assert any(said in leak for leak in found), found


def test_a_page_that_is_planted_is_found(student: Path, tmp_path: Path) -> None:
    """A page of derivations that is copied into the edition is found by what it says."""
    copy = tmp_path / "student"
    shutil.copytree(student, copy)
    solution = next(s for s, w in secret_lines().items() if w == "solutions/rnn.py")
    (copy / "derivations").mkdir()
    (copy / "derivations" / "bptt.html").write_text(PAGE.format(solution), encoding="utf-8")
    assert any(leak.startswith("derivations/bptt.html") for leak in leaks(copy))
