"""Formulas of a box: read once, checked, and then only computed; never run as Python."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Mapping

from engines.contract import InputError

Formula = Callable[[Mapping[str, float]], float]
_TWO = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
        ast.Div: operator.truediv, ast.Pow: operator.pow}  # fmt: skip
_CALLED = {name: getattr(math, name) for name in ("exp", "log", "sin", "cos", "tanh", "sqrt")}
LETTERS_MAX = 200


def formula(text: str, known: Collection[str]) -> tuple[Formula, frozenset[str]]:
    """What computes a formula from the values of names, and the names that it reads.

    Raises:
        InputError: something else than numbers, known names, + - * / ** and exp, log, sin, cos,
            tanh, sqrt.
    """
    if len(text) > LETTERS_MAX:
        raise InputError(f"a formula has at most {LETTERS_MAX} letters, this one {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise InputError(f"{text.strip()!r} is no formula; write one like 1.1*x - 0.4*x*y"
                         ) from error  # fmt: skip
    read: set[str] = set()
    return _made(tree, known, read), frozenset(read)


def _made(node: ast.expr, known: Collection[str], read: set[str]) -> Formula:
    match node:
        case ast.Constant(value=float() | int() as value) if not isinstance(value, bool):
            return _constant(value)
        case ast.Name(id=name):
            return _named(name, known, read)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            of = _made(inner, known, read)
            return lambda values: -of(values)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _made(inner, known, read)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _TWO:
            return _joined(_TWO[type(op)], _made(left, known, read), _made(right, known, read))
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in _CALLED:
            called, of = _CALLED[name], _made(inner, known, read)
            return lambda values: called(of(values))
    raise InputError(
        f"{ast.unparse(node)!r} cannot stand in a formula; there are numbers, names, + - * / ** "
        f"and {', '.join(_CALLED)}"
    )


def _constant(value: float) -> Formula:
    try:
        number = float(value)
    except OverflowError as error:
        raise InputError("a number in a formula may be 1e308 at most") from error
    return lambda _values: number


def _named(name: str, known: Collection[str], read: set[str]) -> Formula:
    if name not in known:
        raise InputError(f"nothing here is called {name!r}; there are: {', '.join(sorted(known))}")
    read.add(name)
    return lambda values: values[name]


def _joined(op: Callable[[float, float], float], one: Formula, other: Formula) -> Formula:
    return lambda values: op(one(values), other(values))
