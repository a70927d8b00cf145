"""Whether two formulas are equal, at a cost that is bounded before anything is worked out.

Rational functions are compared exactly, as fractions of polynomials. Where roots, powers or
logarithms of symbols come in, sixty digits at points of the formula's domain decide.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograder.formulas import EXPONENT, Formula, Node, Vocabulary

if TYPE_CHECKING:
    from mpmath import mpf
    from sympy.polys.rings import PolyElement

# Terms of a polynomial, and bits of its largest coefficient.
TERMS = 500
BITS = 2000
# Numbers beyond e to the power of this are not worked out.
LOGARITHM = 2000
POINTS = 6
DIGITS = 60


class _Irrational(Exception):
    """It is no fraction of polynomials."""


class _Undefined(Exception):
    """It has no real value there."""


_Fraction = tuple["PolyElement", "PolyElement"]


def equal(one: Formula, other: Formula) -> bool:
    """Whether they are the same function of their symbols; both have one vocabulary.

    Raises:
        FormulaError: one of them cannot be worked out: it divides by zero, or grows too large.
    """
    try:
        (over, under), (other_over, other_under) = map(_rational, (one, other))
    except _Irrational:
        return all(_equal_at(point, one, other) for point in _points(one.vocabulary))
    return bool(over * other_under == other_over * under)


def value(formula: Formula) -> float:
    """The number that a formula without unknowns is.

    Raises:
        FormulaError: it has no value.
    """
    try:
        return float(_Numeric(formula, formula.vocabulary.values).of(formula.root))
    except _Undefined:
        raise formula.error("This has no value.", formula.root) from None


# --- exactly -------------------------------------------------------------------------------------


@lru_cache
def _ring(names: tuple[str, ...]) -> tuple[Any, dict[str, PolyElement]]:
    from sympy import QQ  # half a second, which most submissions need not wait for
    from sympy.polys.rings import ring

    domain, *symbols = ring([f"x{place}" for place in range(len(names))], QQ)
    return domain, dict(zip(names, symbols, strict=True))


def _rational(formula: Formula) -> _Fraction:
    return _Rational(formula).of(formula.root)


class _Rational:
    """A formula as a fraction of polynomials, numerator and denominator."""

    def __init__(self, formula: Formula) -> None:
        self._formula = formula
        self._ring, self._symbols = _ring(formula.symbols)

    def of(self, node: Node) -> _Fraction:
        """The fraction that a piece is."""
        one = self._ring.one
        if node.head == "number":
            numerator, denominator = node.value.as_integer_ratio()
            return self._ring.domain_new(numerator) * one, one * denominator
        if node.head == "symbol":
            return self._symbols[node.name], one
        if node.head not in "+-*/^":
            raise _Irrational
        if node.head == "^":
            return self._power(node)
        (a, b), (c, d) = map(self.of, node.parts)
        if node.head == "*":
            return self._times(a, c, node), self._times(b, d, node)
        if node.head == "/":
            if not c:
                raise self._formula.error("This divides by zero.", node)
            return self._times(a, d, node), self._times(b, c, node)
        left, right = self._times(a, d, node), self._times(c, b, node)
        return (left + right if node.head == "+" else left - right), self._times(b, d, node)

    def _power(self, node: Node) -> _Fraction:
        over, under = self.of(node.parts[0])
        exponent_over, exponent_under = self.of(node.parts[1])
        if not exponent_over.is_ground or not exponent_under.is_ground:
            raise _Irrational
        exponent = Fraction(str(exponent_over.LC)) / Fraction(str(exponent_under.LC))
        if abs(exponent) > EXPONENT:
            raise self._formula.error(f"An exponent may be {EXPONENT} at most.", node.parts[1])
        if exponent.denominator != 1:
            raise _Irrational
        if exponent < 0:
            if not over:
                raise self._formula.error("This divides by zero.", node)
            over, under = under, over
        result = self._ring.one, self._ring.one
        for _ in range(abs(int(exponent))):
            result = self._times(result[0], over, node), self._times(result[1], under, node)
        return result

    def _times(self, one: PolyElement, other: PolyElement, node: Node) -> PolyElement:
        if len(one) * len(other) > TERMS or _bits(one) + _bits(other) > BITS:
            raise self._formula.error("This is too large to be worked out.", node)
        return one * other


def _bits(polynomial: PolyElement) -> int:
    return max(
        (c.numerator.bit_length() + c.denominator.bit_length() for c in polynomial.values()),
        default=0,
    )


# --- at points -----------------------------------------------------------------------------------


def _points(vocabulary: Vocabulary) -> list[dict[str, Fraction]]:
    """The same for every submission, and on no curve that one would meet by chance."""
    draw = random.Random(8088)  # noqa: S311 - nothing is secret about it
    low, high = vocabulary.within
    return [
        {
            name: low + (high - low) * Fraction(draw.randint(1, 10**6 - 1), 10**6)
            for name in vocabulary.names
        }
        for _ in range(POINTS)
    ]


def _equal_at(point: Mapping[str, Fraction], one: Formula, other: Formula) -> bool:
    try:
        left, right = (_Numeric(formula, point).of(formula.root) for formula in (one, other))
    except _Undefined:
        return False
    return bool(abs(left - right) <= abs(right) * Fraction(1, 10 ** (DIGITS // 2)))


class _Numeric:
    """A formula's value at a point, to sixty digits."""

    def __init__(self, formula: Formula, point: Mapping[str, Fraction]) -> None:
        import mpmath

        self._formula = formula
        self._point = point
        self._context = mpmath.MPContext()
        self._context.dps = DIGITS

    def of(self, node: Node) -> mpf:
        """The value of a piece."""
        if node.head in ("number", "symbol"):
            exact = node.value if node.head == "number" else self._point[node.name]
            return self._context.mpf(exact.numerator) / exact.denominator
        values = [self.of(part) for part in node.parts]
        if len(values) == 1:
            result = self._function(node, values[0])
        else:
            result = self._operation(node, *values)
        if result and abs(self._context.log(abs(result))) > LOGARITHM:
            raise self._formula.error("This is too large to be worked out.", node)
        return result

    def _operation(self, node: Node, left: mpf, right: mpf) -> mpf:
        if node.head == "+":
            return left + right
        if node.head == "-":
            return left - right
        if node.head == "*":
            return left * right
        if node.head == "/":
            if not right:
                raise _Undefined
            return left / right
        assert node.head == "^"
        if right == int(right) and abs(right) <= EXPONENT:
            if not left and right < 0:
                raise _Undefined
            return left ** int(right)
        if left <= 0:
            raise _Undefined
        return self._exponential(node, right * self._context.log(left))

    def _function(self, node: Node, argument: mpf) -> mpf:
        if node.head == "exp":
            return self._exponential(node, argument)
        if node.head == "sqrt":
            if argument < 0:
                raise _Undefined
            return self._context.sqrt(argument)
        base = {"log": None, "log2": 2, "log10": 10}[node.head]
        if argument <= 0:
            raise _Undefined
        logarithm = self._context.log(argument)
        return logarithm if base is None else logarithm / self._context.log(base)

    def _exponential(self, node: Node, argument: mpf) -> mpf:
        if abs(argument) > LOGARITHM:
            raise self._formula.error("This is too large to be worked out.", node)
        return self._context.exp(argument)
