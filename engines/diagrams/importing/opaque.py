"""Calls that no operation of ours covers, as they are, on tensors laid out as torch wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from engines.diagrams.importing.tracing.atoms import Atom
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
        dims = tuple((tracer.atoms.new(n, "opaque"),) if n != 1 else () for n in shape)
        label = f"{target.split('.', maxsplit=1)[0]}_{len(tracer.functions) + 1}"
        tracer.functions[label] = (node.target, args, named, k, orders, shapes_in, len(parts) > 1)
        dtype = "bool" if part.dtype == torch.bool else "" if part.is_floating_point() else "tokens"
        made.append(tracer.emit("opaque", names, dims, base="o", name=label, dtype=dtype))
    return made if isinstance(value, list | tuple) else made[0]


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

        def fill(value: Any) -> Any:
            if isinstance(value, Sym):
                return next(laid)
            if isinstance(value, dict):
                return {k: fill(v) for k, v in value.items()}
            if isinstance(value, list | tuple):
                return [fill(v) for v in value]
            return value

        found = target(*fill(args), **fill(named))
        found = found[part] if several else found
        return found.reshape([n for n in found.shape if n != 1])

    return run
