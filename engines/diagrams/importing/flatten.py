"""An exported program as one flat graph: regions laid flat, nothing written in place.

Regions without gradients (``torch.no_grad``) and without autocast become their insides; what leaves
a region without gradients is a stop of the gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import getitem
from typing import Any

import torch
from torch.fx import Graph, Node
from torch.fx.node import map_arg

from engines.diagrams.graph.errors import problem
from engines.diagrams.importing.places import place
from engines.diagrams.importing.writes import Writes, mutates

aten = torch.ops.aten
_CHECKS = ("_assert", "sym_", "_guards", "_log_api")
_RANDOM = frozenset(
    ["rand", "randn", "randint", "rand_like", "randn_like", "randint_like", "randperm", "bernoulli",
     "bernoulli_", "multinomial", "normal", "normal_", "uniform_", "exponential_", "poisson",
     "rrelu", "rrelu_with_noise", "geometric_", "log_normal_", "cauchy_"]
)  # fmt: skip
WORK = frozenset(
    ["linear", "matmul", "mm", "bmm", "addmm", "baddbmm", "einsum", "conv1d", "conv2d", "conv3d",
     "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "convolution", "lstm", "gru",
     "scaled_dot_product_attention"]
)  # fmt: skip
_DROPS = {"dropout": 2, "feature_dropout": 2, "alpha_dropout": 2, "native_dropout": 2}


@dataclass(frozen=True)
class Flat:
    """The flat graph, and where the model writes into what it was handed or holds."""

    graph: Graph
    written: dict[str, str]
    """Place of the first write by name of the placeholder, where the outputs depend on it."""
    unread: dict[str, str]
    """The same of placeholders on which no output depends."""
    idle: tuple[str, ...]
    """Contractions whose results nobody reads."""

    def notes(self, held: dict[str, str]) -> list[str]:
        """What to tell of writes; ``held`` are the paths of the model's own tensors.

        Raises:
            DiagramError: an output depends on a tensor of the model that is written into.
        """
        told = [f"the model computes what nobody reads: {call}" for call in self.idle]
        for name, where in self.written.items():
            if name in held:
                text = f"the model writes into its own tensor {held[name]} {where}"
                hint = "hand it in as an input and give the new one as an output"
                raise problem("state", text, hint)
            told.append(f"the model writes into its input {name} {where}; the diagram does not")
        for name, where in self.unread.items():
            what = f"its own tensor {held[name]}" if name in held else f"its input {name}"
            told.append(f"the model writes into {what} {where}, which no output depends on")
        return told


def flattened(program: Any) -> Flat:
    """The program's graph, flat and free of writes.

    Raises:
        DiagramError: autocast, a branch on tensors, a random number or a write no diagram shows.
    """
    graph = Graph()
    run = _Run(graph, _has_writes(program.graph_module))
    graph.output(run.level(program.graph_module, {}, grad=True))
    worked = [
        n for n in graph.nodes if _name(n).partition("_")[0] in WORK or "dot_product" in n.name
    ]
    graph.eliminate_dead_code()
    left = set(graph.nodes)
    used = {n.name: bool(n.users) for n in graph.nodes if n.op == "placeholder"}
    places = {node.name: where for node, where in run.writes.written.items()}
    return Flat(
        graph,
        {name: where for name, where in places.items() if used[name]},
        {name: where for name, where in places.items() if not used[name]},
        tuple(f"{_name(n)} {place(n)}" for n in worked if n not in left),
    )


def _has_writes(module: Any) -> bool:
    inner = any(_has_writes(m) for m in module.children() if hasattr(m, "graph"))
    return inner or any(mutates(n) for n in module.graph.nodes if n.op == "call_function")


class _Run:
    """One graph being written anew."""

    def __init__(self, graph: Graph, tracked: bool) -> None:
        self.graph, self.tracked = graph, tracked
        self.writes = Writes(graph)

    def level(self, module: Any, env: dict[Node, Any], *, grad: bool) -> Any:
        """Copy one graph; ``env`` says what its inputs are. Gives its outputs."""
        made: set[Node] = set()
        for node in module.graph.nodes:
            if node.op == "output":
                found = map_arg(node.args[0], lambda n: self._now(env[n]))
                return found if grad else map_arg(found, lambda n: self._stopped(n, made))
            if node in env:
                continue
            if node.op == "get_attr":
                env[node] = getattr(module, node.target)
            elif node.op == "placeholder":
                env[node] = self._copied(node, env)
            elif not any(word in str(node.target) for word in _CHECKS):
                env[node] = self._called(node, env, grad)
                if isinstance(env[node], Node):
                    made.add(env[node])
        return ()

    def _now(self, value: Any) -> Any:
        return self.writes.current(value) if isinstance(value, Node) else value

    def _stopped(self, node: Node, made: set[Node]) -> Node:
        """What a region without gradients made itself has none outside."""
        value = node.meta.get("val")
        own = node in made and isinstance(value, torch.Tensor) and value.is_floating_point()
        if not own:
            return node
        stop = self.writes.add(aten.detach.default, (node,), {}, node)
        if self.tracked:
            self.writes.seen(stop)
        return stop

    def _copied(self, node: Node, env: dict[Node, Any]) -> Node:
        found = self.graph.node_copy(node, lambda n: self._now(env[n]))
        if self.tracked and isinstance(found.meta.get("val"), torch.Tensor):
            self.writes.seen(found)
        return found

    def _called(self, node: Node, env: dict[Node, Any], grad: bool) -> Any:
        target = str(node.target)
        if target.startswith("wrap_with_set_grad_enabled"):
            enabled, module, *args = node.args
            return self._region(env, module, args, grad=bool(enabled))
        if target.startswith("wrap_with_autocast"):
            device, dtype, enabled, _cache, module, *args = node.args
            if enabled:
                text = f"the model computes under autocast on {device} in {dtype} {_at(node, env)}"
                raise problem(
                    "autocast", text, "cast by .to(...) where it matters, or import it outside"
                )
            return self._region(env, module, args, grad=grad)
        if node.target is getitem:
            return self._item(node, env)
        self._refused(node)
        if not self.tracked:
            return self._copied(node, env)
        if mutates(node):
            rest, kwargs = map_arg((node.args[1:], node.kwargs), lambda n: self._now(env[n]))
            into = env[_first(node)]
            return self.writes.write(node, into, rest, kwargs, place(node), grad=grad)
        return self._copied(node, env)

    def _region(self, env: dict[Node, Any], module: Any, args: Any, *, grad: bool) -> Any:
        inner = env[module]
        inputs = [n for n in inner.graph.nodes if n.op == "placeholder"]
        given = [env[a] if isinstance(a, Node) else a for a in args]
        return self.level(inner, dict(zip(inputs, given, strict=True)), grad=grad)

    def _item(self, node: Node, env: dict[Node, Any]) -> Any:
        """A part of several; parts of a region are known, parts of a tensor are views of it."""
        k: Any = node.args[1]
        found = env[_first(node)]
        if isinstance(found, tuple | list):
            return found[k]
        part = _part_as_view(found, int(k)) if self.tracked else None
        if part is None:
            return self._copied(node, env)
        made = self.writes.add(*part, {}, node)
        self.writes.seen(made)
        return made

    def _refused(self, node: Node) -> None:
        name = _name(node)
        if _sized_by_values(node.meta.get("val")) or name == "item":
            text = f"the size of what {name} gives depends on values {place(node)}"
            if name == "item":
                text = f"the model reads one number of a tensor {place(node)}"
            hint = "keep sizes fixed: torch.where, a mask that multiplies, or topk with a fixed k"
            raise problem("data-dependent", text, hint)
        flag = _DROPS.get(name)
        drops = flag is not None and len(node.args) > flag and node.args[flag] and node.args[1]
        drops = drops or (name == "scaled_dot_product_attention" and any(node.args[4:5]))
        if name in _RANDOM or drops:
            text = f"the model draws random numbers by {name} {place(node)}"
            raise problem("random", text, "hand it the random numbers as an input")
        if name in ("div", "divide", "true_divide") and node.args[1] == 0:
            text = f"the model divides by zero {place(node)}"
            raise problem("division", text, "divide by something else, or write torch.inf")
        if isinstance(node.target, torch._ops.HigherOrderOperator):
            text = f"the model runs another graph by {name} {place(node)}"
            raise problem("control-flow", text, "write the branch you mean, or torch.where")


def _sized_by_values(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_sized_by_values(v) for v in value)
    sized = isinstance(value, torch.Tensor)
    return sized and any(not isinstance(n, int) for n in value.shape)


def _name(node: Node) -> str:
    return str(node.target).removeprefix("aten.").split(".", maxsplit=1)[0]


def _first(node: Node) -> Node:
    """The first argument of a call, which is a tensor."""
    assert isinstance(node.args[0], Node)
    return node.args[0]


def _part_as_view(node: Node, k: int) -> tuple[Any, tuple[Any, ...]] | None:
    """Part k of a tensor in parts, as a view of that tensor."""
    name = _name(node)
    if name not in ("split", "split_with_sizes", "chunk", "unbind", "tensor_split"):
        return None
    place_of_dim = 1 if name == "unbind" else 2
    dim = node.args[place_of_dim] if len(node.args) > place_of_dim else 0
    if name == "unbind":
        return aten.select.int, (node.args[0], dim, k)
    sizes = [part.shape[dim] for part in node.meta["val"]]
    first = sum(sizes[:k])
    return aten.slice.Tensor, (node.args[0], dim, first, first + sizes[k])


def _at(node: Node, env: dict[Node, Any]) -> str:
    """Where a region lies: where its first call does."""
    inner = next(
        (env[a] for a in node.args if isinstance(a, Node) and hasattr(env[a], "graph")), None
    )
    calls = [n for n in inner.graph.nodes if n.op == "call_function"] if inner is not None else []
    return place(calls[0] if calls else node)
