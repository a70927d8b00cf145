"""Every edition can be read without a network, and no link of it leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from .links import problems

PAGE = '<html><body><p id="here">{}</p></body></html>'


def test_complete_edition(complete: Path) -> None:
    """The complete edition with its Chinese pages: these link to the English ones."""
    assert (complete / "zh_CN" / "index.html").is_file()
    assert problems(complete) == []


def test_student_edition(student: Path) -> None:
    """The edition for students stands alone."""
    assert problems(student) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<img src="https://example.org/a.png">', "fetched"),
        ('<script src="//example.org/a.js"></script>', "fetched"),
        ('<link rel="stylesheet" href="https://example.org/a.css">', "fetched"),
        ('<a href="b.html">b</a>', "not there"),
        ('<a href="#there">there</a>', "no such place"),
        ('<a href="../b.html">b</a>', "leads out"),
        ('<a href="#here">here</a> <a href="https://example.org">there</a>', ""),
        ('<img src="data:image/png;base64,AAAA"> <a href="a.html?x=1#here">x</a>', ""),
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, body: str, said: str) -> None:
    """The test of links can fail, and only where it should."""
    (tmp_path / "a.html").write_text(PAGE.format(body))
    found = problems(tmp_path)
    assert len(found) == bool(said)
    assert not said or said in found[0]


def test_styles_fetch_nothing(tmp_path: Path) -> None:
    """A stylesheet that loads a font from elsewhere is found."""
    (tmp_path / "a.css").write_text("@font-face { src: url('https://example.org/a.woff2') }")
    assert problems(tmp_path) == ["a.css: fetches something"]
