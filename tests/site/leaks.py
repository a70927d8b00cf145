"""Finds what a student should not see in a folder of files: solutions, answers, checks, rubrics."""

from __future__ import annotations

import ast
import re
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

from autograder.handout import STARTERS, hidden_checks, regions

from ..conftest import ROOT, SOLUTIONS
from ..test_handout import ANSWERS, COMMON, TRIVIAL

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HIDDEN = ROOT / "autograder" / "hidden"
# Of a hidden check, shorter lines are what any test looks like.
TELLING = 40
# What the theme and Sphinx bring along is nobody's answer, and full of short names.
THEIRS = ("_static/",)


def leaks(folder: Path) -> list[str]:
    """What is found, each with its file and what it gives away."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found += [f"{name}: {what}" for what in _in_file(path, own=not _theirs(name))]
    return found


def _theirs(name: str) -> bool:
    ours = {path.name for path in (ROOT / "docs" / "_static").iterdir()}
    return name.startswith(THEIRS) and Path(name).name not in ours


def _in_file(path: Path, *, own: bool) -> Iterator[str]:
    text = text_of(path)
    flat = flattened(text)
    for line, source in secret_lines().items():
        if line in flat:
            yield f"a line of {source}: {line}"
    if not own:
        return
    spaced = re.sub(r"[`{}\\$·]", "", text).lower()
    squeezed = re.sub(r"\s", "", spaced)
    for pattern in ANSWERS:
        for words in (squeezed, spaced):
            if match := re.search(pattern, words):
                yield f"an answer: …{words[max(match.start() - 20, 0) : match.end() + 10]}…"
    bare = squeezed.replace("*", "")
    for formula in formulas():
        if formula in bare:
            yield f"the formula of a written answer: {formula}"
    letters = _letters(squeezed)
    for row in rows():
        if row in letters:
            yield f"a row of 2a: {row}"


def text_of(path: Path) -> str:
    """What a file says: of a page its words and attributes, of an inventory its lines."""
    data = path.read_bytes()
    if path.suffix == ".inv":
        *_, body = data.split(b"\n", 4)
        return zlib.decompress(body).decode()
    text = data.decode("utf-8", errors="replace")
    if path.suffix == ".html":
        page = BeautifulSoup(text, "html.parser")
        attributes = [value for tag in page.find_all(True) for value in tag.attrs.values()]
        said = [value for value in attributes if isinstance(value, str) and " " in value]
        return "\n".join([page.get_text(), *said])
    return text


def flattened(text: str) -> str:
    """The text with one blank for all white space, and no signs that a tool escapes."""
    return re.sub(r"\s+", " ", text.replace('\\"', '"').replace("¶", ""))


@cache
def secret_lines() -> dict[str, str]:
    """Lines that no file may have, and where they are from."""
    lines: dict[str, str] = {}
    for name in STARTERS:
        for line in regions((SOLUTIONS / name).read_text(encoding="utf-8")):
            if len(line.replace(" ", "")) >= TRIVIAL and line.strip() not in COMMON:
                lines[flattened(line.strip())] = f"solutions/{name}"
    written = tomllib.loads((SOLUTIONS / "written.toml").read_text(encoding="utf-8"))
    for part, answers in written.items():
        for answer in answers.values():
            for line in answer.splitlines() if isinstance(answer, str) else ():
                if len(line) >= TELLING:
                    lines[flattened(line.strip())] = f"the answer to {part}"
    titles = {check.title for check in hidden_checks()}  # students read these in their feedback
    for path in HIDDEN.glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            plain = line.strip().strip('"')
            if len(plain) >= TELLING and plain not in titles:
                lines[flattened(plain)] = path.name
    for check in hidden_checks():
        for item in check.rubric.splitlines():
            lines[flattened(item)] = f"the rubric of {check.number}"
    return lines


@cache
def formulas() -> frozenset[str]:
    """What the grader compares written formulas with, squeezed; the handout's test has short ones.

    They are the fifth or fourth argument of a call in the hidden checks.
    """
    tree = ast.parse((HIDDEN / "part_written.py").read_text(encoding="utf-8"))
    found = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
            for node in ast.walk(function):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    plain = re.sub(r"[\s*]", "", node.value).lower()
                    if re.fullmatch(r"[\w^+()|τ/-]+", plain) and plain.count("d_h") > 1:
                        found |= {plain, plain.replace("^2", "²"), plain.replace("d_h", "dh")}
    return frozenset(found)


@cache
def rows() -> frozenset[str]:
    """The rows of 2a after the given ones, and the transitions of all of them, letters only."""
    written = tomllib.loads((SOLUTIONS / "written.toml").read_text(encoding="utf-8"))
    table = written["2a"]["rows"]
    short = {"SHIFT": "S", "LEFT-ARC": "LA", "RIGHT-ARC": "RA"}
    moves = [row[3] for row in table[1:]]
    given, rest = ([_letters("".join(row[:2])) for row in part] for part in (table[:4], table[4:8]))
    sequences = ["".join(moves), "".join(short[move] for move in moves)]
    return frozenset((set(rest) - set(given)) | set(map(_letters, sequences)))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())
