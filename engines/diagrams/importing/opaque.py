"""Calls that no operation of ours covers, as they are, on tensors laid out as torch wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from engines.diagrams.importing.tracing.atoms import Atom, Dim
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


def flat(value: Any) -> list[Any]:
    """Everything in nested lists, tuples and dictionaries."""
    if isinstance(value, list | tuple):
        return [x for v in value for x in flat(v)]
    if isinstance(value, dict):
        return [x for v in value.values() for x in flat(v)]
    return [value]


def opaque(node: Any, target: str, args: Any, named: Any, tracer: Tracer) -> Any:
    """The call as it is, on tensors laid out as torch wants them."""
    value = node.meta.get("val")
    parts = value if isinstance(value, list | tuple) else [value]
    args, named = _baked((args, named))
    syms = [a for a in flat((args, named)) if isinstance(a, Sym)]
    names = tuple(tracer.read(s) for s in syms)
    orders = [tracer.flat(s) for s in syms]
    shapes_in = [_shape_of(s) for s in syms]
    made = []
    for k, part in enumerate(parts):
        if not isinstance(part, torch.Tensor):
            made.append(None)
            continue
        shape = tuple(int(n) for n in part.shape)
        dims = _dims(tracer, shape, syms, target)
        label = f"{target.split('.', maxsplit=1)[0]}_{len(tracer.functions) + 1}"
        tracer.functions[label] = (node.target, args, named, k, orders, shapes_in, len(parts) > 1)
        dtype = "bool" if part.dtype == torch.bool else "" if part.is_floating_point() else "tokens"
        made.append(tracer.emit("opaque", names, dims, base="o", name=label, dtype=dtype))
    return made if isinstance(value, list | tuple) else made[0]


def _baked(value: Any) -> Any:
    """Constants are handed over as they are, with their own kind of number."""
    if isinstance(value, Sym):
        return value.const if value.const is not None and not value.value else value
    if isinstance(value, dict):
        return {k: _baked(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_baked(v) for v in value)
    return value


def _dims(tracer: Tracer, shape: tuple[int, ...], syms: list[Sym], target: str) -> tuple[Dim, ...]:
    """Axes of a result: named after those of a tensor of the same shape, else after the call."""
    like = next((s for s in syms if _shape_of(s) == shape), None)
    word = target.split(".", maxsplit=1)[0].strip("_").rpartition("_")[2] or "o"
    found: list[Dim] = []
    for k, n in enumerate(shape):
        axes = tracer.atoms.resolved(like.dims[k]) if like is not None else ()
        hint = axes[0].hint if len(axes) == 1 and axes[0].hint else word
        found.append((tracer.atoms.new(n, "opaque", hint),) if n != 1 else ())
    return tuple(found)


def _shape_of(sym: Sym) -> tuple[int, ...]:
    sizes = []
    for dim in sym.dims:
        n = 1
        for atom in dim:
            n *= atom.size
        sizes.append(n)
    return tuple(sizes)


def opaque_function(
    tracer: Tracer, label: str, axes_of: dict[str, tuple[Atom, ...]], names: tuple[str, ...]
) -> Callable[..., Any]:
    """A function of values as the diagram lays them out that calls the opaque operation."""
    target, args, named, part, orders, wanted, several = tracer.functions[label]
    permutations = []
    for name, order in zip(names, orders, strict=True):
        own = list(tracer.atoms.resolved(axes_of[name]))
        flat = [a for x in order for a in tracer.atoms.resolved((x,))]
        permutations.append([own.index(tracer.atoms.find(a)) for a in flat])

    def run(*arrays: torch.Tensor) -> Any:
        laid = iter(
            a.permute(p).reshape(shape)
            for a, p, shape in zip(arrays, permutations, wanted, strict=True)
        )

        real = next((a.dtype for a in arrays if a.is_floating_point()), None)

        def fill(value: Any) -> Any:
            if isinstance(value, Sym):
                return next(laid)
            if isinstance(value, torch.Tensor):
                return value.to(real) if real is not None and value.is_floating_point() else value
            if isinstance(value, dict):
                return {k: fill(v) for k, v in value.items()}
            if isinstance(value, list | tuple):
                return [fill(v) for v in value]
            return value

        found = target(*fill(args), **fill(named))
        found = found[part] if several else found
        return found.reshape([n for n in found.shape if n != 1])

    return run
