"""What builds the site says where an author went wrong, and does not go on."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from docs.building.docstrings import escape_bars
from docs.building.drawing import draw, words
from docs.building.editions import edition

from .conftest import build_html

CONF = """
extensions = ["drawing", "generated", "included", "katex", "typography"]
extensions = [*(f"docs.building.{name}" for name in extensions), "myst_parser"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer = "katex"
numfig = math_numfig = True
"""


class Site:
    """A site of one page, built."""

    def __init__(self, folder: Path, page: str) -> None:
        folder.joinpath("conf.py").write_text(CONF)
        folder.joinpath("index.md").write_text(page)
        self.out, self.warnings = build_html(folder)
        self.page = BeautifulSoup((self.out / "index.html").read_text(), "html.parser")


def _bad() -> str:
    raise ValueError("no such data")


def _square() -> str:
    return (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
        '<defs><path id="a" d="M0 0"/></defs><use href="#a"/><rect style="stroke: #000000"/>'
        "<text>two words</text><text>θ</text></svg>"
    )


def _wide() -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600pt" viewBox="0 0 800 90" font-size="20">'
        '<text>a</text><text font-size="16">b</text></svg>'
    )


def test_formula_that_katex_does_not_understand_is_a_warning_with_its_line(tmp_path: Path) -> None:
    """A formula that is wrong is reported with file and line, in KaTeX's words."""
    site = Site(tmp_path, "# A\n\nwell\n\n$$\n\\begin{aligned} a \\end{alined}\n$$\n")
    assert re.search(r"index\.md:5: WARNING: KaTeX parse error: .*alined", site.warnings)


def test_unknown_command_is_a_warning(tmp_path: Path) -> None:
    """A command that KaTeX does not have is reported, within a sentence too."""
    site = Site(tmp_path, "# A\n\nHere is $\\textsc{x}$.\n")
    assert re.search(r"index\.md:3: WARNING: KaTeX parse error: .*textsc", site.warnings)


def test_formula_is_set_without_scripts_and_numbered(tmp_path: Path) -> None:
    """A formula is HTML with MathML beside it; its number links to itself; fonts come along."""
    site = Site(tmp_path, "# A\n\n$$\nx^2\n$$ (eq-square)\n\nSee {eq}`eq-square`.\n")
    assert site.warnings == ""
    block = site.page.select_one("div.math")
    assert block is not None
    assert block.select_one("math annotation").text == "x^2"  # type: ignore[union-attr]
    assert block["id"] == "equation-eq-square"
    link = site.page.select_one('p a[href="#equation-eq-square"]')
    assert link is not None
    assert link.text == "(1)"
    assert not any("katex" in str(script.get("src")) for script in site.page.select("script"))
    assert (site.out / "_static/katex/katex.min.css").is_file()
    assert list((site.out / "_static/katex/fonts").glob("*.woff2"))


def test_no_line_begins_with_the_punctuation_behind_a_formula(tmp_path: Path) -> None:
    """A formula and full-width punctuation are one box; nothing is lost, and words stay apart."""
    site = Site(tmp_path, "# A\n\n由 $x$，得 $y$。而 $z$ 不变\n")
    boxes = site.page.select("p span.unbroken")
    assert [box.select_one("annotation").text for box in boxes] == ["x", "y"]  # type: ignore[union-attr]
    assert [box.text[-1] for box in boxes] == ["，", "。"]
    paragraph = site.page.select_one("section p")
    assert paragraph is not None
    for formula in paragraph.select(".katex"):
        formula.replace_with("F")
    assert paragraph.text == "由 F，得 F。而 F 不变"


def test_drawing_takes_the_colour_of_the_text(tmp_path: Path) -> None:
    """Black becomes the colour of the text, and ids are the drawing's own."""
    svg, file = draw(f"{__name__}:_square")
    assert "#000000" not in svg
    assert "currentColor" in svg
    assert 'id="-square-a"' in svg
    assert 'href="#-square-a"' in svg
    assert Path(file).samefile(__file__)
    assert words(svg) == ["two words"]


def test_drawing_is_named_by_its_caption(tmp_path: Path) -> None:
    """A screen reader says of a drawing what its caption says."""
    page = (
        f"# A\n\n```{{drawing}} {__name__}:_square\n:name: fig-square\n\nA *small* square.\n```\n"
    )
    site = Site(tmp_path, page + "\nSee {numref}`fig-square`.\n")
    assert site.warnings == ""
    svg = site.page.select_one("figure svg")
    assert svg is not None
    assert (svg["role"], svg["aria-label"]) == ("img", "A small square.")
    caption = site.page.select_one("figure figcaption")
    assert caption is not None
    assert "Fig. 1" in caption.text
    assert "See Fig. 1." in site.page.text


def test_words_in_drawings_are_legible_on_a_phone(tmp_path: Path) -> None:
    """A wide drawing with small words keeps a width at which these are 10.5 pixels high."""
    page = f"# A\n\n```{{drawing}} {__name__}:_wide\n\nWide.\n```\n"
    svg = Site(tmp_path, page).page.select_one("figure svg")
    assert svg is not None
    assert svg["style"] == "max-width: 800px; min-width: 525px"


def test_included_code_has_no_markers(tmp_path: Path) -> None:
    """Where a solution begins and ends is said to the handout only; what an author writes stays."""
    code = (
        "# BEGIN SOLUTION NO PROMPT\ndef f():\n    # BEGIN SOLUTION: 3b\n    return 1  # one\n"
        "    # END SOLUTION\n\n\n# END SOLUTION\ndef g():\n    pass\n"
    )
    tmp_path.joinpath("code.py").write_text(code)
    page = "# A\n\n```{literalinclude} code.py\n:language: python\n```\n"
    site = Site(tmp_path, page + "\n```python\n# END SOLUTION\n```\n")
    assert site.warnings == ""
    included, written = (block.text for block in site.page.select("pre"))
    assert included == "def f():\n    return 1  # one\n\n\ndef g():\n    pass\n"
    assert written == "# END SOLUTION\n"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (f"{__name__}:_bad", "ValueError: no such data"),
        (f"{__name__}:_missing", "AttributeError"),
        ("docs.figures.missing:plot", "ModuleNotFoundError"),
    ],
)
def test_drawing_that_fails_is_an_error_with_its_line(
    tmp_path: Path, target: str, says: str
) -> None:
    """What a drawing's function raises is reported at the place that asks for it."""
    site = Site(tmp_path, f"# A\n\n```{{drawing}} {target}\n\nA caption.\n```\n")
    assert re.search(rf"index\.md:3: ERROR: .*was not drawn: {says}", site.warnings)


def test_drawing_without_caption_is_an_error(tmp_path: Path) -> None:
    """A picture without words is refused."""
    site = Site(tmp_path, f"# A\n\n```{{drawing}} {__name__}:_square\n```\n")
    assert re.search(r"index\.md:3: ERROR: .*no caption", site.warnings)


def test_editions_keep_the_numbers_of_lines() -> None:
    """Each edition has its own parts, on the same lines; sections for staff go from one."""
    text = (
        "a\n<!-- edition: complete, zh_CN -->\nb\n<!-- edition: all -->\n## For staff\nc\n## D\nd\n"
    )
    assert edition(text, "complete") == "a\n\nb\n\n## For staff\nc\n## D\nd\n"
    assert edition(text, "zh_CN") == "a\n\nb\n\n## For staff\nc\n## D\nd\n"
    assert edition(text, "student") == "a\n\n\n\n\n\n## D\nd\n"


def test_edition_that_does_not_end_is_an_error() -> None:
    """A part that never ends would silently take the rest of the page with it."""
    with pytest.raises(ValueError, match=r"edition: student.*does not end"):
        edition("<!-- edition: student -->\nb\n", "complete")


def test_bars_in_docstrings_are_no_substitutions() -> None:
    """|V| is the size of the vocabulary; within code nothing is escaped."""
    assert escape_bars("|V| of `(|V|, d)`") == r"\|V\| of `(|V|, d)`"


def _two_words() -> str:
    return "*two* words"


def _nothing() -> str:
    raise LookupError("there is none")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("_two_words", ""),
        ("_nothing", "LookupError: there is none"),
        ("_not_there", "AttributeError"),
    ],
)
def test_what_is_generated_is_read_as_markdown(tmp_path: Path, function: str, said: str) -> None:
    """What a function returns stands on the page; what it raises is a warning with its line."""
    target = f"{__name__}:{function}"
    site = Site(tmp_path, f"# Page\n\n```{{generated}} {target}\n```\n")
    if said:
        assert re.search(
            rf"index\.md:3: ERROR: {re.escape(target)} was not written: {said}", site.warnings
        )
    else:
        assert site.warnings == ""
        assert site.page.em is not None
        assert site.page.em.text == "two"
