"""What a text says, before anybody asks whether its axes fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from engines.diagrams.graph.errors import NOWHERE, Problem, Span
from engines.diagrams.graph.poly import Poly


@dataclass(frozen=True)
class Name:
    """A word with its place."""

    text: str
    span: Span


@dataclass(frozen=True)
class Typed:
    """``name: axes`` or ``name: axes in dtype``."""

    name: Name
    axes: tuple[Name, ...]
    dtype: Name | None = None


@dataclass(frozen=True)
class Option:
    """One entry between brackets: words, ``words -> words``, or ``key=value``."""

    key: Name | None = None
    words: tuple[Name, ...] = ()
    arrow: tuple[Name, ...] | None = None
    value: Poly | str | None = None
    span: Span = NOWHERE


@dataclass(frozen=True)
class Call:
    """``Kind+[options](arguments) * scale``."""

    kind: Name
    args: tuple[Name, ...]
    options: tuple[Option, ...] = ()
    bias: bool = False
    scale: Poly | None = None


@dataclass(frozen=True)
class Statement:
    """Results and the call that makes them."""

    outs: tuple[Typed, ...]
    call: Call
    span: Span


@dataclass(frozen=True)
class BlockStatement:
    """A block: what it is fed, what it gives, how often it runs."""

    name: Name
    ins: tuple[Name, ...]
    outs: tuple[Name, ...]
    body: tuple[Item, ...]
    span: Span
    repeat: Poly | None = None
    over: Name | None = None
    collect: tuple[tuple[Name, Name], ...] = ()
    back: bool = False
    """Whether it runs from the end of the axis to its start."""


@dataclass(frozen=True)
class SizeStatement:
    """``size m = h*k``."""

    name: Name
    value: Poly
    span: Span


@dataclass(frozen=True)
class GroupStatement:
    """``group x̄ = h w``: axes drawn as one double line."""

    name: Name
    axes: tuple[Name, ...]


@dataclass(frozen=True)
class NoteStatement:
    """``note v "what to say"``."""

    value: Name
    text: str


@dataclass(frozen=True)
class ReturnStatement:
    """``return v, w``."""

    values: tuple[Name, ...]
    span: Span


Item = Statement | BlockStatement | SizeStatement | GroupStatement | NoteStatement | ReturnStatement


@dataclass(frozen=True)
class Definition:
    """One ``def``."""

    name: Name
    params: tuple[Typed, ...]
    outs: tuple[tuple[Name, ...], ...]
    body: tuple[Item, ...]
    span: Span


@dataclass(frozen=True)
class Apply:
    """An operation on expressions; a power has its exponent."""

    word: str
    args: tuple[Expression, ...]
    span: Span
    exponent: Fraction = Fraction(1)


Expression = Apply | Name | Fraction


@dataclass(frozen=True)
class Word:
    """``word name(x, e=0.01) = expression``: what it takes, what it learns with its start."""

    name: Name
    args: tuple[Name, ...]
    learned: tuple[tuple[Name, Poly], ...]
    body: Expression
    span: Span


@dataclass
class Text:
    """Everything a text defines, and every problem met on the way."""

    definitions: list[Definition] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
