"""Finds what does not work in a built site: what would be fetched, and what is not there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

# What names a page without fetching it, or is followed only by a click.
FOLLOWED = ("a", "area")


def problems(folder: Path) -> list[str]:
    """Links of the pages below a folder that are fetched from elsewhere, or lead nowhere."""
    found = []
    for page in sorted(folder.rglob("*.html")):
        name = page.relative_to(folder).as_posix()
        found += [f"{name}: {problem}" for problem in _in_page(page, folder)]
    for style in sorted(folder.rglob("*.css")):
        text = style.read_text(encoding="utf-8")
        if "@import" in text or "url(http" in text.replace('"', "").replace("'", ""):
            found.append(f"{style.relative_to(folder).as_posix()}: fetches something")
    return found


def _in_page(page: Path, folder: Path) -> list[str]:
    found = []
    for tag in _parsed(page).find_all(True):
        for attribute in ("href", "src", "srcset", "poster", "data", "xlink:href"):
            target = tag.get(attribute)
            if isinstance(target, str) and (problem := _problem(page, folder, tag, target)):
                found.append(f"<{tag.name} {attribute}={target!r}> {problem}")
    return found


def _problem(page: Path, folder: Path, tag: Tag, target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme in ("http", "https") or parts.netloc:
        rel = " ".join(tag.get_attribute_list("rel") or [])
        return "" if tag.name in FOLLOWED or rel == "canonical" else "is fetched from elsewhere"
    if parts.scheme:  # data:, mailto:
        return ""
    file = page if not parts.path else page.parent / unquote(parts.path)
    file = file.resolve()
    if not file.is_relative_to(folder.resolve()):
        return "leads out of the site"
    if not file.is_file():
        return "is not there"
    if parts.fragment and file.suffix == ".html" and unquote(parts.fragment) not in _ids(file):
        return "has no such place"
    return ""


@cache
def _ids(page: Path) -> frozenset[str]:
    tags = _parsed(page).find_all(True)
    return frozenset(str(tag.get("id") or tag.get("name") or "") for tag in tags)


@cache
def _parsed(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
