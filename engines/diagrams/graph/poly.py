"""Costs and sizes as polynomials in axis sizes; exact, and small enough to redraw at every key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

Monomial = tuple[tuple[str, Fraction], ...]
"""Names with their exponents, in alphabetical order; () is the constant."""
TERMS_MAX = 20_000
_SUPERSCRIPT = str.maketrans("0123456789-/", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᐟ")


@dataclass(frozen=True, eq=False)
class Poly:
    """A sum of monomials with rational coefficients and exponents.

    >>> h, k = Poly.of("h"), Poly.of("k")
    >>> str(2 * h * k + k ** 2), (2 * h * k).value({"h": 3, "k": 5})
    ('2hk + k²', Fraction(30, 1))
    """

    terms: Mapping[Monomial, Fraction]

    @staticmethod
    def of(value: Poly | str | int | Fraction) -> Poly:
        """A name or a number as a polynomial."""
        if isinstance(value, Poly):
            return value
        if isinstance(value, str):
            return Poly({((value, Fraction(1)),): Fraction(1)})
        return Poly({(): Fraction(value)} if value else {})

    @staticmethod
    def product(factors: Iterable[Poly | str | int]) -> Poly:
        """The product of names and numbers; 1 for none."""
        counts: dict[str, Fraction] = {}
        rest: list[Poly] = []
        for factor in factors:
            if isinstance(factor, str):
                counts[factor] = counts.get(factor, Fraction(0)) + 1
            else:
                rest.append(Poly.of(factor))
        start = Poly({tuple(sorted(counts.items())): Fraction(1)})
        return reduce(lambda a, b: a * b, rest, start)

    def __add__(self, other: Poly | int) -> Poly:
        found = dict(self.terms)
        for monomial, coefficient in Poly.of(other).terms.items():
            found[monomial] = found.get(monomial, Fraction(0)) + coefficient
        return Poly({m: c for m, c in found.items() if c})

    __radd__ = __add__

    def __neg__(self) -> Poly:
        return Poly({m: -c for m, c in self.terms.items()})

    def __sub__(self, other: Poly | int) -> Poly:
        return self + (-Poly.of(other))

    def __rsub__(self, other: int) -> Poly:
        return Poly.of(other) - self

    def __mul__(self, other: Poly | int | Fraction) -> Poly:
        found: dict[Monomial, Fraction] = {}
        if len(self.terms) * len(Poly.of(other).terms) > TERMS_MAX:
            raise OverflowError(f"a product of more than {TERMS_MAX} terms")
        for m2, c2 in Poly.of(other).terms.items():
            for m1, c1 in self.terms.items():
                m = _times(m1, m2)
                found[m] = found.get(m, Fraction(0)) + c1 * c2
        return Poly({m: c for m, c in found.items() if c})

    __rmul__ = __mul__

    def __pow__(self, exponent: int | Fraction) -> Poly:
        if len(self.terms) == 1:
            ((monomial, coefficient),) = self.terms.items()
            power = Fraction(exponent)
            if coefficient == 1 or power.denominator == 1:
                raised = Fraction(coefficient) ** int(power) if coefficient != 1 else Fraction(1)
                return Poly({tuple((n, e * power) for n, e in monomial if power): raised})
        if exponent != int(exponent) or exponent < 0:
            raise ValueError(f"({self})^({exponent}) is no polynomial")
        return reduce(lambda a, b: a * b, [self] * int(exponent), Poly.of(1))

    def __truediv__(self, other: Poly | int | Fraction) -> Poly:
        return self * Poly.of(other) ** -1

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | Fraction | str):
            other = Poly.of(other)
        return isinstance(other, Poly) and dict(self.terms) == dict(other.terms)

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in it, in alphabetical order."""
        return tuple(sorted({name for monomial in self.terms for name, _ in monomial}))

    def replaced(self, values: Mapping[str, Poly]) -> Poly:
        """With names replaced by polynomials."""
        if not any(name in values for name in self.names):
            return self
        total = Poly({})
        for monomial, coefficient in self.terms.items():
            factors = [Poly.of(values.get(n, n)) ** e for n, e in monomial]
            total = total + reduce(lambda a, b: a * b, factors, Poly({(): coefficient}))
        return total

    def value(self, sizes: Mapping[str, int | Fraction]) -> Fraction | float:
        """At given sizes: exact, unless an exponent is no integer."""
        total: Fraction | float = Fraction(0)
        for monomial, coefficient in self.terms.items():
            term: Fraction | float = coefficient
            for name, exponent in monomial:
                whole = exponent.denominator == 1
                size = Fraction(sizes[name])
                term = term * (size ** int(exponent) if whole else float(size) ** float(exponent))
            total = total + term
        return total

    def coefficients(self, name: str, sizes: Mapping[str, int]) -> dict[Fraction, float]:
        """By exponent of one name, every other name at its size."""
        found: dict[Fraction, float] = {}
        for monomial, coefficient in self.terms.items():
            exponent = dict(monomial).get(name, Fraction(0))
            rest = Poly({tuple(p for p in monomial if p[0] != name): coefficient})
            found[exponent] = found.get(exponent, 0.0) + float(rest.value(sizes))
        return found

    def text(self, join: str = "", power: Callable[[Fraction], str] | None = None) -> str:
        """In reading order: highest degree first."""
        if not self.terms:
            return "0"
        raised = power or (lambda e: str(e).translate(_SUPERSCRIPT))
        ordered = sorted(self.terms.items(), key=lambda t: (-sum(e for _, e in t[0]), t[0]))
        parts = [_term(monomial, c, join, raised) for monomial, c in ordered]
        return " + ".join(parts).replace("+ -", "- ")

    def __str__(self) -> str:
        short = all(len(name) == 1 for name in self.names)
        return self.text("" if short else "·")

    def code(self) -> str:
        """As our texts write it, and Python too but for ``^``."""
        return self.text("*", lambda e: f"^{e}" if e.denominator == 1 and e > 0 else f"^({e})")


def _term(
    monomial: Monomial, coefficient: Fraction, join: str, power: Callable[[Fraction], str]
) -> str:
    names = [name if e == 1 else name + power(e) for name, e in monomial]
    if not names:
        return str(coefficient)
    lead = [] if abs(coefficient) == 1 else [str(coefficient)]
    if coefficient == -1:
        return "-" + join.join(names)
    return join.join([*lead, *names])


def _times(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    found = dict(a)
    for name, exponent in b:
        found[name] = found.get(name, Fraction(0)) + exponent
    return tuple(sorted((n, e) for n, e in found.items() if e))
