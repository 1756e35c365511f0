"""A model written as an expression of `torch.nn` constructors, read without running any text.

    nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))

Only public classes of `torch.nn` and the models of our library can be named, and only with numbers,
words, tuples and further such classes as arguments.
"""

from __future__ import annotations

import ast
import math
import re
from typing import Any

import torch
from torch import nn

from engines.diagrams.graph.errors import DiagramError, Span, problem
from engines.diagrams.importing.models import MODELS
from engines.diagrams.language.asking import nearest

TEXT_MAX, NUMBER_MAX, PARAMETERS_MAX = 20_000, 2**20, 20_000_000
_REFUSED = frozenset(["Module", "ModuleDict", "ModuleList", "Parameter"])


def module_from_text(text: str, device: str = "cpu") -> nn.Module:
    """The model of an expression, built on a device (``meta`` for shapes alone).

    Raises:
        DiagramError: with the line and column of what cannot be read.
    """
    if len(text) > TEXT_MAX:
        raise problem("too-long", f"the expression has more than {TEXT_MAX} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        span = Span(getattr(error, "lineno", 1) or 1, getattr(error, "offset", 1) or 1)
        hint = "write one expression, e.g. nn.TransformerEncoderLayer(64, 4)"
        raise problem("syntax", f"this is no expression: {error}", hint, span) from None
    with torch.device(device):
        made = _built(tree)
    if not isinstance(made, nn.Module):
        raise problem("module", "the expression is no module", "begin with nn. and a class")
    return made


def _built(tree: ast.expr) -> Any:
    match tree:
        case ast.Constant(value=value) if isinstance(value, int | float | str | bool | None):
            if isinstance(value, int | float) and abs(value) > NUMBER_MAX:
                raise _at(tree, "number", f"{value} is too large")
            return value
        case ast.Tuple(elts=items):
            return tuple(_built(item) for item in items)
        case ast.List(elts=items):
            return [_built(item) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _built(operand)
            if isinstance(value, int | float):
                return -value
        case ast.Call(func=func, args=args, keywords=keywords):
            cls = _class(func)
            named = {k.arg: _built(k.value) for k in keywords if k.arg}
            return _made(tree, cls, [_built(a) for a in args], named)
    raise _at(tree, "expression", "only constructors, numbers, words and tuples are read here")


def _class(func: ast.expr) -> Any:
    text = ast.unparse(func)
    found = re.fullmatch(r"(?:torch\.)?nn\.([A-Z]\w*)", text)
    if found and found[1] not in _REFUSED:
        cls = getattr(nn, found[1], None)
        if isinstance(cls, type) and issubclass(cls, nn.Module):
            return cls
    if text in MODELS:
        return MODELS[text]
    known = [*MODELS, *(f"nn.{n}" for n in dir(nn) if n[0].isupper())]
    hint = nearest(text, known) or f"use nn.… or one of {', '.join(MODELS)}"
    raise _at(func, "unknown-module", f"there is no module {text[:60]}", hint)


def _made(tree: ast.expr, cls: Any, args: list[Any], named: dict[str, Any]) -> nn.Module:
    try:
        return cls(*args, **named)
    except DiagramError:
        raise
    except Exception as error:
        raise _at(tree, "arguments", f"{cls.__name__}: {error}") from error


def _at(tree: ast.expr, code: str, message: str, hint: str = "") -> DiagramError:
    return problem(code, message, hint, Span(tree.lineno, tree.col_offset + 1))


def inputs_from_text(text: str, device: str = "cpu") -> tuple[torch.Tensor, ...]:
    """Example inputs from shapes: ``2 10 64, 2 7 64``; ``2 16 in 50`` are whole numbers below 50.

    Raises:
        DiagramError: a shape that cannot be read.
    """
    made = []
    for part in text.split(","):
        words = part.split()
        below = None
        if len(words) > 2 and words[-2] == "in":
            below, words = words[-1], words[:-2]
        numbers = [
            w for w in (*words, *([below] if below else [])) if not re.fullmatch(r"\d{1,7}", w)
        ]
        if not words or numbers:
            hint = "write e.g.  2 10 64  or, for tokens,  2 16 in 50"
            raise problem("shape", f"{part.strip() or 'nothing'} is no shape", hint)
        shape = [int(w) for w in words]
        if math.prod(shape) > 2**26 or 0 in shape:
            raise problem("shape", f"{part.strip()} is empty or too large for an example")
        if below is not None:
            made.append(torch.zeros(shape, dtype=torch.int64, device=device))
        else:
            made.append(torch.zeros(shape, device=device))
    return tuple(made)
