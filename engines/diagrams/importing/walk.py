"""Walks the graph of an exported program and writes every call as an operation of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import getitem
from typing import Any

import torch
from torch.fx.node import map_arg

from engines.diagrams.graph.errors import DiagramError, problem
from engines.diagrams.graph.imported import replaced
from engines.diagrams.importing.calls import (
    complexes,
    composed,
    copies,
    einsums,
    layers,
    masks,
    parts,
    positions,
    recurrent,
    reductions,
    shapes,
    unrolled,
    waves,
)
from engines.diagrams.importing.calls import maps as calls
from engines.diagrams.importing.calls.complexes import PAIRED
from engines.diagrams.importing.calls.elementwise import CALLS, UncoveredError
from engines.diagrams.importing.constants import constant, makes_constant
from engines.diagrams.importing.flatten import WORK, flattened
from engines.diagrams.importing.opaque import flat, opaque
from engines.diagrams.importing.places import origin
from engines.diagrams.importing.tracing.atoms import Dim
from engines.diagrams.importing.tracing.pairs import (
    Pair,
    called_through,
    is_complex,
    parts_of_state,
)
from engines.diagrams.importing.tracing.tracer import Sym, Tracer, kind_of

# Importing them registers their calls.
_HANDLERS = (
    calls, complexes, composed, copies, einsums, layers, masks, parts,
    positions, recurrent, reductions, shapes, unrolled, waves,
)  # fmt: skip


@dataclass
class Traced:
    """A finished walk."""

    tracer: Tracer
    inputs: list[Sym]
    outputs: list[Sym]
    n_calls: int = 0
    n_covered: int = 0
    opaque: list[str] = field(default_factory=list)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    idle: tuple[str, ...] = ()
    """Contractions that nobody reads or that are of constants: they are in no diagram."""
    read: set[str] = field(default_factory=set)
    """Paths of the model's tensors that some call reads."""


def walked(
    program: Any, hints: dict[str, str], tell: Callable[[int, int], None] | None = None
) -> Traced:
    """Every call of an exported program as operations of ours."""
    tracer = Tracer()
    found = Traced(tracer, [], [])
    env: dict[str, Any] = {}
    plain = flattened(program)
    nodes = list(plain.graph.nodes)
    signature = program.graph_signature
    # Torch builds these anew whenever they are asked for.
    learned = dict(signature.inputs_to_parameters)
    held = {**signature.inputs_to_buffers, **signature.inputs_to_lifted_tensor_constants}
    tensors = {**program.constants, **program.state_dict}
    found.idle = plain.idle
    found.notes += plain.notes({**learned, **held})
    for k, node in enumerate(nodes):
        if node.op == "placeholder":
            path = learned.get(node.name) or held.get(node.name, "")
            given = node.name in held
            const = tensors.get(path) if given else None
            found.read.update([path] if node.users else [])
            env[node.name] = made = _placeholder(node, path, const, found, hints)
            if isinstance(made, Sym):
                made.given = given
        elif node.op == "call_function":
            _call(node, env, found)
        elif node.op == "output":
            flat = _outputs(node.args[0])
            n_user = len(program.graph_signature.user_outputs)
            found.outputs = [_as_sym(tracer, env[n.name]) for n in flat[len(flat) - n_user :]]
        if tell is not None and k % 50 == 0:
            tell(k, len(nodes))
    return found


def _outputs(args: Any) -> list[Any]:
    flat = []
    for item in args if isinstance(args, list | tuple) else (args,):
        flat += _outputs(item) if isinstance(item, list | tuple) else [item]
    return [item for item in flat if isinstance(item, torch.fx.Node)]


def _as_sym(t: Tracer, value: Any) -> Sym:
    value = called_through(t, value) if isinstance(value, Pair) else value
    if not isinstance(value, Sym):
        raise problem("output", "the model gives something that is no tensor")
    return value


def _placeholder(node: Any, path: str, held: Any, found: Traced, hints: dict[str, str]) -> Any:
    """An input, or with a path a tensor of the model, with its numbers when they are fixed."""
    value, tracer = node.meta.get("val"), found.tracer
    if not isinstance(value, torch.Tensor):
        if value is not None:
            found.notes.append(f"the argument {node.name} is {value!r} in this diagram")
        return value
    shape = tuple(int(n) for n in value.shape)
    if path:
        found.shapes[path] = shape
        const = held if held is not None and held.device.type != "meta" else None
        dims = tuple((tracer.atoms.new(n, "weight"),) if n != 1 else () for n in shape)
        made = Sym("", dims, kind_of(value), path, const)
        return parts_of_state(path, made) if value.is_complex() and const is None else made
    if value.is_complex():
        text = f"{node.name} is complex, and a diagram's inputs are real numbers"
        raise problem("complex", text, "hand over torch.view_as_real(x) and view it as complex")
    return _input(node.name, value, shape, tracer, found, hints)


def _input(
    name: str,
    value: Any,
    shape: tuple[int, ...],
    tracer: Tracer,
    found: Traced,
    hints: dict[str, str],
) -> Sym:
    words = hints.get(name, "").split()
    if words and len(words) != len(shape):
        text = f"{name} has {len(shape)} axes, but {len(words)} names were given: {hints[name]}"
        raise problem("names", text, "give one name per axis, e.g. names={'x': 'b t m'}")
    guess = _conventional(shape, value.dtype)
    atoms = []
    for k, size in enumerate(shape):
        hinted = bool(words)
        known = next(
            (
                a
                for s in found.inputs
                for d in s.dims
                for a in d
                if hinted and a.hint == words[k] and a.hinted
            ),
            None,
        )
        same = known is not None and known.size == size and known not in atoms
        atoms.append(
            known
            if same and known is not None
            else tracer.atoms.new(size, "input", words[k] if words else guess[k], hinted=hinted)
        )
    dtype: Any = "bool" if value.dtype == torch.bool else ""
    if value.dtype in (torch.int64, torch.int32, torch.int16, torch.uint8):
        dtype = "tokens"
    dims: tuple[Dim, ...] = tuple((a,) for a in atoms)
    clean = tracer.fresh(re.sub(r"\W", "_", name))
    tracer.record(clean, tuple(atoms), dtype)
    sym = Sym(clean, dims, dtype)
    found.inputs.append(sym)
    return sym


def _conventional(shape: tuple[int, ...], dtype: torch.dtype) -> list[str]:
    """What the axes of an input of this rank are usually called."""
    if not dtype.is_floating_point:
        return {1: ["t"], 2: ["b", "t"]}.get(len(shape), [f"i{k}" for k in range(len(shape))])
    usual = {
        1: ["m"], 2: ["b", "m"], 3: ["b", "t", "m"], 4: ["b", "c", "y", "x"],
        5: ["b", "c", "z", "y", "x"],
    }  # fmt: skip
    return usual.get(len(shape), [f"i{k}" for k in range(len(shape))])


def _call(node: Any, env: dict[str, Any], found: Traced) -> None:
    tracer = found.tracer
    target = str(node.target).removeprefix("aten.")
    args = map_arg(node.args, lambda n: env.get(n.name))
    named = map_arg(node.kwargs, lambda n: env.get(n.name))
    if node.target is getitem:
        env[node.name] = _part(tracer, args[0][args[1]], bool(node.users))
        return
    tracer.node = node
    tracer.stack = _stack(node)
    tracer.origin = origin(node)
    syms = [a for a in flat((args, named)) if isinstance(a, Sym)]
    if all(s.const is not None for s in syms) and (syms or makes_constant(target)):
        made = constant(node, args, named, tracer)
        if made is not None:
            folded = [f"{target} of constants"] if target.partition(".")[0] in WORK else []
            found.idle = (*found.idle, *folded)
            env[node.name] = made
            return
    found.n_calls += 1
    paired = any(map(is_complex, flat((args, named)))) or _gives_complex(node)
    handler = PAIRED.get(target) if paired else _handler(target)
    before = len(tracer.drafts)
    try:
        if handler is None:
            raise UncoveredError  # noqa: TRY301 - as its handlers do
        plain = {k: v for k, v in named.items() if v is not None}
        env[node.name] = handler(tracer, *[_thawed(a) for a in args], **plain)
        found.n_covered += 1
    except DiagramError:
        raise
    except (UncoveredError, TypeError, IndexError, AttributeError, KeyError, ValueError):
        tracer.forget(before)
        found.opaque.append(f"{target} ({tracer.origin or 'torch'})")
        args, named = replaced((args, named), lambda v: _through(tracer, v))
        env[node.name] = opaque(node, target, args, named, tracer)


def _gives_complex(node: Any) -> bool:
    value = node.meta.get("val")
    return isinstance(value, torch.Tensor) and value.is_complex()


def _through(t: Tracer, value: Any) -> Any:
    return called_through(t, value) if isinstance(value, Pair) else value


def _thawed(value: Any) -> Any:
    """Lists of torch.fx as plain lists."""
    return [_thawed(v) for v in value] if isinstance(value, list | tuple) else value


def _handler(target: str) -> Any:
    if target == "chunk.default":
        return shapes.chunked
    return CALLS.get(target)


def _part(tracer: Tracer, value: Any, used: bool) -> Any:
    """A part of a call that gave several; the last states of layers are stacked when used."""
    if not (isinstance(value, tuple) and value and value[0] == "stacked"):
        return value
    if not used:
        return None
    return shapes.stack(tracer, value[1], 0)


def _stack(node: Any) -> tuple[tuple[str, str], ...]:
    entries = list((node.meta.get("nn_module_stack") or {}).values())
    return tuple((str(path), str(cls).rsplit(".", 1)[-1]) for path, cls in entries if path)
