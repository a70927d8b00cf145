"""Orders of growth: O(V Dh + Dh²) as the set of its dominating terms.

The symbols grow independently of each other and without bound. A term is dominated by others if
a weighted geometric mean of them is at least as large: √(xy) by x + y, and x by x y. That is a
question of exponents only, and is decided exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from autograder.formulas import EXPONENT, Formula, Node

# Terms of a sum that is multiplied out.
TERMS = 300
# Coefficients matter by their sign alone, except where they cancel.
BITS = 2000
# A logarithm grows less than every power that can be written here.
LOGARITHM = Fraction(1, 10**6)

Exponents = tuple[Fraction, ...]
"""Of one term: the exponent of each symbol."""
_Sum = Mapping[Exponents, Fraction]


@dataclass(frozen=True)
class Order:
    """An order of growth.

    Attributes:
        symbols: what grows.
        terms: those that no other single term dominates.
    """

    symbols: tuple[str, ...]
    terms: tuple[Exponents, ...]

    @classmethod
    def of(cls, formula: Formula) -> Order:
        """The order of a formula.

        Raises:
            FormulaError: it has none: it is negative or zero, grows exponentially, or divides by
                a sum.
        """
        return cls(formula.symbols, _Reader(formula).dominating())

    def beyond(self, other: Order) -> tuple[Exponents, ...]:
        """The terms that `other` does not dominate: none if this is O(other)."""
        return tuple(term for term in self.terms if not _dominated(term, other.terms))

    def show(self, term: Exponents) -> str:
        """A term as people write it."""
        pieces = [
            symbol if exponent == 1 else f"{symbol}^{exponent}"
            for symbol, exponent in zip(self.symbols, term, strict=True)
            if exponent
        ]
        return "·".join(pieces) or "1"


class _Reader:
    """Multiplies a formula out, to terms and their coefficients."""

    def __init__(self, formula: Formula) -> None:
        self._formula = formula
        self._symbols = formula.symbols

    @cached_property
    def _one(self) -> Exponents:
        return (Fraction(0),) * len(self._symbols)

    def dominating(self) -> tuple[Exponents, ...]:
        """The terms that no other single term dominates."""
        root = self._formula.root
        terms = self._of(root)
        self._require_positive(terms, root)
        return _largest(terms)

    def _require_positive(self, terms: _Sum, node: Node) -> None:
        """A term with a minus is smaller than one with a plus, or the sum may vanish."""
        if not terms:
            raise self._formula.error("This is zero.", node)
        positive = [term for term, coefficient in terms.items() if coefficient > 0]
        for term, coefficient in terms.items():
            if coefficient < 0 and not any(_at_most(term, other) for other in positive):
                raise self._formula.error("This may be negative, and is no count of steps.", node)

    def _of(self, node: Node) -> _Sum:
        if node.head == "number":
            return {self._one: node.value} if node.value else {}
        if node.head == "symbol":
            place = self._symbols.index(node.name)
            return {tuple(Fraction(p == place) for p in range(len(self._symbols))): Fraction(1)}
        if node.head == "O":
            return self._of(node.parts[0])
        if node.head == "^":
            return self._power(node)
        parts = [self._of(part) for part in node.parts]
        if node.head == "sqrt":
            return self._root(parts[0], Fraction(1, 2), node)
        if node.head in ("log", "log2", "log10"):
            return self._logarithm(parts[0], node)
        if node.head == "exp":
            if any(term != self._one for term in parts[0]):
                raise self._formula.error("This grows exponentially.", node)
            return {self._one: Fraction(1)}
        if node.head in ("+", "-"):
            sign = 1 if node.head == "+" else -1
            return _collect([*parts[0].items(), *((t, sign * c) for t, c in parts[1].items())])
        left, right = parts
        if node.head == "*":
            return self._times(left, right, node)
        return self._times(left, self._inverse(right, node), node)

    def _times(self, left: _Sum, right: _Sum, node: Node) -> _Sum:
        bits = sum(max((_bits(c) for c in terms.values()), default=0) for terms in (left, right))
        if len(left) * len(right) > TERMS or bits > BITS:
            raise self._formula.error("This is too large to be multiplied out.", node)
        return _collect(
            (tuple(a + b for a, b in zip(one, other, strict=True)), c * d)
            for one, c in left.items()
            for other, d in right.items()
        )

    def _inverse(self, terms: _Sum, node: Node) -> _Sum:
        if len(terms) != 1:
            problem = "Divide by one term, not by a sum." if terms else "This divides by zero."
            raise self._formula.error(problem, node)
        ((term, coefficient),) = terms.items()
        return {tuple(-exponent for exponent in term): 1 / coefficient}

    def _power(self, node: Node) -> _Sum:
        base, exponents = (self._of(part) for part in node.parts)
        if any(term != self._one for term in exponents):
            raise self._formula.error("This grows exponentially.", node)
        exponent = exponents.get(self._one, Fraction(0))
        if abs(exponent) > EXPONENT:
            raise self._formula.error(f"An exponent may be {EXPONENT} at most.", node.parts[1])
        if exponent.denominator != 1:
            return self._root(base, exponent, node)
        if exponent < 0:
            base = self._inverse(base, node)
        result: _Sum = {self._one: Fraction(1)}
        for _ in range(abs(int(exponent))):
            result = self._times(result, base, node)
        return result

    def _root(self, terms: _Sum, exponent: Fraction, node: Node) -> _Sum:
        """Up to a constant, a power of a sum of positive terms is the sum of their powers."""
        self._require_positive(terms, node)
        largest = _largest(terms)
        if exponent < 0 and len(largest) != 1:
            raise self._formula.error("Divide by one term, not by a sum.", node)
        return {tuple(exponent * e for e in term): Fraction(1) for term in largest}

    def _logarithm(self, terms: _Sum, node: Node) -> _Sum:
        """Up to a constant, the sum of the logarithms of what grows."""
        self._require_positive(terms, node)
        growing = {p for term in _largest(terms) for p, exponent in enumerate(term) if exponent}
        if not growing:
            return {self._one: Fraction(1)}
        return {
            tuple(LOGARITHM * (p == place) for p in range(len(self._symbols))): Fraction(1)
            for place in growing
        }


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def _collect(terms: Iterable[tuple[Exponents, Fraction]]) -> dict[Exponents, Fraction]:
    collected: dict[Exponents, Fraction] = {}
    for term, coefficient in terms:
        collected[term] = collected.get(term, Fraction(0)) + coefficient
    return {term: coefficient for term, coefficient in collected.items() if coefficient}


def _at_most(one: Exponents, other: Exponents) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))


def _largest(terms: Iterable[Exponents]) -> tuple[Exponents, ...]:
    """Those that no other single one dominates, largest first."""
    candidates = sorted(set(terms), reverse=True)
    return tuple(
        term
        for term in candidates
        if not any(term != other and _at_most(term, other) for other in candidates)
    )


def _dominated(term: Exponents, others: Sequence[Exponents]) -> bool:
    """Whether a weighted geometric mean of the others is at least as large.

    That is a game: one player chooses one of the others, the other player a symbol, and what is
    paid is how far the exponent of that symbol lies above the term's. The mean is the first
    player's mixed strategy, and it is large enough if the game is worth 0 or more.
    """
    if any(_at_most(term, other) for other in others):
        return True
    if len(others) < 2:
        return False
    payoffs = [[b - a for a, b in zip(term, other, strict=True)] for other in others]
    shift = 1 - min(min(row) for row in payoffs)  # games with positive payoffs are solved below
    return 1 / _largest_total([[payoff + shift for payoff in row] for row in payoffs]) >= shift


def _largest_total(rows: list[list[Fraction]]) -> Fraction:
    """The largest y₁ + … + yₙ with y ≥ 0 and no row times y above 1, where all rows are positive.

    The simplex method, exactly; Bland's rule keeps it from going in circles.
    """
    table = [[*row, Fraction(1)] for row in rows] + [[Fraction(-1)] * len(rows[0]) + [Fraction(0)]]
    outside = list(range(len(rows[0])))
    inside = list(range(len(outside), len(outside) + len(rows)))
    while choices := [(name, c) for c, name in enumerate(outside) if table[-1][c] < 0]:
        c = min(choices)[1]
        _, _, r = min(
            (table[r][-1] / table[r][c], inside[r], r) for r in range(len(rows)) if table[r][c] > 0
        )
        pivot = table[r][c]
        table[r] = [entry / pivot for entry in table[r]]
        table[r][c] = 1 / pivot
        for i, row in enumerate(table):
            if i != r:
                factor = row[c]
                table[i] = [a - factor * b for a, b in zip(row, table[r], strict=True)]
                table[i][c] = -factor / pivot
        outside[c], inside[r] = inside[r], outside[c]
    return table[-1][-1]
