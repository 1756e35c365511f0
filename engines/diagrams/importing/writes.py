"""Writes in place as what they compute: who is written into is another tensor from then on.

Every tensor is a way (a chain of views) into one that owns its numbers. A write makes a new owner
by going the way back; whoever looks at the old one looks at the new one when it is read next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.fx import Graph, Node
from torch.fx.node import map_arg

from engines.diagrams.graph.errors import problem

aten = torch.ops.aten
_SAME_ORDER = frozenset(
    ["view", "reshape", "_unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze",
     "contiguous", "alias", "to"]
)  # fmt: skip
_TURNED = frozenset(["transpose", "swapaxes", "t", "mT", "numpy_T"])
_PARTS = ["real", "imag", "view_as_real", "view_as_complex", "_conj", "conj"]
"""Views of complex numbers."""
_OTHERS = ["permute", "select", "slice", "expand", "detach", "diagonal", "as_strided", "unfold"]
_VIEWS = frozenset([*_SAME_ORDER, *_TURNED, *_PARTS, *_OTHERS])


@dataclass(eq=False)
class Owner:
    """A tensor that owns its numbers: what it is now, and how often it was written into."""

    first: Node
    node: Node
    version: int = 0


@dataclass(eq=False)
class Way:
    """How a tensor is seen in its owner."""

    owner: Owner
    node: Node
    steps: tuple[Node, ...] = ()
    version: int = 0


@dataclass
class Writes:
    """The ways of one graph that is being written anew, by node of that graph."""

    graph: Graph
    ways: dict[Node, Way] = field(default_factory=dict)
    written: dict[Node, str] = field(default_factory=dict)
    """Inputs and tensors of the model that are written into, and where."""

    def current(self, node: Node) -> Node:
        """What a tensor is now, after all writes."""
        way = self.ways.get(node)
        if way is None or way.version == way.owner.version:
            return way.node if way is not None else node
        way.node = self._walk(way)[-1]
        way.version = way.owner.version
        self.ways.setdefault(way.node, way)
        return way.node

    def _walk(self, way: Way) -> list[Node]:
        found = [way.owner.node]
        for step in way.steps:
            found.append(self.add(step.target, (found[-1], *step.args[1:]), step.kwargs, step))
        return found

    def add(self, target: Any, args: Any, kwargs: Any, like: Node) -> Node:
        """A further call, told to lie where another one does."""
        node = self.graph.call_function(target, tuple(args), dict(kwargs))
        node.meta = {k: v for k, v in like.meta.items() if k in ("stack_trace", "nn_module_stack")}
        values = map_arg((node.args, node.kwargs), lambda n: n.meta["val"])
        node.meta["val"] = target(*values[0], **values[1])
        return node

    def seen(self, node: Node) -> None:
        """Remember whose numbers a new tensor shows."""
        source = node.args[0] if node.args else None
        if not isinstance(source, Node) or not _shows(node, source):
            self.ways[node] = Way(Owner(node, node), node)
            return
        way = self.ways.setdefault(source, Way(Owner(source, source), source))
        self.ways[node] = Way(way.owner, node, (*way.steps, node), way.owner.version)

    def write(
        self, node: Node, target: Node, rest: Any, kwargs: Any, place: str, *, grad: bool
    ) -> Node:
        """The call ``node`` that writes into ``target``, as one that does not.

        The node that stands for what was written into is given back.

        Raises:
            DiagramError: it writes where a diagram cannot follow; with the place and a mend.
        """
        way = self.ways[target]
        if not grad or any(_name(step) == "detach" for step in way.steps):
            text = f"the model writes into a tensor past its gradient {place}"
            raise problem("write", text, "write into a clone, where gradients see it")
        value = self._value(node, self.current(target), rest, kwargs, place)
        seen = self._walk(way)
        for before, step in zip(reversed(seen[:-1]), reversed(way.steps), strict=True):
            value = self._back(step, before, value, place)
        if way.owner.first.op == "placeholder":
            self.written.setdefault(way.owner.first, place)
        way.owner.node, way.owner.version = value, way.owner.version + 1
        return target

    def _value(self, node: Node, target: Node, rest: Any, kwargs: Any, place: str) -> Node:
        """What is written, as large and as precise as what it is written into."""
        name, held = _name(node), target.meta["val"]
        if name == "zero_":
            return self.add(aten.zeros_like.default, (target,), {}, node)
        if name in ("copy_", "fill_"):
            if not isinstance(rest[0], Node):
                made = {"dtype": held.dtype, "device": held.device}
                return self.add(aten.full.default, (list(held.shape), rest[0]), made, node)
            value = self._typed(rest[0], held.dtype, node)
            return self.add(aten.expand.default, (value, list(held.shape)), {}, node)
        overload = str(node.target).rpartition(".")[2]
        functional = getattr(getattr(aten, name[:-1], None), overload, None)
        if not name.endswith("_") or functional is None:
            text = f"the model writes in place by {name} {place}"
            raise problem("write", text, "compute a new tensor instead")
        return self._typed(self.add(functional, (target, *rest), kwargs, node), held.dtype, node)

    def _typed(self, value: Node, dtype: torch.dtype, like: Node) -> Node:
        same = value.meta["val"].dtype == dtype
        return value if same else self.add(aten.to.dtype, (value, dtype), {}, like)

    def _back(self, step: Node, before: Node, value: Node, place: str) -> Node:
        """The tensor a view was taken of, when the view is ``value`` now."""
        args: Any = step.args[1:]
        name = _name(step)
        same = before.meta["val"].dtype == value.meta["val"].dtype
        if name in _SAME_ORDER and same:
            return self.add(aten.reshape.default, (value, list(before.meta["val"].shape)), {}, step)
        if name in _PARTS:
            return self._whole(name, before, value, step)
        if name in _TURNED:
            return self.add(step.target, (value, *args), {}, step)
        if name == "permute":
            rank = len(args[0])
            back = sorted(range(rank), key=lambda k: args[0][k] % rank)
            return self.add(aten.permute.default, (value, back), {}, step)
        scatters = {
            "select": aten.select_scatter.default,
            "slice": aten.slice_scatter.default,
            "diagonal": aten.diagonal_scatter.default,
        }
        if name in scatters:
            return self.add(scatters[name], (before, value, *args), step.kwargs, step)
        text = f"the model writes through {name} {place}"
        raise problem("write", text, "write into a slice, or compute a new tensor")

    def _whole(self, name: str, before: Node, value: Node, like: Node) -> Node:
        """A tensor of complex numbers from a part of it that was written, or its parts from it."""
        if not before.meta["val"].is_complex():
            made = aten.view_as_real.default if name == "view_as_complex" else aten.alias.default
            return self.add(made, (value,), {}, like)
        if name in ("_conj", "conj"):
            return self.add(aten._conj.default, (value,), {}, like)
        if name == "view_as_real":
            parts = [self.add(aten.select.int, (value, -1, k), {}, like) for k in (0, 1)]
        else:
            real = self.add(aten.real.default, (before,), {}, like)
            imag = self.add(aten.imag.default, (before,), {}, like)
            parts = [value, imag] if name == "real" else [real, value]
        return self.add(aten.complex.default, tuple(parts), {}, like)


def _name(node: Node) -> str:
    return str(node.target).removeprefix("aten.").split(".", maxsplit=1)[0]


def mutates(node: Node) -> bool:
    """Whether a call writes into its first argument."""
    schema = getattr(node.target, "_schema", None)
    return bool(schema is not None and schema.is_mutable and node.args)


def _shows(node: Node, source: Node) -> bool:
    """Whether a call gives back the numbers it was handed, tried without numbers."""
    held = source.meta.get("val")
    if _name(node) not in _VIEWS or not isinstance(held, torch.Tensor):
        return False
    if _name(node) == "to":
        made = node.meta["val"]
        return made.dtype == held.dtype and made.device == held.device
    like = torch.empty_strided(held.shape, held.stride(), dtype=held.dtype, device="meta")
    run: Callable[..., Any] = node.target  # type: ignore[assignment]
    found = run(like, *node.args[1:], **node.kwargs)
    return found is like or bool(getattr(torch._C, "_is_alias_of")(found, like))  # noqa: B009
