"""Formulas in students' words: read by a grammar of our own, and compared as mathematics.

Nothing of a student's text is ever evaluated as code. It becomes a tree of numbers, named symbols,
`+ - * / ^`, a few functions and `O(…)`, of bounded length, depth and exponents; see `parse`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from autograder.text import printable

# Characters of a formula: the longest answer of the assignment takes about 40.
LENGTH = 300
# Parentheses, powers and functions inside each other.
DEPTH = 30
# Digits and separators of one number.
DIGITS = 20
# The largest exponent that is a number: |exponent|. Nothing in the assignment needs more than 2.
EXPONENT = 32

_FUNCTIONS = {
    "sqrt": "sqrt", "log": "log", "ln": "log", "exp": "exp", "log2": "log2", "log10": "log10",
    "O": "O", "Θ": "O", "Theta": "O", "Ο": "O", "frac": "frac", "dfrac": "frac", "tfrac": "frac",
    "max": "max",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n", strict=True))
_PLAIN = dict(zip("−–÷∕⁄·⋅∙•×∗∣", "--///******|", strict=True))
_WORDS = {"\\cdot": "*", "\\times": "*", "\\ast": "*", "\\div": "/"}
_GROUPS = {"(": ")", "[": "]", "{": "}"}

_LETTERS = "[A-Za-z\u0391-\u03c9]+"
_SUBSCRIPT = (
    r"_(?:\s*[A-Za-z0-9]+|\{\s*(?:\\(?:text|mathrm|mathit|rm)\s*\{\s*[A-Za-z0-9]+\s*\}"
    r"|[A-Za-z0-9]+)\s*\})"
)
_BAR = r"(?:\||\\[lr]?vert(?![A-Za-z]))"
_TOKEN = re.compile(
    rf"""
      (?P<space>[\s$]+ | \\[,;:!\ ] | \\(?:left|right|big|Big|quad|displaystyle)(?![A-Za-z]))
    | (?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9,]) |
        (?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,2}}(?![0-9]))?)
    | (?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+)
    | (?P<bars>{_BAR}\s*(?P<inside>{_LETTERS}(?:{_SUBSCRIPT})?)\s*{_BAR})
    | (?P<word>\\(?:cdot|times|ast|div)(?![A-Za-z]))
    | (?P<calligraphic>\\(?:mathcal|mathrm|operatorname)\s*\{{\s*(?P<called>[A-Za-z]+)\s*\}})
    | (?P<logarithm>\\?log\s*_?\s*\{{?(?P<base>2|10)\}}?(?=\s*[({{]))
    | (?P<name>\\?{_LETTERS}(?:{_SUBSCRIPT})?)
    | (?P<operator>\*\*|[-+*/^=,√()\[\]{{}}])
    """,
    re.VERBOSE,
)


class FormulaError(Exception):
    """A formula that cannot be read; shows the text, and a caret under the place."""

    def __init__(self, problem: str, text: str, start: int, end: int) -> None:
        self.problem = problem
        self.text = text
        self.span = start, max(end, start + 1)

    def __str__(self) -> str:
        return f"{self.problem}\n{point_at(self.text, *self.span)}"


def point_at(text: str, start: int, end: int, *, around: int = 50) -> str:
    """The line of `text` around a place, and a caret under it."""
    first = max(start - around, text.rfind("\n", 0, start) + 1)
    newline = text.find("\n", start)
    last = min(start + around, len(text) if newline < 0 else newline)

    def shown(start: int, end: int) -> str:
        return printable(text[start:end].replace("\t", " "), 1000)

    before = ("…" if first > 0 and text[first - 1] != "\n" else "") + shown(first, start)
    here = shown(start, min(end, last))
    after = shown(min(end, last), last) + ("…" if last < len(text) and newline != last else "")
    return f"    {before}{here}{after}\n    {' ' * len(before)}{'^' * max(1, len(here))}"


# --- what a formula is ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A piece of a formula: `head` is an operator, a function, "number" or "symbol".

    Attributes:
        head: what it is.
        parts: the pieces that it is made of.
        value: of a number.
        name: of a symbol.
        span: where it stands in the text.
    """

    head: str
    parts: tuple[Node, ...] = ()
    value: Fraction = Fraction(0)
    name: str = ""
    span: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True)
class Vocabulary:
    """The names that the formula of a question may use.

    Attributes:
        names: symbol to its other spellings, without `_`, braces and backslashes.
        values: symbols that stand for a number.
        order: whether an order of growth is asked for, where `O(…)` is a way to write it.
        within: the open interval of what each symbol may be.
    """

    names: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Fraction] = field(default_factory=dict)
    order: bool = False
    within: tuple[int, int] = (0, 1)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every spelling to its symbol."""
        return {
            spelling: symbol
            for symbol, others in self.names.items()
            for spelling in (_plain(symbol), *others)
        }


@dataclass(frozen=True)
class Formula:
    """A formula that was read."""

    text: str
    root: Node
    vocabulary: Vocabulary

    @property
    def symbols(self) -> tuple[str, ...]:
        """What may stand in it, in the order of the vocabulary."""
        return tuple(self.vocabulary.names)

    def error(self, problem: str, node: Node) -> FormulaError:
        """What is wrong with a piece of it."""
        return FormulaError(problem, self.text, *node.span)


def parse(text: str, vocabulary: Vocabulary) -> Formula:
    """The formula that a text is.

    Raises:
        FormulaError: it is none; it shows the place.
    """
    text = text.strip()
    if len(text) > LENGTH:
        raise FormulaError(
            f"A formula may have {LENGTH} characters; this one has {len(text)}.",
            text[:LENGTH] + "…", LENGTH, LENGTH + 1,
        )  # fmt: skip
    return Formula(text, _Parser(text, vocabulary).formula(), vocabulary)


# --- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Token:
    kind: str  # number, name, function, symbol, power, an operator, or "end"
    text: str
    span: tuple[int, int]


def _plain(name: str) -> str:
    """A name without what marks subscripts: D_{h} and D_h are Dh."""
    name = re.sub(r"\\(?:text|mathrm|mathit|rm)(?![A-Za-z])", "", name)
    return re.sub(r"[\\_{}|\s]", "", name)


def _one_to_one(character: str) -> str:
    """The plain form of a character: 𝜏 is τ, ₕ is h, − is -; places in the text stay."""
    if character in _SUPERSCRIPTS:
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


class _Parser:
    """Recursive descent, a method a rule of the grammar."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._tokens = self._tokenise("".join(map(_one_to_one, text)))
        self._place = 0
        self._depth = 0

    # formula := [name "="] sum
    def formula(self) -> Node:
        """The whole text."""
        root = self._sum()
        if self._next.kind != "end":
            raise self._error("This cannot follow what stands before it.", self._next.span)
        return root

    # sum := product (("+" | "-") product)*
    def _sum(self) -> Node:
        left = self._product()
        while self._next.kind in ("+", "-"):
            operator = self._take().kind
            left = self._join(operator, left, self._product())
        return left

    # product := factor (["*" | "/"] factor)*      without an operator it is a multiplication
    def _product(self) -> Node:
        left = self._factor()
        while True:
            kind = self._next.kind
            if kind in ("*", "/"):
                self._take()
                left = self._join(kind, left, self._factor())
            elif kind == "number":
                raise self._error("Write an operator before this number.", self._next.span)
            elif kind in ("symbol", "function", "√", "(", "[", "{"):
                left = self._join("*", left, self._power())
            else:
                return left

    # factor := ("+" | "-")* power
    def _factor(self) -> Node:
        start, negative = self._next.span[0], False
        while self._next.kind in ("+", "-"):
            negative ^= self._take().kind == "-"
        power = self._power()
        if not negative:
            return power
        zero = Node("number", span=(start, start))
        return Node("-", (zero, power), span=(start, power.span[1]))

    # power := primary [("^" | "**") factor | superscripts]
    def _power(self) -> Node:
        base = self._primary()
        if self._next.kind == "power":
            token = self._take()
            digits = "".join(_SUPERSCRIPTS[character] for character in token.text)
            if re.fullmatch("[-+]?[0-9]{1,3}", digits):
                return self._join("^", base, _number(digits, token.span))
            if digits == "n" and "n" in self._vocabulary.spellings:
                exponent = Node("symbol", name=self._vocabulary.spellings["n"], span=token.span)
                return self._join("^", base, exponent)
            raise self._error("This is no exponent that can be read.", token.span)
        if self._next.kind == "^":
            self._take()
            return self._join("^", base, self._deeper(self._factor))
        return base

    # primary := number | name | "(" sum ")" | "√" primary | function (primary | "(" … ")")
    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return _number(token.text, token.span)
        if token.kind == "symbol":
            if token.text == "e":
                one = Node("number", value=Fraction(1), span=token.span)
                return Node("exp", (one,), span=token.span)
            return Node("symbol", name=token.text, span=token.span)
        if token.kind in _GROUPS:
            return self._deeper(lambda: self._group(token))
        if token.kind == "√":
            inside = self._deeper(self._primary)
            return Node("sqrt", (inside,), span=(token.span[0], inside.span[1]))
        if token.kind == "function":
            return self._deeper(lambda: self._function(token))
        if token.kind == "end":
            raise self._error("Something is missing here.", token.span)
        raise self._error("A number, a name or a parenthesis should stand here.", token.span)

    def _group(self, opening: _Token) -> Node:
        inside = self._sum()
        if self._next.kind != _GROUPS[opening.kind]:
            if self._next.kind == "end":
                raise self._error("This parenthesis is never closed.", opening.span)
            raise self._error(f"{_GROUPS[opening.kind]} should stand here.", self._next.span)
        self._take()
        return inside

    def _function(self, token: _Token) -> Node:
        function = token.text
        if function == "frac":
            over, under = (self._group(self._opening()) for _ in range(2))
            return self._join("/", over, under)
        if function == "O" and not self._vocabulary.order:
            raise self._error("The exact number is asked for here, not its order.", token.span)
        if function == "max":
            return self._maximum(self._opening())
        # Without parentheses it takes the next power: ln 10000, log n².
        argument = self._group(self._take()) if self._next.kind in _GROUPS else self._power()
        return Node(function, (argument,), span=(token.span[0], argument.span[1]))

    def _maximum(self, opening: _Token) -> Node:
        """As an order of growth it is the sum of what stands in it."""
        if not self._vocabulary.order:
            raise self._error("A formula without max is asked for here.", opening.span)
        parts = [self._sum()]
        while self._next.kind == ",":
            self._take()
            parts.append(self._sum())
        if self._next.kind != _GROUPS[opening.kind]:
            raise self._error("This parenthesis is never closed.", opening.span)
        self._take()
        joined = parts[0]
        for part in parts[1:]:
            joined = self._join("+", joined, part)
        return joined

    def _opening(self) -> _Token:
        if self._next.kind not in _GROUPS:
            raise self._error("A parenthesis should stand here.", self._next.span)
        return self._take()

    # --- helpers -----------------------------------------------------------------------------

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._tokens[self._place]
        self._place += token.kind != "end"
        return token

    def _join(self, operator: str, left: Node, right: Node) -> Node:
        return Node(operator, (left, right), span=(left.span[0], right.span[1]))

    def _deeper(self, rule: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEPTH:
            span = self._tokens[max(0, self._place - 1)].span
            raise self._error(f"This is nested more than {DEPTH} deep.", span)
        node = rule()
        self._depth -= 1
        return node

    def _error(self, problem: str, span: tuple[int, int]) -> FormulaError:
        return FormulaError(problem, self._text, *span)

    def _tokenise(self, text: str) -> list[_Token]:
        tokens: list[_Token] = []
        place = self._after_name(text)
        end = len(text) - (1 if text.endswith((".", ";")) else 0)  # of a sentence
        if place >= end:
            raise self._error("A formula should stand here.", (place, place))
        while place < end:
            match = _TOKEN.match(text, place, end)
            if match is None:
                raise self._error("This is not part of a formula.", (place, place + 1))
            span = place, match.end()
            place = match.end()
            if match["number"]:
                if len(match["number"]) > DIGITS:
                    raise self._error(f"A number may have {DIGITS} digits.", span)
                tokens.append(_Token("number", match["number"].replace(",", ""), span))
            elif match["power"]:
                tokens.append(_Token("power", match["power"], span))
            elif match["bars"]:
                tokens += self._names(_plain(match["inside"]), span)
            elif match["calligraphic"]:
                tokens += self._names(match["called"], span)
            elif match["logarithm"]:
                tokens.append(_Token("function", f"log{match['base']}", span))
            elif match["name"]:
                tokens += self._names(_plain(match["name"]), span)
            elif not match["space"]:
                operator = _WORDS.get(match[0], match[0]).replace("**", "^")
                tokens.append(_Token(operator, match[0], span))
        tokens.append(_Token("end", "", (end, end)))
        return tokens

    def _after_name(self, text: str) -> int:
        """Where the formula itself starts: γ = … names what it is."""
        match = re.match(r"[^=+*/0-9-]{1,30}=", text)
        return match.end() if match and text.count("=") == 1 else 0

    def _names(self, name: str, span: tuple[int, int]) -> list[_Token]:
        """The names that are written in one: VDh is V times Dh."""
        known = {**dict.fromkeys(_FUNCTIONS, "function"), "e": "symbol"}
        known |= dict.fromkeys(self._vocabulary.spellings, "symbol")
        # From the back: best[i] are the fewest names that make up name[i:].
        best: list[list[str] | None] = [None] * len(name) + [[]]
        for start in reversed(range(len(name))):
            for end in range(start + 1, len(name) + 1):
                rest = best[end]
                if rest is None or name[start:end] not in known:
                    continue
                # e is Euler's number, and no letter of a word.
                if name[start:end] == "e" and len(name) > 1:
                    continue
                if (found := best[start]) is None or len(rest) + 1 < len(found):
                    best[start] = [name[start:end], *rest]
        if not best[0]:
            names = ", ".join(self._vocabulary.names) or "none but numbers and functions"
            raise self._error(f"There is no such name here; there are: {names}.", span)
        return [
            _Token(
                known[piece],
                _FUNCTIONS[piece]
                if known[piece] == "function"
                else self._vocabulary.spellings.get(piece, piece),
                span,
            )
            for piece in best[0]
        ]


def _number(text: str, span: tuple[int, int]) -> Node:
    return Node("number", value=Fraction(text), span=span)
