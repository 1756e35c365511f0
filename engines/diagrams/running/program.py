"""Torch programs as small trees: printed as Python for people, evaluated for `to_torch`.

One lowering gives both, so the source that is shown is the program that was verified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engines.diagrams.graph.poly import Poly


@dataclass(frozen=True)
class Var:
    """A value of the diagram."""

    name: str


@dataclass(frozen=True)
class Own:
    """Something the module holds: a parameter, a buffer, a function, a block."""

    name: str


@dataclass(frozen=True)
class Lit:
    """A number, a text, a tuple of them."""

    value: Any


@dataclass(frozen=True)
class Size:
    """A size or a factor: a polynomial in axis sizes."""

    value: Poly
    whole: bool = True


@dataclass(frozen=True)
class Name:
    """A constant of torch, say ``torch.bool``."""

    path: str


@dataclass(frozen=True)
class Call:
    """``torch.einsum(...)``, ``F.relu(...)``, or a call of something the module holds."""

    function: str | Own | Call
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """``value.name(...)``; ``args`` None for an attribute."""

    value: Any
    name: str
    args: tuple[Any, ...] | None = ()
    named: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """``value[index]``."""

    value: Any
    index: int


@dataclass(frozen=True)
class Op:
    """``left sign right``."""

    sign: str
    left: Any
    right: Any


@dataclass(frozen=True)
class Many:
    """Several expressions as a list or a tuple."""

    items: tuple[Any, ...]
    brackets: str = "()"


_PYTHON_WORDS = frozenset(
    [
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "False",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "None",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "True",
        "try",
        "while",
        "with",
        "yield",
        "torch",
        "nn",
        "math",
        "self",
        "super",
    ]
)


def identifier(name: str) -> str:
    """A name as a Python identifier in plain letters; different names stay different."""
    plain = re.sub(r"\W", lambda m: f"_{ord(m.group()):x}", name.replace("'", "_p"), flags=re.A)
    if not plain or plain[0].isdigit() or plain in _PYTHON_WORDS:
        plain += "_"
    return plain if not plain[0].isdigit() else "_" + plain


def size_code(value: Poly) -> str:
    """A polynomial as Python."""
    terms = []
    for monomial, coefficient in sorted(value.terms.items()):
        factors = []
        for name, exponent in monomial:
            number = str(exponent) if exponent.denominator == 1 else f"{float(exponent)}"
            power = "" if exponent == 1 else f" ** {number}"
            factors.append(f"n_{identifier(name)}{power}")
        if coefficient.denominator != 1:
            factors = [f"{coefficient.numerator} / {coefficient.denominator}", *factors]
        elif coefficient != 1 or not factors:
            factors = [str(coefficient), *factors]
        terms.append(" * ".join(factors))
    return " + ".join(terms) or "0"


def code(tree: Any) -> str:  # noqa: C901 - one case per kind of expression
    """An expression as Python."""
    match tree:
        case Var(name):
            return identifier(name)
        case Own(name):
            return f"self.{identifier(name)}"
        case Lit(value):
            return _literal(value)
        case Size(value, whole):
            text = size_code(value)
            if not whole:
                return text
            if any(c.denominator != 1 for c in value.terms.values()):
                return f"round({text})"  # 1 / 49 * 49 is a little less than 1
            divided = any(e < 0 for m in value.terms for _, e in m)
            return f"int({text})" if divided else text
        case Name(path):
            return path
        case Call(function, args, named):
            called = function if isinstance(function, str) else code(function)
            return f"{called}({_arguments(args, named)})"
        case Method(value, name, None, _):
            return f"{_tight(value)}.{name}"
        case Method(value, name, args, named):
            return f"{_tight(value)}.{name}({_arguments(args or (), named)})"
        case Item(value, index):
            return f"{_tight(value)}[{index}]"
        case Op(sign, left, right):
            return f"{_operand(left)} {sign} {_operand(right)}"
        case Many(items, brackets):
            inner = ", ".join(map(code, items))
            comma = "," if len(items) == 1 and brackets == "()" else ""
            return f"{brackets[0]}{inner}{comma}{brackets[1]}"
    return repr(tree)


def _literal(value: Any) -> str:
    if isinstance(value, float):
        return {float("inf"): "torch.inf", float("-inf"): "-torch.inf"}.get(value, repr(value))
    return repr(value)


def _arguments(args: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    return ", ".join([*map(code, args), *(f"{k}={code(v)}" for k, v in named.items())])


def _tight(tree: Any) -> str:
    return f"({code(tree)})" if isinstance(tree, Op | Size) else code(tree)


def _operand(tree: Any) -> str:
    loose = isinstance(tree, Op) or (isinstance(tree, Size) and len(size_code(tree.value)) > 12)
    return f"({code(tree)})" if loose else code(tree)
