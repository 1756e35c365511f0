"""What an import fixes without a word from torch: branches on sizes, and on whether it trains.

The model's own functions are read, never run. Such a branch is taken as the example inputs and
evaluation mode have it, so the report must say where it stands.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from torch import nn

_SIZES = frozenset(["size", "numel", "dim", "nelement", "ndimension"])
_OF_SIZES = frozenset(["len", "int", "min", "max", "abs", "divmod", "tuple", "list", "sum", "bool"])


def fixed_branches(module: nn.Module) -> tuple[str, ...]:
    """A sentence for every branch on a size and every look at ``training``, in reading order."""
    found: dict[str, None] = {}
    for function in _functions(module):
        found.update(dict.fromkeys(_told(function)))
    return tuple(found)


def _functions(module: nn.Module) -> Iterator[FunctionType]:
    """Methods of the model's own classes, and the functions of their files that they name."""
    seen: set[CodeType] = set()
    classes = dict.fromkeys(c for m in module.modules() for c in type(m).__mro__)
    own = [c for c in classes if issubclass(c, nn.Module) and not _of_torch(c.__module__)]
    held = [*own, *module.modules()]
    queue = [f for o in held for f in vars(o).values() if isinstance(f, FunctionType)]
    while queue:
        function = inspect.unwrap(queue.pop(0))
        if function.__code__ in seen or function.__name__ == "__init__":
            continue
        seen.add(function.__code__)
        yield function
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))
        around = {n: c.cell_contents for n, c in cells.items() if _filled(c)}
        named = {**function.__globals__, **around}
        called = (named.get(name) for name in (*function.__code__.co_names, *cells))
        queue += [f for f in called if isinstance(f, FunctionType) and not _of_torch(f.__module__)]


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _of_torch(name: str | None) -> bool:
    return (name or "").partition(".")[0] in ("torch", "builtins", "typing")


def _told(function: FunctionType) -> Iterator[str]:
    file = function.__code__.co_filename.rsplit("/", 1)[-1]
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError):
        if "training" in function.__code__.co_names:
            yield f"{function.__qualname__} asks whether it trains; the diagram is of evaluation"
        return
    for what, line in sorted(set(_places(tree)), key=lambda found: found[1]):
        yield f"{what} ({file}:{first + line - 1})"


def _places(tree: ast.AST) -> Iterator[tuple[str, int]]:
    sized = _sized_names(tree)
    branch = "a branch on a size is taken as the example inputs have it"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "training":
            yield "the model asks whether it trains; the diagram is of evaluation mode", node.lineno
        only_raises = isinstance(node, ast.If) and all(isinstance(s, ast.Raise) for s in node.body)
        tests = [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While) else []
        tests += node.ifs if isinstance(node, ast.comprehension) else []
        if any(_mentions(test, sized) for test in tests) and not only_raises:
            yield branch, tests[0].lineno
        run = node.iter if isinstance(node, ast.For | ast.comprehension) else None
        if isinstance(run, ast.Call) and _named(run) == "range" and _mentions(run, sized):
            yield "a loop over a size runs as often as the example inputs have it", run.lineno


def _sized_names(tree: ast.AST) -> set[str]:
    """Names that are given sizes."""
    sized: set[str] = set()
    for _ in range(3):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if _is_size(node.value, sized):
                    names = (n for t in targets for n in ast.walk(t))
                    sized |= {n.id for n in names if isinstance(n, ast.Name)}
    return sized


def _mentions(test: ast.AST, sized: set[str]) -> bool:
    return any(isinstance(n, ast.expr) and _is_size(n, sized) for n in ast.walk(test))


def _is_size(node: ast.expr | None, sized: set[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in sized
        case ast.Attribute(attr=name):
            return name in ("shape", "ndim")
        case ast.Subscript(value=value):
            return _is_size(value, sized)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _SIZES
        case ast.Call(func=ast.Name(id=name), args=args):
            return name == "len" or (name in _OF_SIZES and any(_is_size(a, sized) for a in args))
        case ast.BinOp(left=a, right=b):
            return _is_size(a, sized) or _is_size(b, sized)
        case ast.Tuple(elts=parts):
            return any(_is_size(part, sized) for part in parts)
    return False


def _named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
