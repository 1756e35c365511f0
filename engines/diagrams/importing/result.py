"""The end of an import: a diagram, where its weights are, and a report of what was understood."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import torch
from torch import nn

from engines.diagrams.graph.circuit import Circuit, Window
from engines.diagrams.graph.errors import DiagramError, problem
from engines.diagrams.graph.garbage import uncollected
from engines.diagrams.graph.imported import ARRAY, PARTS, Imported, Report, replaced
from engines.diagrams.graph.nodes import Graph, Node, Value
from engines.diagrams.graph.operations import KINDS
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import TIES
from engines.diagrams.graph.sizes import Equation, Sizes
from engines.diagrams.importing.blocks import ties_in_reach, with_blocks
from engines.diagrams.importing.branches import fixed_branches
from engines.diagrams.importing.calls.shapes import grown
from engines.diagrams.importing.export import exported
from engines.diagrams.importing.naming import named
from engines.diagrams.importing.opaque import opaque_function
from engines.diagrams.importing.tracing.atoms import Atom, Dim
from engines.diagrams.importing.tracing.tracer import Draft, Sym, Tracer
from engines.diagrams.importing.unfuse import unfused
from engines.diagrams.importing.walk import Traced, walked
from engines.diagrams.running.attributes import owned


def circuit_from_torch(
    module: nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Circuit:
    """The diagram of a module, by running `torch.export` on example inputs (``meta`` ones too).

    Args:
        module: any module torch can export; it is read in evaluation mode.
        args: example inputs; only their shapes and types matter.
        kwargs: named example inputs.
        names: axes of inputs by the name of forward's argument, e.g. ``{"x": "b t m"}``.
        tell: called with (done, of) while it reads.

    Raises:
        DiagramError: torch cannot export the module; the text says where and what to do.
    """
    start = time.perf_counter()
    program = exported(module, _apart(args), dict(kwargs or {}))
    exported_at = time.perf_counter()
    try:
        with uncollected():
            traced = walked(program, dict(names or {}), tell)
            diagram, sources, functions = _finished(_name_of(module), traced)
    except DiagramError:
        raise
    except Exception as error:
        text = f"the import does not follow this model: {type(error).__name__}: {error}"
        hint = "import its parts one by one to find which call it is"
        raise problem("import", text[:400], hint) from error
    notes = ["read in evaluation mode: dropout is off, batch norm uses running statistics"]
    trains = nn.modules.dropout._DropoutNd | nn.modules.batchnorm._NormBase
    if not any(isinstance(m, trains) for m in module.modules()):
        notes = []
    report = Report(
        traced.n_calls,
        traced.n_covered,
        tuple(traced.opaque),
        tuple(traced.tracer.atoms.conflicts),
        sources,
        (*notes, *traced.notes, *fixed_branches(module)),
        exported_at - start,
        time.perf_counter() - exported_at,
        (
            *(n for n, p in module.named_parameters() if id(p) not in _read(module, traced)),
            *_unread_rows(module, traced),
        ),
        traced.idle,
        tuple(traced.tracer.uncounted),
    )
    precision = _precision(module, args) if traced.tracer.fixed else ""
    computed = traced.tracer.constants | ({} if precision else traced.tracer.exact)
    tensors = {**program.state_dict, **program.constants, **computed}
    weights = _weights(diagram.graph, diagram.graph, "")
    asked = replaced((args, dict(kwargs or {})), _place)
    imported = Imported(report, weights, tensors, functions, precision, asked)
    return replace(diagram, imported=imported)


def _apart(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is one array here need not be one later, so every input is an array of its own."""
    return tuple(
        a.detach().clone() if isinstance(a, torch.Tensor) and any(a is b for b in args[:k]) else a
        for k, a in enumerate(args)
    )


def _read(module: nn.Module, traced: Traced) -> set[int]:
    """Parameters that something reads, by identity: a shared one is read under any name."""
    named = dict(module.named_parameters(remove_duplicate=False))
    return {id(named[path]) for path in traced.read if path in named}


def _place(value: Any) -> Any:
    return ARRAY if isinstance(value, torch.Tensor) else value


def _unread_rows(module: nn.Module, traced: Traced) -> list[str]:
    """What of parameters nothing reads: ``path[first:last]``, of complex ones ``path#imag``."""
    paths = {path for d in _all(traced.tracer.drafts) for path in d.state.values()}
    parts: dict[str, list[tuple[int, int]]] = {}
    for path in paths:
        whole, _, part = path.partition("#")
        first, _, last = part.partition(":")
        some = part not in ("", *PARTS)
        parts.setdefault(whole, []).append((int(first), int(last)) if some else (0, 1 << 62))
    found = []
    for name, param in module.named_parameters():
        if param.is_complex() and any(f"{name}#{part}" in paths for part in PARTS):
            found += [own for part in PARTS if (own := f"{name}#{part}") not in paths]
        read_to = 0
        for first, last in (*sorted(parts.get(name, ())), (len(param) if param.ndim else 0,) * 2):
            if first > read_to and name in parts:
                found.append(f"{name}[{read_to}:{first}]")
            read_to = max(read_to, last)
    return found


def _precision(module: nn.Module, args: tuple[Any, ...]) -> str:
    tensors = [a for a in args if isinstance(a, torch.Tensor)] + list(module.parameters())
    real = next((t.dtype for t in tensors if t.is_floating_point()), torch.float64)
    return str(real).removeprefix("torch.")


def names_of_inputs(module: nn.Module, text: str) -> dict[str, str]:
    """Axis names by the name of forward's argument, from ``b t m, b s m``."""
    if not text.strip():
        return {}
    arguments = list(inspect.signature(module.forward).parameters)
    return dict(zip(arguments, (part.strip() for part in text.split(",")), strict=False))


def _name_of(module: nn.Module) -> str:
    """The model's class, told apart from an operation that texts have a word for."""
    name = type(module).__name__
    return f"{name}Model" if name in KINDS else name


def _finished(name: str, traced: Traced) -> tuple[Circuit, dict[str, str], dict[str, Any]]:
    t = traced.tracer
    t.stack, t.origin = (), ""
    laid: dict[str, Dim] = {}
    outputs = tuple(_laid_out(t, sym, laid) for sym in traced.outputs)
    traced.idle = (*traced.idle, *_prune(t, outputs))
    # What only calls that were left out read is not read.
    traced.read = {path.partition("#")[0] for d in _all(t.drafts) for path in d.state.values()}
    unfused(t)
    outputs = _told(t, outputs)
    order = [a for s in traced.inputs for d in s.dims for a in d]
    order += [a for d in _all(t.drafts) for a in (*d.axes, *_attr_atoms(d))]
    names, sources = named(t.atoms, order)
    write = _Writer(t, names)
    inputs = tuple(write.value(s.value, t.flat(s), t.dtypes[s.value]) for s in traced.inputs)
    nodes = tuple(write.node(draft) for draft in t.drafts)
    functions = {
        d.name: opaque_function(t, d.name, t.axes, d.args)
        for d in _all(t.drafts)
        if d.kind == "opaque"
    }
    stacks = {n.out.name: d.stack for n, d in zip(nodes, t.drafts, strict=True)}
    graph = ties_in_reach(with_blocks(Graph(name, inputs, nodes, outputs), stacks))
    sizes = {n: a.size for a, n in names.items()}
    used = set(graph.size_names())
    return (
        _sized(graph, {n: s for n, s in sizes.items() if n in used}),
        {n: s for n, s in sources.items() if n in used},
        functions,
    )


def _all(drafts: list[Draft]) -> list[Draft]:
    found = []
    for draft in drafts:
        found.append(draft)
        found += _all(draft.body or [])
    return found


_WORK = frozenset(["einsum", "linear", "conv", "block", "opaque"])


def _prune(t: Tracer, outputs: tuple[str, ...]) -> list[str]:
    """Leave out what nobody reads; contractions that were left out, with their places."""
    needed = set(outputs)
    kept = []
    for draft in reversed(t.drafts):
        made = {draft.out, *(name for name, _ in draft.extra)}
        if made & needed:
            needed.update(draft.args)
            kept.append(draft)
    left = [d for d in t.drafts if d.kind in _WORK and not any(d is k for k in kept)]
    t.drafts = kept[::-1]
    return [f"{d.name or d.kind} ({d.origin or 'torch'})" for d in left]


def _laid_out(t: Tracer, sym: Sym, laid: dict[str, Dim]) -> str:
    """The value whose axes are, one by one and in order, the dimensions of an output.

    ``laid`` are outputs that have their order already: what is given in two orders is two values.
    """
    for k in range(len(sym.dims)):
        if not t.atoms.resolved(sym.dims[k]):
            sym = grown(t, sym, k, t.atoms.new(1, "const"))
        else:
            sym = t.merged(sym, k)
    value = t.read(sym)
    order = t.flat(sym)
    if tuple(t.atoms.resolved(t.axes[value])) == order:
        laid[value] = order
        return value
    draft = next((d for d in t.drafts if d.out == value), None)
    free = draft is not None and draft.kind not in ("block", "opaque", "param", "const")
    if draft is not None and free and value not in laid:
        laid[value] = order
        draft.axes = order
        t.axes[value] = order
        return value
    return t.emit("permute", (value,), tuple((a,) for a in order)).value


def _told(t: Tracer, outputs: tuple[str, ...]) -> tuple[str, ...]:
    """Outputs by names that say so."""
    wanted = ["out"] if len(set(outputs)) == 1 else [f"out{k + 1}" for k in range(len(outputs))]
    made = {d.out for d in t.drafts if d.kind != "block"}
    new: dict[str, str] = {}
    for old, name in zip(outputs, wanted, strict=False):
        if old in made and old not in new and name not in t.axes:
            new[old] = name
            t.axes[name], t.dtypes[name] = t.axes[old], t.dtypes[old]
    for draft in t.drafts:
        draft.out = new.get(draft.out, draft.out)
        draft.args = tuple(new.get(n, n) for n in draft.args)
    return tuple(new.get(n, n) for n in outputs)


def _attr_atoms(draft: Draft) -> list[Atom]:
    found: list[Atom] = []

    def gather(value: Any) -> None:
        if isinstance(value, Atom):
            found.append(value)
        elif isinstance(value, tuple):
            for part in value:
                gather(part)

    for value in draft.attrs.values():
        gather(value)
    gather(draft.dtype)
    return found


class _Writer:
    """Drafts as nodes, atoms as names."""

    def __init__(self, t: Tracer, names: dict[Atom, str]) -> None:
        self.t, self.names = t, names
        self.seen: dict[str, str] = {}

    def axes(self, atoms: Dim) -> tuple[str, ...]:
        return tuple(self.names[a] for a in self.t.atoms.resolved(atoms))

    def value(self, name: str, atoms: Dim, dtype: Any) -> Value:
        if isinstance(dtype, Atom):
            dtype = self.axes((dtype,))[0]
        return Value(name, self.axes(atoms), "index" if dtype == "tokens" else str(dtype))

    def node(self, draft: Draft) -> Node:
        out = self.value(draft.out, draft.axes, draft.dtype)
        extra = tuple(self.value(n, atoms, "") for n, atoms in draft.extra)
        attrs = {k: self.attr(v) for k, v in draft.attrs.items()}
        for array, tie in TIES.items():
            path = draft.state.get(array, "")
            if path and self.seen.setdefault(path, draft.out) != draft.out:
                attrs[tie] = self.seen[path]
        body = None
        if draft.body is not None:
            inputs = tuple(self.value(n, atoms, "") for n, atoms in draft.body_inputs)
            nodes = tuple(self.node(d) for d in draft.body)
            body = Graph(draft.name, inputs, nodes, draft.body_outputs)
        return Node(
            draft.kind, draft.args, (out, *extra), attrs, draft.name, body,
            origin=draft.origin, state=draft.state,
        )  # fmt: skip

    def attr(self, value: Any) -> Any:
        if isinstance(value, Atom):
            return self.axes((value,))[0]
        if isinstance(value, tuple) and value and value[0] == "root":
            return Poly.product(self.axes(value[1])) ** Fraction(-1, 2)
        if isinstance(value, tuple) and value and value[0] == "each":
            return tuple(self.axes((a,))[0] for a in value[1])
        if isinstance(value, tuple) and value and all(isinstance(v, Atom) for v in value):
            return self.axes(value)
        if isinstance(value, tuple):
            return tuple(self.attr(v) for v in value)
        return value


def _sized(  # noqa: C901 - one case per kind of operation
    graph: Graph, numbers: dict[str, int]
) -> Circuit:
    """Sizes as they are in the example, tied where views, renames and windows tie them."""
    sizes = Sizes()
    for name, size in numbers.items():
        sizes.declared[name] = (Poly.of(size), Node("", (), ()).span)
    span = Node("", (), ()).span
    sizes.seen.update(a for v in graph.inputs for a in v.axes)
    for _, _, node in graph.walk():
        attrs = node.attrs
        if node.kind == "view":
            for ins, outs in attrs["arrows"]:
                pair = Poly.product(ins), Poly.product(outs)
                sizes.equations.append(Equation(*pair, span, "view"))
        elif node.kind == "rename":
            for a, b in zip(attrs["ins"], attrs["outs"], strict=True):
                sizes.equations.append(Equation(Poly.of(b), Poly.of(a), span, "rename"))
        elif node.kind == "concat":
            total = sum(map(Poly.of, attrs["ins"]), Poly({}))
            made = Poly.of(attrs["outs"][0])
            sizes.equations.append(Equation(made, total, span, "concat"))
        elif node.kind in ("conv", "pool"):
            rule = (attrs["kernel"], attrs["stride"], attrs["pad"], attrs["dilation"])
            for a, b in zip(attrs["ins"], attrs["outs"], strict=True):
                if a != b:
                    sizes.window(b, Window(a, *rule, attrs.get("fn") == "T"), span)
    known = sizes.solve()
    windows = {n: w for n, (w, _) in sizes.windows.items() if n not in known}
    declared = {n: v for n, (v, _) in sizes.declared.items() if n not in known and n not in windows}
    return Circuit(graph, declared, known, {}, (), windows)


def _weights(template: Graph, source: Graph, prefix: str) -> dict[str, str]:
    """The model's tensor for each parameter of the module that the diagram becomes."""
    found: dict[str, str] = {}
    for node, own, original in zip(template.nodes, owned(template), source.nodes, strict=True):
        for suffix, name in own.names.items():
            found[prefix + name] = original.state[suffix]
        if node.body is None or original.body is None:
            continue
        if "repeat" in node.attrs:
            for k, copy in enumerate(original.copies):
                found |= _weights(node.body, copy, f"{prefix}{own.block}.{k}.")
        else:
            found |= _weights(node.body, original.body, f"{prefix}{own.block}.")
    return found
