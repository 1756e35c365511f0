"""Runs `torch.export` and walks its graph; refusals become sentences that name the model's line."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import getitem
from typing import Any

import torch
from torch import nn
from torch.fx.node import map_arg

from engines.diagrams.graph.errors import DiagramError, problem
from engines.diagrams.importing.calls import layers, parts, recurrent, reductions, shapes
from engines.diagrams.importing.calls import maps as calls
from engines.diagrams.importing.calls.elementwise import CALLS, UncoveredError
from engines.diagrams.importing.flatten import WORK, flattened
from engines.diagrams.importing.tracing.atoms import Atom, Dim
from engines.diagrams.importing.tracing.tracer import Sym, Tracer

# Importing them registers their calls.
_HANDLERS = (calls, layers, parts, recurrent, reductions, shapes)


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


@contextlib.contextmanager
def _quiet_eval(module: nn.Module) -> Iterator[None]:
    """As it predicts, not as it trains, and without torch's pages of advice."""
    training = {name: m.training for name, m in module.named_modules()}
    logger = logging.getLogger("torch")
    level = logger.level
    module.eval()
    logger.setLevel(logging.CRITICAL)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logger.setLevel(level)
        for name, inner in module.named_modules():
            inner.training = training[name]


def exported(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The program of a module; DiagramError with a mend when torch refuses."""
    try:
        with _quiet_eval(module):
            return torch.export.export(module, args, kwargs, strict=False)
    except DiagramError:
        raise
    except Exception as error:
        raise _refusal(error) from error


_REFUSALS = (
    (r"data-dependent|GuardOnDataDependent", "data-dependent",
     "the model decides by the values of a tensor, which a diagram cannot follow",
     "use torch.where or torch.cond, or import the branch you mean"),
    (r"\.numpy\(\)", "numpy", "the model leaves torch by .numpy()",
     "keep the computation in torch tensors"),
    (r"must have same reduction dim|mat1 and mat2|size of tensor|expected input|shape '"
     r"|Expected size"
     r"|normalized_shape", "shape",
     "the example inputs do not fit the model", "check the shapes of the example inputs"),
    (r"positional argument|keyword argument|takes .* argument", "arguments",
     "the number of example inputs does not fit the model's forward",
     "give one example input per argument of forward, as a tuple"),
)  # fmt: skip


def _refusal(error: Exception) -> DiagramError:
    text = str(error)
    place = re.findall(r'File "([^"]+)", line (\d+)', text)
    own = [(f, n) for f, n in place if "/torch/" not in f and "site-packages" not in f]
    where = f" (at {own[-1][0].rsplit('/', 1)[-1]}:{own[-1][1]})" if own else ""
    first = next((line.strip() for line in text.split("\n") if line.strip()), type(error).__name__)
    for pattern, code, message, hint in _REFUSALS:
        if re.search(pattern, text):
            return problem(code, f"{message}{where}; torch says: {first[:200]}", hint)
    hint = "the model must pass torch.export.export(module, args, strict=False)"
    return problem("export", f"torch cannot export this model{where}: {first[:300]}", hint)


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
            const = tensors.get(path) if node.name in held else None
            found.read.update([path] if node.users else [])
            env[node.name] = _placeholder(node, path, const, found, hints)
        elif node.op == "call_function":
            _call(node, env, found)
        elif node.op == "output":
            flat = _outputs(node.args[0])
            n_user = len(program.graph_signature.user_outputs)
            found.outputs = [_as_sym(env[n.name]) for n in flat[len(flat) - n_user :]]
        if tell is not None and k % 50 == 0:
            tell(k, len(nodes))
    return found


def _outputs(args: Any) -> list[Any]:
    flat = []
    for item in args if isinstance(args, list | tuple) else (args,):
        flat += _outputs(item) if isinstance(item, list | tuple) else [item]
    return [item for item in flat if isinstance(item, torch.fx.Node)]


def _as_sym(value: Any) -> Sym:
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
        return Sym("", dims, "bool" if value.dtype == torch.bool else "", path, const)
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
    tracer.origin = _origin(node)
    syms = [a for a in _flat((args, named)) if isinstance(a, Sym)]
    if all(s.const is not None for s in syms) and (syms or _makes_constant(target)):
        constant = _constant(node, args, named, tracer)
        if constant is not None:
            folded = [f"{target} of constants"] if target.partition(".")[0] in WORK else []
            found.idle = (*found.idle, *folded)
            env[node.name] = constant
            return
    found.n_calls += 1
    handler = _handler(target)
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
        del tracer.drafts[before:]
        found.opaque.append(f"{target} ({tracer.origin or 'torch'})")
        env[node.name] = _opaque(node, target, args, named, tracer)


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


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [x for v in value for x in _flat(v)]
    if isinstance(value, dict):
        return [x for v in value.values() for x in _flat(v)]
    return [value]


def _makes_constant(target: str) -> bool:
    made = ("arange", "zeros", "ones", "full", "tril", "triu", "scalar_tensor", "eye", "linspace")
    return target.split(".", maxsplit=1)[0] in made


def _constant(node: Any, args: Any, named: Any, tracer: Tracer) -> Sym | None:
    """The result of a call on constants, computed here and now."""
    plain = _values((args, named))
    kwargs = {k: v for k, v in plain[1].items() if k not in ("device", "pin_memory", "layout")}
    try:
        value = node.target(*plain[0], **kwargs)
    except Exception:  # noqa: BLE001 - whatever it is, it is then no constant
        return None
    if not isinstance(value, torch.Tensor) or value.numel() > 2**24:
        return None
    dims = tuple((tracer.atoms.new(n, "const"),) if n != 1 else () for n in value.shape)
    return Sym("", dims, "bool" if value.dtype == torch.bool else "", "", value)


def _values(value: Any) -> Any:
    if isinstance(value, Sym):
        return value.const
    if isinstance(value, dict):
        return {k: _values(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return (
            type(value)(_values(v) for v in value)
            if isinstance(value, tuple)
            else [_values(v) for v in value]
        )
    return value


def _stack(node: Any) -> tuple[tuple[str, str], ...]:
    entries = list((node.meta.get("nn_module_stack") or {}).values())
    return tuple((str(path), str(cls).rsplit(".", 1)[-1]) for path, cls in entries if path)


def _origin(node: Any) -> str:
    found = re.findall(r'File "([^"]+)", line (\d+)', node.meta.get("stack_trace") or "")
    own = [p for p in found if "/torch/" not in p[0]]
    if not own and not found:
        return ""
    file, line = (own or found)[-1]
    return f"{file}:{line}"


# What no operation of ours covers --------------------------------------------------------------


def _opaque(node: Any, target: str, args: Any, named: Any, tracer: Tracer) -> Any:
    """The call as it is, on tensors laid out as torch wants them."""
    value = node.meta.get("val")
    parts = value if isinstance(value, list | tuple) else [value]
    syms = [a for a in _flat((args, named)) if isinstance(a, Sym)]
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
