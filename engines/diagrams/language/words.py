"""The words of one line, read from left to right, and the expressions among them.

Sizes and scales are sums of products of powers, read here; a text never reaches ``eval``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NoReturn

from engines.diagrams.graph.errors import Problem
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.phrases import Name
from engines.diagrams.language.tokens import Line, Token

EXPONENT_MAX = 16


class LineError(Exception):
    """This line cannot be read further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Words:
    """The words of one line, read from left to right."""

    def __init__(self, line: Line) -> None:
        self.tokens, self.at = line.tokens, 0

    @property
    def next(self) -> Token:
        """The word that has not been taken."""
        return self.tokens[self.at]

    def sees(self, *words: str) -> bool:
        """Whether the next word is one of these."""
        return self.next.word in words and self.next.sort in ("sign", "name")

    def take(self) -> Token:
        """The next word; the end is never passed."""
        token = self.next
        if token.sort != "end":
            self.at += 1
        return token

    def maybe(self, word: str) -> bool:
        """Take the next word if it is this one."""
        if self.sees(word):
            self.at += 1
            return True
        return False

    def need(self, word: str, why: str) -> Token:
        """Take this word or fail."""
        if not self.sees(word):
            self.fail(f"expected {word!r} {why}")
        return self.take()

    def name(self, what: str) -> Name:
        """Take a name or fail."""
        if self.next.sort != "name":
            self.fail(f"expected {what}")
        token = self.take()
        return Name(token.word, token.span)

    def names(self) -> tuple[Name, ...]:
        """As many names as follow."""
        found = []
        while self.next.sort == "name" and not self.sees("in"):
            found.append(self.name("a name"))
        return tuple(found)

    def fail(self, message: str, hint: str = "") -> NoReturn:
        """Say what was expected and what came instead."""
        token = self.next
        came = "the line ends" if token.sort == "end" else f"{token.word!r} stands"
        raise LineError(Problem(token.span, "syntax", f"{message}, but {came} here", hint))

    def end(self) -> None:
        """Fail unless the line is over."""
        if self.next.sort != "end":
            self.fail("nothing more was expected")


def total(words: Words) -> Poly:
    """A sum of products."""
    negative = words.maybe("-")
    found = product(words)
    found = -found if negative else found
    while words.sees("+", "-"):
        sign = words.take().word
        term = product(words)
        found = found + term if sign == "+" else found - term
    return found


def product(words: Words) -> Poly:
    """A product of powers."""
    found = _power(words)
    while words.sees("*", "/"):
        sign, start = words.take().word, words.next
        pair = (found, _power(words))
        found = _lawful(_times if sign == "*" else _over, pair, start)
    return found


def reciprocal(words: Words) -> Poly:
    """One over the product that follows."""
    start = words.next
    return _lawful(_over, (Poly.of(1), product(words)), start)


def _times(a: Poly, b: Poly) -> Poly:
    return a * b


def _over(a: Poly, b: Poly) -> Poly:
    return a / b


def _raised(a: Poly, b: Poly) -> Poly:
    exponent = Fraction(b.value({}))
    most = EXPONENT_MAX if len(a.terms) == 1 else 4
    if abs(exponent) > most:
        raise ValueError(f"the exponent is larger than {most}")
    return a**exponent


def _power(words: Words) -> Poly:
    base = _atom(words)
    if not words.maybe("^"):
        return base
    start = words.next
    exponent = -_atom(words) if words.maybe("-") else _atom(words)
    if exponent.names:
        raise LineError(Problem(start.span, "exponent", "an exponent is a number"))
    return _lawful(_raised, (base, exponent), start)


def _atom(words: Words) -> Poly:
    if words.maybe("("):
        inner = total(words)
        words.need(")", "to close the parenthesis")
        return inner
    token = words.next
    if token.sort == "number":
        words.take()
        if len(token.word) > 24 or not 1e-18 <= (abs(float(token.word)) or 1.0) <= 1e18:
            raise LineError(Problem(token.span, "number", "this number is out of range"))
        return Poly.of(Fraction(token.word))
    if token.sort == "name":
        words.take()
        return Poly.of(token.word)
    return words.fail("expected a number, an axis or '('")


def _lawful(make: Callable[[Poly, Poly], Poly], pair: tuple[Poly, Poly], token: Token) -> Poly:
    try:
        return make(*pair)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise LineError(Problem(token.span, "expression", f"no such size: {error}")) from error
