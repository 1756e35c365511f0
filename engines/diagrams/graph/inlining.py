"""Blocks laid flat, and every name made unique, so that gradients can be told by name.

Blocks that repeat or run along an axis stay; what they take from outside has the name it has
there, what they make has their own name before it.
"""

from __future__ import annotations

from dataclasses import replace

from engines.diagrams.graph.contractions import contractions
from engines.diagrams.graph.nodes import Axes, Graph, Node, Value
from engines.diagrams.graph.sharing import TIES, maker_of


def inlined(graph: Graph) -> Graph:
    """The graph without plain blocks, every contraction of two arrays, every name unique."""
    names = {value.name: value.name for value in graph.inputs}
    flat = _Flat(set(names))
    flat.level(graph, names, "")
    outputs = tuple(names[name] for name in graph.outputs)
    return Graph(graph.name, graph.inputs, tuple(flat.nodes), outputs)


def is_loop(node: Node) -> bool:
    """Whether a block runs more than once."""
    return "repeat" in node.attrs or bool(node.attrs.get("over"))


class _Flat:
    """Collects the operations of one level, those of plain blocks among them."""

    def __init__(self, taken: set[str]) -> None:
        self.nodes: list[Node] = []
        self.taken = taken

    def free(self, name: str) -> str:
        found, k = name, 2
        while found in self.taken:
            found, k = f"{name}_{k}", k + 1
        self.taken.add(found)
        return found

    def level(self, graph: Graph, names: dict[str, str], prefix: str) -> None:
        """Add the operations of a graph; ``names`` says what its values are called here."""
        axes = {value.name: value.axes for value in graph.values().values()}
        for node in graph.nodes:
            if node.body is None:
                self._plain(node, names, prefix, [axes[name] for name in node.args])
            elif is_loop(node):
                self._loop(node, names, prefix)
            else:
                self._block(node, names, prefix)

    def _block(self, node: Node, names: dict[str, str], prefix: str) -> None:
        assert node.body is not None
        inputs = (v.name for v in node.body.inputs)
        inner = dict(zip(inputs, (names[name] for name in node.args), strict=True))
        self.level(node.body, inner, f"{prefix}{node.name}_")
        for value, made in zip(node.outs, node.body.outputs, strict=True):
            names[value.name] = inner[made]

    def _plain(self, node: Node, names: dict[str, str], prefix: str, axes: list[Axes]) -> None:
        label = prefix + (node.name or node.out.name)
        args = tuple(names[name] for name in node.args)
        if node.kind == "einsum" and len(args) > 2:
            args = self._in_pairs(node, args, axes, prefix)
        outs = tuple(self._made(value, names, prefix) for value in node.outs)
        ties = {TIES[a]: names[maker_of(node, a)] for a in TIES if maker_of(node, a)}
        node = node.with_attrs(**ties)
        self.nodes.append(replace(node, args=args, outs=outs, name=label if prefix else node.name))

    def _in_pairs(
        self, node: Node, args: tuple[str, ...], axes: list[Axes], prefix: str
    ) -> tuple[str, ...]:
        """All but the last product of an einsum, in the order in which it is computed."""
        left = args[0]
        for k, (every, _) in enumerate(contractions(node, axes)[:-1], start=1):
            later = {axis for other in axes[k + 1 :] for axis in other}
            kept = tuple(a for a in every if a in node.out.axes or a in later)
            made = Value(self.free(f"{prefix}{node.out.name}_{k}"), kept)
            self.nodes.append(Node("einsum", (left, args[k]), (made,)))
            left = made.name
        return left, args[-1]

    def _made(self, value: Value, names: dict[str, str], prefix: str) -> Value:
        names[value.name] = self.free(prefix + value.name)
        return Value(names[value.name], value.axes, value.dtype)

    def _loop(self, node: Node, names: dict[str, str], prefix: str) -> None:
        assert node.body is not None
        inner = _Flat(self.taken)
        own, label = {}, prefix + node.name
        carried = node.attrs["carried"]
        inputs = []
        for k, value in enumerate(node.body.inputs):
            outer = names[node.args[k]]
            own[value.name] = self.free(f"{label}_{value.name}") if k < carried else outer
            inputs.append(Value(own[value.name], value.axes, value.dtype))
        inner.level(node.body, own, f"{label}_")
        outputs = tuple(own[name] for name in node.body.outputs)
        body = Graph(node.body.name, tuple(inputs), tuple(inner.nodes), outputs)
        args = tuple(names[name] for name in node.args)
        outs = tuple(self._made(value, names, prefix) for value in node.outs)
        self.nodes.append(replace(node, args=args, outs=outs, name=label, body=body, copies=()))
