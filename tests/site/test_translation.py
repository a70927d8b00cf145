"""The Chinese pages say all that the English ones do, with the same mathematics."""

import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup

from docs.building import DOCS
from docs.building.__main__ import extract
from docs.building.katex import set_formula

CATALOGUES = DOCS / "locales" / "zh_CN" / "LC_MESSAGES"
_DISPLAYED = re.compile(r"^\$\$\n(.*?)\n\$\$", re.DOTALL | re.MULTILINE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CODE_OR_MATHS = re.compile(r"\{[\w:+-]+\}`[^`]*`|`[^`]+`|\$[^$]+\$")


@pytest.fixture(scope="module")
def templates() -> Path:
    """What is to be translated today, extracted from the pages anew."""
    return extract()


def catalogue(path: Path) -> Catalog:
    if not path.is_file():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file)


def messages(path: Path) -> Iterator[Message]:
    return (message for message in catalogue(path) if message.id)


def squeezed(text: object) -> str:
    return " ".join(str(text).split())


def displayed() -> set[str]:
    """All formulas that stand on lines of their own: they are the same in every language."""
    pages = [*DOCS.glob("*.md"), *DOCS.glob("derivations/*.md")]
    return {squeezed(tex) for page in pages for tex in _DISPLAYED.findall(page.read_text())}


def kept(text: object) -> set[str]:
    """What a translation must keep as it is: references, code, mathematics."""
    return {squeezed(found) for found in _CODE_OR_MATHS.findall(str(text))}


def test_every_paragraph_is_translated(templates: Path) -> None:
    """Each paragraph, caption, cell and word of a drawing has its Chinese, and none is doubtful."""
    formulas, missing = displayed(), []
    for template in sorted(templates.rglob("*.pot")):
        name = template.relative_to(templates).with_suffix(".po")
        known = catalogue(CATALOGUES / name)
        for message in messages(template):
            if squeezed(message.id) in formulas:
                continue
            found = known.get(message.id)
            if found is None or not found.string or found.fuzzy:
                missing.append(f"{name}: {squeezed(message.id)[:80]}")
    assert not missing, "`python -m docs.building translate`, then translate:\n" + "\n".join(
        missing
    )


def test_no_translation_is_left_over(templates: Path) -> None:
    """What no page says any more is not kept as if it were a translation."""
    for path in sorted(CATALOGUES.rglob("*.po")):
        template = templates / path.relative_to(CATALOGUES).with_suffix(".pot")
        wanted = {message.id for message in messages(template)}
        assert {m.id for m in messages(path)} <= wanted, path
        assert not catalogue(path).obsolete, path


def test_formulas_are_not_translated() -> None:
    """A formula on its own lines stands once, in the English page."""
    formulas = displayed()
    for path in sorted(CATALOGUES.rglob("*.po")):
        for message in messages(path):
            if squeezed(message.id) in formulas:
                assert not message.string, f"{path}: {message.id}"


def test_translations_keep_mathematics_code_and_references() -> None:
    """The formulas within a sentence, its code and its references are those of the English one."""
    changed = []
    for path in sorted(CATALOGUES.rglob("*.po")):
        for message in messages(path):
            if message.string and kept(message.id) != kept(message.string):
                lost, added = (
                    kept(message.id) - kept(message.string),
                    kept(message.string) - kept(message.id),
                )
                changed.append(
                    f"{path.name}: {squeezed(message.id)[:60]}: lost {lost}, added {added}"
                )
    assert not changed, "\n".join(changed)


def test_a_changed_formula_would_be_seen() -> None:
    """The comparison above tells a transpose, a sign and a reference apart."""
    text = r"By {eq}`eq-a`, $\delta_1 U^{\top}$ is `(D_h,)`."
    assert kept(text) == {"{eq}`eq-a`", r"$\delta_1 U^{\top}$", "`(D_h,)`"}
    for other in (
        text.replace(r"^{\top}", ""),
        text.replace("eq-a", "eq-b"),
        text.replace("$", ""),
    ):
        assert kept(other) != kept(text)


def test_translations_are_chinese() -> None:
    """What has a sentence in it was not simply copied: the translation has Chinese characters."""
    for path in sorted(CATALOGUES.rglob("*.po")):
        for message in messages(path):
            words = re.findall(r"[A-Za-z]{2,}", _CODE_OR_MATHS.sub("", str(message.id)))
            if message.string and len(words) > 4:
                assert _CHINESE.search(str(message.string)), f"{path}: {message.id}"
    assert set(CATALOGUES.rglob("*.po")), "there is no translation"


def test_formula_with_chinese_in_it_is_an_error() -> None:
    """KaTeX refuses Chinese straight in a formula, so none slips in."""
    with pytest.raises(ValueError, match=r"(?i)unicode"):
        set_formula("若 x", False)


@pytest.fixture(scope="module")
def pages(complete: Path) -> dict[str, BeautifulSoup]:
    """The Chinese pages as they were built."""
    found = sorted((complete / "zh_CN").rglob("*.html"))
    return {path.name: BeautifulSoup(path.read_text(), "html.parser") for path in found}


def sentences(page: BeautifulSoup) -> Iterator[str]:
    """What is read on a page: without code, formulas, and the words that are parsed."""
    assert page.article is not None
    article = copy(page.article)
    for aside in article.select("pre, code, .math, .katex, .transitions td"):
        aside.replace_with("·")
    for block in article.select("p, li, h1, h2, h3, th, figcaption, summary"):
        yield squeezed(block.text)


def test_pages_are_read_in_chinese(pages: dict[str, BeautifulSoup]) -> None:
    """No paragraph, heading or caption came out in English, and no markup is seen as text."""
    for name in ("index", *(path.stem for path in DOCS.glob("derivations/*.md"))):
        for text in sentences(pages[f"{name}.html"]):
            assert _CHINESE.search(text) or len(re.findall(r"[A-Za-z]{2,}", text)) < 2, (name, text)
            assert not re.search(r"[`$*]|\\|\{[a-z:]+\}", text), (name, text)


def test_theme_speaks_chinese(pages: dict[str, BeautifulSoup]) -> None:
    """What the theme says to those who see a page, or hear it, is Chinese too."""
    shown = ".skip-to-content, .back-to-top, .related-pages .context, .toc-title, .copyright, title"
    for name, page in pages.items():
        assert page.body is not None
        said = [tag.text for tag in page.body.select(shown)]
        for key in ("aria-label", "title", "placeholder"):
            said += [str(tag[key]) for tag in page.body.select(f"[{key}]")]
        assert len(said) > 10
        assert not [text for text in said if not _CHINESE.search(text)], name
