"""Reads written.toml, the answers that are not code. docs/written.md describes its form.

The grader parses this file of the student's itself, so its size, its nesting and the length of its
keys are looked at first, in linear time: parsers of TOML recurse, and take squares of some lengths.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from autograder import equality
from autograder.describe import describe_type
from autograder.errors import Failure
from autograder.formulas import Formula, FormulaError, Vocabulary, parse, point_at
from autograder.submission import Submission
from autograder.text import printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "written.toml"
# Characters of the file: 40,000 words, where good answers take 1,000.
SIZE = 1 << 18
# Brackets inside each other, and dots in one line, outside texts and comments: the form needs 3 of
# the ones and none of the others.
NESTING = 8
DOTS = 20
# A number that an answer may be.
LARGEST = 10**15
# Characters of a prose answer that are shown: 1,500 words.
PROSE = 10_000
FORM = {
    "1c": ("placeholders",),
    "1e": ("automatic_differentiation",),
    "2a": ("rows",),
    "2b": ("steps", "why"),
    "2f": ("gamma", "why"),
    "2g": ("momentum", "adaptive_rates"),
    "2i": ("extension",),
    "3a": ("perplexity", "loss", "formula", "argument"),
    "3c": ("drawing",),
    "3d": ("forward", "backward", "tau_steps", "slow_step", "tau_losses"),
    "bonus": ("speed_up",),
}
"""The tables and their answers."""
_EMPTY = {"", "...", "…", "todo"}
_PIECE = re.compile(
    r"""
      \"{3} (?:[^"\\] | \\. | "{1,2}(?!"))* "{3,5}
    | '{3} (?:[^'] | '{1,2}(?!'))* '{3,5}
    | (?P<open>\"{3} | '{3})            # never closed: the parser ends there
    | " (?:[^"\\\n] | \\[^\n])* "
    | ' [^'\n]* '
    | (?P<broken>["'])
    | \# [^\n]*
    | [\[\]{}.\n]
    """,
    re.VERBOSE | re.DOTALL,
)
# What parsers of TOML say of the mistakes that students make, and what to say instead.
_EXPLAINED = (
    (
        "Unescaped '\\'",
        "A backslash in \"…\" begins an escape; put the answer in single quotes: '…'",
    ),
    ("Cannot declare", "This table stands above already; put its answers together"),
    ("Cannot overwrite", "This answer stands above already; leave one of the two"),
    ("Invalid value", "The answer should stand in quotes"),
)


@dataclass(frozen=True)
class Written:
    """The answers of a submission, by the part and their name.

    Every method raises `Failure` for an answer that is missing or cannot be read.
    """

    text: str
    tables: dict[str, Any]

    @classmethod
    def of(cls, submission: Submission) -> Written:
        """What was handed in."""
        text = submission.text(FILE)
        tables = _parsed(text)
        if isinstance(tables, str):
            raise Failure(tables)
        return cls(text, tables)

    def answer(self, part: str, name: str) -> Any:
        """Whatever stands there, if it is not empty."""
        table = self.tables.get(part, {})
        if not isinstance(table, dict):
            raise Failure(
                f"{FILE}: [{part}] should be a table that begins with a line [{part}], not "
                f"{describe_type(table)}."
            )
        value = table.get(name, "")
        if isinstance(value, str) and value.strip().lower() in _EMPTY:
            raise Failure(f"[{part}] {name} is not answered yet.{self._misspelt(part, table)}")
        return value

    def prose(self, part: str, name: str) -> str:
        """An answer in words; of a very long one the beginning."""
        value = self.answer(part, name)
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            value = "\n".join(value)
        text = self._as_text(value, part, name).strip()
        if len(text) > PROSE:
            return f"{text[:PROSE]}\n[… cut: the answer has {len(text)} characters]"
        return text

    def formula(self, part: str, name: str, vocabulary: Vocabulary) -> Formula:
        """An answer that is a formula of these symbols."""
        value = self.answer(part, name)
        if _is_number(value):
            value = str(self._sensible(value, part, name))
        try:
            return parse(self._as_text(value, part, name), vocabulary)
        except FormulaError as error:
            raise self.failure(part, name, str(error)) from None

    def number(self, part: str, name: str, vocabulary: Vocabulary) -> float:
        """An answer that is a number, or a formula that has one as its value."""
        value = self.answer(part, name)
        if _is_number(value):
            return float(self._sensible(value, part, name))
        formula = self.formula(part, name, vocabulary)
        try:
            return equality.value(formula)
        except FormulaError as error:
            raise self.failure(part, name, str(error)) from None

    def failure(self, part: str, name: str, problem: str) -> Failure:
        """What is wrong with an answer, and where it stands."""
        line = self._line(part, name)
        where = f"{FILE}, line {line}" if line else FILE
        return Failure(f"{where}, [{part}] {name}: {problem}")

    def _misspelt(self, part: str, table: Mapping[str, Any]) -> str:
        """What may have been meant for an answer that is missing."""
        where, found = f"[{part}]", [key for key in table if key not in FORM[part]]
        if part not in self.tables:
            where, found = "The file", [f"[{key}]" for key in self.tables if key not in FORM]
        shown = ", ".join(printable(key, 40) for key in found[:5])
        return f" {where} has {shown}: is that a slip?" if found else ""

    def _sensible(self, value: float, part: str, name: str) -> float:
        if not abs(value) <= LARGEST:  # NaN is not either
            raise self.failure(part, name, "A number of a sensible size is asked for.")
        return value

    def _as_text(self, value: object, part: str, name: str) -> str:
        if not isinstance(value, str):
            problem = f"A text in quotes is asked for, not {describe_type(value)}."
            raise self.failure(part, name, problem)
        return value

    def _line(self, part: str, name: str) -> int | None:
        """The line of an answer, as far as that can be told without parsing once more."""
        inside = False
        for number, line in enumerate(self.text.split("\n"), 1):
            if header := re.match(r"[ \t]*\[[ \t\"']*([\w-]+)[ \t\"']*\]", line):
                inside = header[1] == part
            elif inside and re.match(rf"[ \t]*[\"']?{name}[\"']?[ \t]*=", line):
                return number
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@lru_cache(maxsize=2)  # each check reads the file anew
def _parsed(text: str) -> dict[str, Any] | str:
    """The tables, or what to tell the student."""
    if len(text) > SIZE:
        return f"{FILE} has {len(text)} characters; at most {SIZE} are read."
    if problem := _outsized(text):
        return problem
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    # The first is what it says of bad TOML, and of numbers of thousands of digits.
    except (ValueError, ArithmeticError, LookupError, RecursionError, TypeError) as error:
        return _explain(text, str(error))
    return tables


def _outsized(text: str) -> str:
    """What is larger than the form needs and than a parser should be given, if anything."""
    depth = dots = 0
    line = 1
    for match in _PIECE.finditer(text):
        piece = match[0]
        if match["open"] or match["broken"]:
            break
        if piece in "[{":
            depth += 1
        elif piece in "]}":
            depth = max(0, depth - 1)
        elif piece == ".":
            dots += 1
        elif piece == "\n":
            dots = 0
        line += piece.count("\n")
        if depth > NESTING:
            return f"{FILE}, line {line}: brackets are nested more than {NESTING} deep."
        if dots > DOTS:
            return f"{FILE}, line {line}: there are more than {DOTS} dots outside of texts."
    return ""


def _explain(text: str, said: str) -> str:
    place = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)$", said)
    reason = re.sub(r" \(at [^()]*\)$", "", said)
    for beginning, instead in _EXPLAINED:
        if reason.startswith(beginning):
            reason = instead
    reason = printable(reason, 200)
    if place is None:
        where = " at its end" if "end of document" in said else ""
        return f"{FILE} cannot be read{where}: {reason}."
    line, column = int(place[1]), int(place[2])
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    start = min(start + column - 1, max(0, len(text) - 1))
    if said.startswith("Unescaped") and text[start - 2 : start - 1] == "\\":
        start -= 2  # the parser is past the backslash and what follows it
    return f"{FILE}, line {line}: {reason}.\n{point_at(text, start, start + 1)}"
