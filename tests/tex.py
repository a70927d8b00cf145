r"""Equations as they stand in the pages, evaluated: TeX in, float64 numbers out.

`check(label, tex, case)` evaluates every right side of an equation and compares it with what it
should be. It reads a small language and refuses everything else, with the equation and the place:

- symbols, which the case gives with all their scripts: `h^{(t-1)}`, `\delta_2`, `\hat{y}`, `|V|`,
  `\frac{\partial J}{\partial h}`; of several that fit, the longest is meant. A vector is a row
  `(1, n)`, a scalar has no dimension; nothing is broadcast but scalars, and rows over the rows of
  a batch in sums;
- entries: `y_i`, `W_{ij}`, `\operatorname{softmax}(x)_i`, counted from 1, for indices that the
  case names or a sum binds; `\delta_2` is never an entry, but a symbol;
- juxtaposition (the matrix product), `\circ`, `\cdot`, `\times`, `+`, `-`, `/`, `\frac`, powers of
  scalars, `^{\top}`, parentheses. A matrix product beside `\circ` needs parentheses;
- `\sigma(...)`, `\tanh(...)`, `\max(a, b)`, `\operatorname{softmax}`, `\operatorname{diag}`,
  `\operatorname{ReLU}`, `\log`, `\ln`, `\exp`, `e^{...}`, `\sqrt{...}`, and what the case adds;
- `\sum_i`, `\sum_{i=1}^{n}`, `\sum_{j \ne i}`, and `\prod`, `\max_j` likewise, up to the next `+`
  or `-`;
- chains `A = B = C`, in `aligned` also line by line; `\leftarrow` as `=`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

Indices = Mapping[str, int]
Value = Tensor | float | Callable[[Indices], Tensor]
"""A number, or what it is for given values of the indices."""

FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    r"\sigma": torch.sigmoid,
    r"\tanh": torch.tanh,
    r"\log": torch.log,
    r"\ln": torch.log,
    r"\exp": torch.exp,
    r"\max": torch.maximum,
    r"\operatorname{ReLU}": torch.relu,
    r"\operatorname{softmax}": lambda x: torch.softmax(x, dim=-1),
    r"\operatorname{diag}": lambda x: torch.diag(x.squeeze(0)),
}
WITHOUT_PARENTHESES = (r"\log", r"\ln", r"\exp")
OVER_AN_INDEX: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    r"\sum": torch.add,
    r"\prod": torch.mul,
    r"\max": torch.maximum,
}
RELATIONS = ("=", r"\leftarrow")


@dataclass(frozen=True)
class Case:
    r"""What the symbols of an equation are, and what it should give.

    Attributes:
        values: each left side, as TeX, and what it is: from autograd, or from the solution. An
            equation has one, in `aligned` one or more. With `free` indices it is a function.
        symbols: each symbol, as TeX, and what it is.
        indices: names of indices, and what they run through where `\sum_i` names no bounds; a
            name with one number only has that value.
        free: indices that the equation holds for all values of.
        functions: functions that the language does not have.
    """

    values: Mapping[str, Value]
    symbols: Mapping[str, Value]
    indices: Mapping[str, range | int] = field(default_factory=dict)
    free: Mapping[str, range] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Tensor]] = field(default_factory=dict)


class TexError(ValueError):
    """An equation that cannot be evaluated, or that gives something else."""


@dataclass(frozen=True)
class Token:
    """A piece of TeX and where it stands; two that say the same are equal."""

    text: str
    at: int = field(compare=False)


_TOKEN = re.compile(
    r"\\(?:operatorname|text|mathrm|mathbf|mathbb|begin|end)\s*\{[^{}]*\}"
    r"|\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\S",
    re.DOTALL,
)
_SILENT = {r"\left", r"\right", r"\,", r"\;", r"\!", r"\ ", "&"}
_SILENT |= {r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\begin{aligned}", r"\end{aligned}"}


def tokens(tex: str, label: str = "") -> list[Token]:
    r"""The pieces of TeX, written one way: `_{i}` as `_i`, `h_i^{(t)}` as `h^{(t)}_i`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(tex):
        text = re.sub(r"\s*\{\s*", "{", match[0])
        if text in _SILENT or (text == "." and tex[: match.start()].rstrip().endswith(r"\left")):
            continue
        before = found[-1].text if found else ""
        if before in ("^", "_", r"\frac") and re.fullmatch(r"\d\S+", text):
            raise TexError(_message(label, tex, match.start(), "write braces around the number"))
        found.append(Token({r"\neq": r"\ne"}.get(text, text), match.start()))
    while found and found[-1].text in (",", "."):
        found.pop()
    return _ordered(_unbraced(found))


def _unbraced(found: list[Token]) -> list[Token]:
    """Without braces around a single piece."""
    kept: list[Token] = []
    for token in found:
        kept.append(token)
        if token.text == "}" and len(kept) > 2 and kept[-3].text == "{":
            kept[-3:] = [kept[-2]]
    return kept


def _ordered(found: list[Token]) -> list[Token]:
    r"""Steps `^{(t)}` come before subscripts, and `^{(t)\top}` is `^{(t)}` and `^{\top}`."""
    kept: list[Token] = []
    place = 0
    while place < len(found):
        if found[place].text in ("^", "_") and place + 1 < len(found):
            scripts: list[list[Token]] = []
            while place + 1 < len(found) and found[place].text in ("^", "_"):
                end = _end_of_group(found, place + 1)
                scripts.append(found[place:end])
                place = end
            for script in list(scripts):
                if script[1].text == "{" and script[-2].text == r"\top" and len(script) > 4:
                    at = scripts.index(script)
                    scripts[at : at + 1] = [
                        _unbraced([*script[:-2], script[-1]]),
                        [script[0], script[-2]],
                    ]
            scripts.sort(key=lambda s: 1 if s[0].text == "_" else 0 if _is_step(s, 1) else 2)
            kept += [token for script in scripts for token in _scripts_within(script)]
        else:
            kept.append(found[place])
            place += 1
    return kept


def _scripts_within(script: list[Token]) -> list[Token]:
    return [script[0], *_ordered(script[1:])]


def _is_step(found: Sequence[Token], place: int) -> bool:
    return [token.text for token in found[place : place + 2]] == ["{", "("]


def _end_of_group(found: Sequence[Token], start: int) -> int:
    """Where what begins at `start` ends: behind the closing brace, or behind one piece."""
    depth = 0
    for place in range(start, len(found)):
        depth += (found[place].text == "{") - (found[place].text == "}")
        if depth == 0:
            return place + 1
    return len(found)


def _message(label: str, tex: str, at: int, what: str) -> str:
    line = tex.count("\n", 0, at) + 1
    near = tex[at : at + 30].split("\n")[0]
    return f"{label}: {what}, in line {line} at `{near}`"


class _Evaluation:
    """One right side, read from left to right and worked out on the way."""

    def __init__(self, label: str, tex: str, side: list[Token], case: Case) -> None:
        self.label, self.tex, self.side, self.case = label, tex, side, case
        self.place = 0
        self.bound: dict[str, int] = {}
        self.symbols = sorted(
            ((tokens(name, label), value) for name, value in case.symbols.items()),
            key=lambda symbol: -len(symbol[0]),
        )
        self.functions = {**FUNCTIONS, **case.functions}

    def value(self, bound: Mapping[str, int]) -> Tensor:
        """What the whole side is, for these indices."""
        fixed = {name: i for name, i in self.case.indices.items() if isinstance(i, int)}
        self.place, self.bound = 0, {**fixed, **bound}
        result = self.sum_of_terms()
        if self.place < len(self.side):
            raise self.error("this cannot stand here")
        return result

    # --- reading ---------------------------------------------------------------------------------

    def text(self, ahead: int = 0) -> str:
        at = self.place + ahead
        return self.side[at].text if at < len(self.side) else ""

    def take(self, expected: str) -> None:
        if self.text() != expected:
            raise self.error(f"`{expected}` is missing")
        self.place += 1

    def error(self, what: str, place: int | None = None) -> TexError:
        place = self.place if place is None else place
        at = self.side[place].at if place < len(self.side) else len(self.tex)
        return TexError(_message(self.label, self.tex, at, what))

    # --- sums and products -----------------------------------------------------------------------

    def sum_of_terms(self) -> Tensor:
        sign = self.text()
        if sign in ("+", "-"):
            self.place += 1
        total = -self.term() if sign == "-" else self.term()
        while (sign := self.text()) in ("+", "-"):
            at = self.place
            self.place += 1
            term = self.term()
            total = self.elementwise(
                torch.add, total, -term if sign == "-" else term, at, rows=True
            )
        return total

    def term(self) -> Tensor:
        start = self.place
        result, matrices = self.product()
        mixed = matrices > 1
        while self.text() == r"\circ":
            at = self.place
            self.place += 1
            factor, matrices = self.product()
            mixed |= matrices > 1
            if mixed:
                raise self.error(r"a product beside \circ needs parentheses", start)
            result = self.elementwise(torch.mul, result, factor, at)
        return result

    def product(self) -> tuple[Tensor, int]:
        """Factors side by side, and how many of them are no scalars."""
        result = self.factor()
        matrices = int(result.dim() > 0)
        while self.text() not in ("", "+", "-", r"\circ", ")", "}", "]", ",", r"\\"):
            at, sign = self.place, self.text()
            if sign in ("/", r"\cdot", r"\times"):
                self.place += 1
            factor = self.factor()
            matrices += int(factor.dim() > 0)
            if sign == "/":
                result = self.divided(result, factor, at)
                if self.text() not in ("", "+", "-", r"\circ", ")", "}", "]", ",", r"\\"):
                    raise self.error("what follows a quotient needs parentheses")
            elif result.dim() == 0 or factor.dim() == 0:
                result = result * factor
            elif sign in (r"\cdot", r"\times"):
                raise self.error("one of both must be a scalar", at)
            elif result.shape[-1] == factor.shape[0]:
                result = result @ factor
            else:
                shapes = f"{tuple(result.shape)} and {tuple(factor.shape)}"
                raise self.error(f"shapes {shapes} have no product", at)
        return result, matrices

    def elementwise(
        self,
        operation: Callable[[Tensor, Tensor], Tensor],
        a: Tensor,
        b: Tensor,
        at: int,
        rows: bool = False,
    ) -> Tensor:
        fits = a.shape == b.shape or a.dim() == 0 or b.dim() == 0
        if rows and a.dim() == b.dim() == 2:
            fits |= a.shape[1] == b.shape[1] and 1 in (a.shape[0], b.shape[0])
        if not fits:
            raise self.error(f"shapes {tuple(a.shape)} and {tuple(b.shape)} do not fit", at)
        return operation(a, b)

    def divided(self, a: Tensor, b: Tensor, at: int) -> Tensor:
        return self.elementwise(torch.div, a, b, at)

    # --- factors ---------------------------------------------------------------------------------

    def factor(self) -> Tensor:
        start = self.place
        result, is_e = self.primary()
        while self.text() in ("^", "_", "'"):
            mark = self.text()
            if mark == "'" or (mark == "^" and _is_step(self.side, self.place + 1)):
                raise self.error("unknown symbol", start)
            self.place += 1
            if mark == "_":
                result = self.entry(result, start)
            elif self.text() == r"\top":
                self.place += 1
                result = self.transposed(result, start)
            else:
                exponent = self.group()
                if not is_e and (result.dim() or exponent.dim()):
                    raise self.error("only a scalar has powers", start)
                result = torch.exp(exponent) if is_e else result**exponent
        return result

    def primary(self) -> tuple[Tensor, bool]:
        """A symbol, number, function, fraction or parenthesis, and whether it is the e of exp."""
        start, name = self.place, self.text()
        for symbol, value in self.symbols:
            if self.side[start : start + len(symbol)] == symbol and self.ends(start + len(symbol)):
                self.place += len(symbol)
                return self.number(value), False
        if name == "e" and self.text(1) == "^" and not _is_step(self.side, start + 2):
            self.place += 1
            return torch.tensor(torch.e, dtype=torch.float64), True
        if name in OVER_AN_INDEX and self.text(1) in ("_", "^"):
            self.place += 1
            return self.over_an_index(OVER_AN_INDEX[name]), False
        if name in self.functions:
            self.place += 1
            return self.applied(name), False
        if name == r"\frac":
            self.place += 1
            above = self.group()
            return self.divided(above, self.group(), start), False
        if name == r"\sqrt":
            self.place += 1
            return torch.sqrt(self.group()), False
        if name in ("(", "[", "{"):
            self.place += 1
            result = self.sum_of_terms()
            self.take({"(": ")", "[": "]", "{": "}"}[name])
            return result, False
        if name[:1].isdigit():
            self.place += 1
            return torch.tensor(float(name), dtype=torch.float64), False
        raise self.error("unknown symbol" if name else "something is missing")

    def ends(self, place: int) -> bool:
        """Whether a symbol can end here: what follows are no scripts that would make it another."""
        following = self.side[place].text if place < len(self.side) else ""
        if following == "_":
            return self.entries(place + 1) is not None
        return following != "'" and not (following == "^" and _is_step(self.side, place + 1))

    def number(self, value: Value) -> Tensor:
        if callable(value) and not isinstance(value, Tensor):
            value = value(self.bound)
        return torch.as_tensor(value, dtype=torch.float64)

    def group(self) -> Tensor:
        """What stands in braces, or a single piece."""
        if self.text() == "{":
            return self.primary()[0]
        start = self.place
        inner = _Evaluation(self.label, self.tex, self.side[start : start + 1], self.case)
        inner.bound = self.bound
        result, _ = inner.primary()
        self.place += 1
        return result

    def applied(self, name: str) -> Tensor:
        start = self.place
        if name in WITHOUT_PARENTHESES:  # of (...)^{...}, the exponent belongs to what is inside
            return self.functions[name](self.factor())
        self.take("(")
        arguments = [self.sum_of_terms()]
        while self.text() == ",":
            self.take(",")
            arguments.append(self.sum_of_terms())
        self.take(")")
        try:
            return self.functions[name](*arguments)
        except (RuntimeError, TypeError) as error:
            raise self.error(f"`{name}` takes no such arguments ({error})", start - 1) from error

    def transposed(self, of: Tensor, start: int) -> Tensor:
        if of.dim() != 2:
            raise self.error("a scalar has no transpose", start)
        return of.T

    def entries(self, place: int) -> tuple[list[int], int] | None:
        """The indices of a subscript and where it ends; None where it is no index."""
        end = _end_of_group(self.side, place)
        within = [token.text for token in self.side[place:end] if token.text not in "{},"]
        if not any(text in self.bound for text in within):
            return None
        known = [str(self.bound.get(text, text)) for text in within]
        return ([int(text) for text in known], end) if all(map(str.isdigit, known)) else None

    def entry(self, of: Tensor, start: int) -> Tensor:
        found = self.entries(self.place)
        if found is None or of.dim() != 2:
            raise self.error("unknown symbol", start)
        indices, self.place = found
        try:
            if any(i < 1 for i in indices):
                raise IndexError
            if len(indices) == 2:
                return of[indices[0] - 1, indices[1] - 1]
            (i,) = indices
            return of[0, i - 1] if of.shape[0] == 1 else of[i - 1 : i]
        except (IndexError, ValueError):
            raise self.error(f"{tuple(of.shape)} has no entry {indices}", start) from None

    def over_an_index(self, operation: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        r"""`\sum` and the like: the term that follows, for each value of an index."""
        start = self.place
        lower: list[Token] = []
        upper: int | None = None
        while (mark := self.text()) in ("_", "^"):
            self.place += 1
            if mark == "_":
                end = _end_of_group(self.side, self.place)
                lower = [t for t in self.side[self.place : end] if t.text not in "{}"]
                self.place = end
            else:
                upper = int(self.group())
        if not lower:
            raise self.error("no index is named", start)
        name, rest = lower[0].text, lower[1:]
        values: Sequence[int]
        if rest[:1] == [Token("=", 0)]:
            below = _Evaluation(self.label, self.tex, rest[1:], self.case).value(self.bound)
            if upper is None:
                raise self.error("the upper bound is missing", start)
            values = range(int(below), upper + 1)
        else:
            given = self.case.indices.get(name)
            if not isinstance(given, range) or upper is not None:
                raise self.error(f"what {name} runs through is not known", start)
            values = given
            if rest:
                if len(rest) != 2 or rest[0].text != r"\ne" or rest[1].text not in self.bound:
                    raise self.error("only `i`, `i=1` and `j \\ne i` are known", start)
                values = [i for i in given if i != self.bound[rest[1].text]]
        body, outside = self.place, dict(self.bound)
        result: Tensor | None = None
        for value in values:
            self.place, self.bound = body, {**outside, name: value}
            term = self.term()
            result = term if result is None else operation(result, term)
        self.bound = outside
        if result is None:
            raise self.error("the index runs through nothing", start)
        return result


def lines(label: str, tex: str) -> list[tuple[list[Token], list[list[Token]]]]:
    """The left side of each equation and its right sides."""
    found: list[tuple[list[Token], list[list[Token]]]] = []
    for sides in _split(tokens(tex, label)):
        if sides[0]:
            found.append((sides[0], []))
        elif not found:
            raise TexError(f"{label}: the left side is missing")
        found[-1][1].extend(sides[1:])
    if not found or any(not rights or not all(rights) for _, rights in found):
        raise TexError(f"{label}: a side of the equation is missing")
    return found


def _split(found: list[Token]) -> Iterator[list[list[Token]]]:
    r"""The sides in each line; a line that begins with `=` has an empty first one."""
    sides: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.text in ("{", "(")) - (token.text in ("}", ")"))
        if token.text == r"\\" and depth == 0:
            yield sides
            sides = [[]]
        elif token.text in RELATIONS and depth == 0:
            sides.append([])
        else:
            sides[-1].append(token)
    if sides != [[]]:
        yield sides


def check(label: str, tex: str, case: Case) -> None:
    """Compare every right side of an equation with what it should be.

    Raises:
        TexError: it cannot be evaluated, or gives something else; with the label and the place.
    """
    expected = {tuple(tokens(name, label)): (name, value) for name, value in case.values.items()}
    for left, rights in lines(label, tex):
        if tuple(left) not in expected:
            raise TexError(_message(label, tex, left[0].at, "no value is registered for this side"))
        name, value = expected.pop(tuple(left))
        for side in rights:
            evaluation = _Evaluation(label, tex, side, case)
            for combination in itertools.product(*case.free.values()):
                bound = dict(zip(case.free, combination, strict=True))
                true = value(bound) if callable(value) else value
                true = torch.as_tensor(true, dtype=torch.float64)
                got = evaluation.value(bound)
                if true.dim() == 0 and got.shape == (1, 1):
                    got = got.reshape(())
                if got.shape != true.shape:
                    what = f"this is {tuple(got.shape)}, but {name} is {tuple(true.shape)}"
                    raise TexError(_message(label, tex, side[0].at, what))
                # What is not a number is not close to itself either.
                if not torch.allclose(got, true, rtol=1e-8, atol=1e-10):
                    off = float((got - true).abs().max())
                    what = f"this differs from {name} by up to {off:.3g}"
                    raise TexError(_message(label, tex, side[0].at, what))
    if expected:
        missing = ", ".join(name for name, _ in expected.values())
        raise TexError(f"{label}: {missing} is registered, but on no left side")


def mutants(tex: str) -> Iterator[tuple[str, str]]:
    r"""The equation with one mistake at a time on its right side, and what the mistake is."""
    start = min(tex.find(sign) % (len(tex) + 1) for sign in RELATIONS)
    steps = [range(*m.span()) for m in re.finditer(r"\^\{\([^)]*\)", tex)]
    bounds = [range(*m.span()) for m in re.finditer(r"\\(?:sum|prod|max)_\{[^{}]*\}", tex)]

    def replaced(match: re.Match[str], by: str) -> str:
        return tex[: match.start()] + by + tex[match.end() :]

    for match in re.compile(r"[+-]").finditer(tex, start):
        if not any(match.start() in part for part in steps + bounds):
            yield (
                f"`{match[0]}` at {match.start()} changed",
                replaced(match, "-+"["-+".find(match[0]) ^ 1]),
            )
    for bound in bounds:
        for match in re.compile(r"\b1\b").finditer(tex, bound.start, bound.stop):
            yield f"bound at {match.start()} is 0", replaced(match, "0")
    for match in re.compile(r"\^\{?\\top\}?|\\top").finditer(tex, start):
        yield f"transpose at {match.start()} dropped", replaced(match, "")
    for match in re.compile(r"\\circ\b").finditer(tex, start):
        yield f"\\circ at {match.start()} a product", replaced(match, "")
        yield f"\\circ at {match.start()} a sum", replaced(match, "+")
    for match in re.compile(r"\(([a-z](?:-[12])?)\)").finditer(tex, start):
        other = f"({match[1][0]})" if "-" in match[1] else f"({match[1]}-1)"
        yield f"({match[1]}) at {match.start()} is {other}", replaced(match, other)
