"""What is known of the sizes of axes: definitions, equations, and whether they can all hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from engines.diagrams.graph.circuit import Circuit, Window
from engines.diagrams.graph.errors import NOWHERE, Problem, Span, problem
from engines.diagrams.graph.poly import Poly

DEFAULT_SIZE = 8
SIZE_MAX = 2**40


@dataclass(frozen=True)
class Equation:
    """Two sizes that must be equal, and who says so."""

    left: Poly
    right: Poly
    span: Span
    reason: str


@dataclass
class Sizes:
    """Collects what a text says about sizes, then solves it."""

    declared: dict[str, tuple[Poly, Span]] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    windows: dict[str, tuple[Window, Span]] = field(default_factory=dict)
    fits: list[tuple[str, Window, Span]] = field(default_factory=list)
    """Windows that must make an axis which something else has made."""
    seen: set[str] = field(default_factory=set)
    """Axes that values have had so far."""
    known: dict[str, Poly] = field(default_factory=dict)
    said_by: dict[str, Span] = field(default_factory=dict)
    reasons: dict[str, Equation] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def declare(self, name: str, value: Poly, span: Span) -> None:
        """``size name = value``."""
        if name in self.declared and self.declared[name][0] != value:
            line = self.declared[name][1].line
            text = f"{name} is {value} here and {self.declared[name][0]} in line {line}"
            self._complain(span, "size-conflict", text, "keep one of the two")
            return
        number = value.value({}) if not value.names else None
        if number is not None and (number != int(number) or not 0 < number <= SIZE_MAX):
            text = f"the size of {name} must be a whole number above zero, not {value}"
            self._complain(span, "bad-size", text)
            return
        self.declared[name] = (value, span)

    def window(self, name: str, window: Window, span: Span) -> None:
        """The axis that a sliding window makes; an axis that is there already must only fit."""
        if name in self.seen or name in self.windows:
            self.fits.append((name, window, span))
        else:
            self.windows[name] = (window, span)

    def solve(self) -> dict[str, Poly]:
        """Every axis that is not free, in terms of free ones; problems are collected.

        An axis declared to be a number stays free: the number is where its slider starts.
        """
        for name in self.declared:
            self._expand(name, ())
        for equation in self.equations:
            self._take(equation)
        self.known = {name: self._closed(value) for name, value in self.known.items()}
        self._check_numbers()
        self._check_windows()
        return self.known

    def number(self, value: Poly) -> Fraction | float | None:
        """The size at the declared numbers, None while it depends on a free axis."""
        closed = self._closed(value)
        if not all(name in self._starts() for name in closed.names):
            return None
        return closed.value(self._starts())

    def _starts(self) -> dict[str, Fraction]:
        return {
            name: Fraction(value.value({}))
            for name, (value, _) in self.declared.items()
            if not value.names
        }

    def _expand(self, name: str, above: tuple[str, ...]) -> Poly:
        value, span = self.declared.get(name, (Poly.of(name), NOWHERE))
        if name in above:
            chain = " -> ".join((*above[above.index(name) :], name))
            self._complain(span, "cycle", f"the size of {name} is defined by itself ({chain})")
            return Poly.of(name)
        if name in self.known or not value.names or value == Poly.of(name):
            return self.known.get(name, Poly.of(name))
        parts = {inner: self._expand(inner, (*above, name)) for inner in value.names}
        if not any(p.code == "cycle" for p in self.problems):
            self.known[name] = value.replaced(parts)
            self.said_by[name] = span
        return self.known.get(name, Poly.of(name))

    def _closed(self, value: Poly) -> Poly:
        for _ in range(64):
            if not any(name in self.known for name in value.names):
                break
            value = value.replaced(self.known)
        return value

    def _take(self, equation: Equation) -> None:
        left, right = self._closed(equation.left), self._closed(equation.right)
        if left == right:
            return
        starts = self._starts()
        pairs = ((left, right), (right, left))
        fresh = [found for a, b in pairs for found in _solutions(a, b) if found[0] not in starts]
        if fresh:
            self._learn(*fresh[0], equation)
            return
        numbers = self.number(left), self.number(right)
        tied = [found for a, b in pairs for found in _solutions(a, b)]
        if None not in numbers and numbers[0] == numbers[1] and tied:
            self._learn(*tied[0], equation)
        elif None in numbers or numbers[0] != numbers[1]:
            self._conflict(equation, numbers)

    def _learn(self, name: str, value: Poly, equation: Equation) -> None:
        self.known[name] = value
        self.said_by[name] = equation.span
        self.reasons[name] = equation

    def _conflict(self, equation: Equation, numbers: tuple[Any, Any]) -> None:
        sides = [
            f"{side}" if number is None or not side.names else f"{side} ({number})"
            for side, number in zip((equation.left, equation.right), numbers, strict=True)
        ]
        names = {*equation.left.names, *equation.right.names}
        said_by = {n: span for n, (_, span) in self.declared.items()} | self.said_by
        lines = sorted({said_by[n].line for n in names if n in said_by} - {0, equation.span.line})
        said = f" (see line {' and line '.join(map(str, lines))})" if lines else ""
        text = f"{equation.reason}: {sides[0]} is not {sides[1]}{said}"
        hint = "make the sizes agree, or use other axes"
        self._complain(equation.span, "size-conflict", text, hint)

    def _check_numbers(self) -> None:
        for name, value in self.known.items():
            number = self.number(value)
            if number is None or (number == int(number) and 0 < number <= SIZE_MAX):
                continue
            equation = self.reasons.get(name)
            why = f"{equation.reason}: {equation.left} = {equation.right}" if equation else "sizes"
            numbered = ", ".join(f"{n} = {self._starts()[n]}" for n in value.names)
            text = f"{why} would make {name} = {float(number):g} ({numbered})"
            span = self.said_by.get(name, NOWHERE)
            self._complain(span, "not-divisible", text, "choose whole sizes that divide")

    def _check_windows(self) -> None:
        rules = [(name, window, span) for name, (window, span) in self.windows.items()]
        for name, window, span in (*rules, *self.fits):
            size = self.number(Poly.of(window.axis))
            if size is None or size != int(size):
                continue
            made, said = window.size(int(size)), self.number(Poly.of(name))
            if made <= 0:
                text = f"a window of {window.kernel} does not fit into {window.axis} = {size}"
                self._complain(span, "window", text, "use a smaller kernel or padding")
            elif said is not None and said != made:
                text = f"{name} is {said}, but the window makes {made} of {window.axis} = {size}"
                self._complain(span, "size-conflict", text, f"leave the size of {name} out")

    def _complain(self, span: Span, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(span, code, message, hint))


def _solutions(a: Poly, b: Poly) -> list[tuple[str, Poly]]:
    """Ways to write ``a = b`` as one name of ``a`` that equals something else."""
    if len(a.terms) == 1 and len(b.terms) >= 1:
        ((monomial, coefficient),) = a.terms.items()
        names = [n for n, e in monomial if e == 1 and n not in b.names]
        return [(n, b * (Poly({monomial: coefficient}) / Poly.of(n)) ** -1) for n in names]
    linear = [m[0][0] for m, c in a.terms.items() if len(m) == 1 and m[0][1] == 1 and c == 1]
    counts = {n: sum(n in dict(m) for m in a.terms) for n in linear}
    return [(n, b - (a - Poly.of(n))) for n in linear if counts[n] == 1 and n not in b.names]


def numbers(diagram: Circuit, free: Mapping[str, int] | None = None) -> dict[str, int]:
    """The size of every axis as a number; free axes have the given or their default size.

    Raises:
        DiagramError: a size that is not a whole number above zero.
    """
    given = dict(free or {})
    found: dict[str, int] = {}
    names = dict.fromkeys((*diagram.graph.size_names(), *diagram.sizes, *diagram.windows))
    for name in names:
        _number(diagram, name, given, found, frozenset())
    return found


def _number(
    diagram: Circuit,
    name: str,
    given: Mapping[str, int],
    found: dict[str, int],
    above: frozenset[str],
) -> int:
    if name in found:
        return found[name]
    value, window = diagram.derived.get(name), diagram.windows.get(name)
    declared = diagram.sizes.get(name)
    inner = above | {name}
    if window is not None and window.axis not in inner:
        size = window.size(_number(diagram, window.axis, given, found, inner))
    elif value is not None:
        parts = {n: _number(diagram, n, given, found, inner) for n in value.names}
        size = value.value(parts)
    else:
        start = declared.value({}) if declared and not declared.names else DEFAULT_SIZE
        size = given.get(name, start)
    if size != int(size) or size <= 0:
        raise problem(
            "bad-size",
            f"axis {name} would have the size {float(size):g}",
            "choose sizes that divide, all above zero",
            NOWHERE,
        )
    found[name] = int(size)
    return found[name]


def free_axes(diagram: Circuit) -> tuple[str, ...]:
    """Axes whose size the user may choose, in order of appearance."""
    wanted = dict.fromkeys((*diagram.graph.size_names(), *diagram.sizes))
    for value in diagram.derived.values():
        wanted.update(dict.fromkeys(value.names))
    return tuple(n for n in wanted if n not in diagram.derived and n not in diagram.windows)
