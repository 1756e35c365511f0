"""What is saved under a name and loaded later has no wire: the graph as it is drawn.

That is also how the tape of a backward pass is drawn: each saved value where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engines.diagrams.graph.nodes import Graph, Node, Value

_NONE: frozenset[str] = frozenset()


def drawn(graph: Graph) -> Graph:
    """The graph without the values that are in memory; a graph that saves nothing is itself."""
    if not any(node.attrs.get("fn") == "save" for _, _, node in graph.walk()):
        return graph
    return _drawn(graph, _NONE)[0]


def _drawn(graph: Graph, known: frozenset[str]) -> tuple[Graph, frozenset[str]]:
    """A level without the values in memory, of which ``known`` come from outside; and those."""
    memory, nodes = set(known), []
    for node in graph.nodes:
        found, hidden = _node(node, memory)
        memory |= hidden
        nodes.append(found)
    inputs = tuple(value for value in graph.inputs if value.name not in memory)
    outputs = tuple(name for name in graph.outputs if name not in memory)
    return Graph(graph.name, inputs, tuple(nodes), outputs), frozenset(memory)


def _node(node: Node, memory: set[str]) -> tuple[Node, set[str]]:
    """An operation without wires from memory, and what it puts there."""
    needs = tuple(name for name in node.args if name in memory)
    args = tuple(name for name in node.args if name not in memory)
    if node.body is None:
        if node.kind == "permute" and node.attrs.get("fn") == "load":
            return replace(node, args=args).with_attrs(of=node.args[0], needs=needs), set()
        saves = node.kind == "permute" and node.attrs.get("fn") == "save"
        if not saves:
            return node, set()
        return node.with_attrs(of=node.out.name), {node.out.name}
    pairs = zip(node.body.inputs, node.args, strict=True)
    known = frozenset(value.name for value, name in pairs if name in memory)
    body, inside = _drawn(node.body, known)
    made = zip(node.outs, node.body.outputs, strict=True)
    called = {name: value.name for value, name in made if name in inside}
    hidden = set(called.values())
    body = replace(body, nodes=tuple(_called(inner, called) for inner in body.nodes))
    outs = tuple(value for value in node.outs if value.name not in hidden)
    found = replace(node, args=args, outs=outs, body=body)
    return found.with_attrs(needs=needs, hides=tuple(hidden)), hidden


def _called(node: Node, called: dict[str, str]) -> Node:
    """What every turn saves is known by the name under which it is collected."""
    of = node.attrs.get("of") if node.body is None else None
    return node.with_attrs(of=called[of]) if of in called else node


def from_tape(graph: Graph, tape: Mapping[str, str]) -> Graph:
    """The graph in which inputs are loaded where they are read, under the names ``tape`` gives."""
    types = {value.name: value for value in graph.inputs if value.name in tape}
    if not types:
        return graph
    nodes: list[Node] = []

    def loaded(name: str) -> str:
        """A value of the tape from here on."""
        slot = Value(f"{name} {len(nodes)}", types[name].axes, types[name].dtype)
        said = {"fn": "load", "of": tape[name], "slot": True}
        nodes.append(Node("permute", (), (slot,), said))
        return slot.name

    for node in graph.nodes:
        if node.body is None:
            nodes.append(
                replace(node, args=tuple(loaded(a) if a in types else a for a in node.args))
            )
        else:
            nodes.append(_fed(node, {a: tape[a] for a in node.args if a in types}))
    outputs = tuple(loaded(name) if name in types else name for name in graph.outputs)
    inputs = tuple(value for value in graph.inputs if value.name not in types)
    return Graph(graph.name, inputs, tuple(nodes), outputs)


def _fed(node: Node, tape: dict[str, str]) -> Node:
    """A block that reads the tape itself."""
    assert node.body is not None
    pairs = zip(node.body.inputs, node.args, strict=True)
    inner = {value.name: tape[name] for value, name in pairs if name in tape}
    args = tuple(name for name in node.args if name not in tape)
    return replace(node, args=args, body=from_tape(node.body, inner))
