"""The backward pass of a diagram, as a diagram.

Its inputs are the cotangents of the outputs, the values the forward pass must keep (its tape) and
the parameters; its outputs are the gradients. Linear operations go back through their own wires
bent round, copies become sums, elementwise operations become products with their derivative.
"""

from __future__ import annotations

from engines.diagrams.backpass import Pass, parameter_name
from engines.diagrams.backrules import RULES
from engines.diagrams.errors import problem
from engines.diagrams.model import Diagram, Graph, Node, Value

__all__ = ["backward", "gradient_names", "inlined", "parameter_name"]


def inlined(graph: Graph) -> Graph:
    """The graph without blocks; repeated ones cannot be laid flat.

    Raises:
        DiagramError: a block repeats or runs along an axis.
    """
    nodes: list[Node] = []
    for node in graph.nodes:
        if node.body is None:
            nodes.append(node)
            continue
        if "repeat" in node.attrs or node.attrs.get("over"):
            text = f"{node.name} repeats; its backward pass needs a tape for every turn"
            raise problem("backward", text, "take the backward pass of the block itself")
        body = inlined(node.body)
        prefix = f"{node.name}_"
        names = dict(zip((v.name for v in body.inputs), node.args, strict=True))
        names |= dict(zip(body.outputs, (v.name for v in node.outs), strict=True))
        rename = {
            v.name: names.get(v.name, prefix + v.name) for n in body.nodes for v in n.outs
        } | {v.name: names[v.name] for v in body.inputs}
        for inner in body.nodes:
            outs = tuple(Value(rename[v.name], v.axes, v.dtype) for v in inner.outs)
            label = prefix + (inner.name or inner.out.name)
            nodes.append(
                Node(inner.kind, tuple(rename[a] for a in inner.args), outs, inner.attrs, label)
            )
    return Graph(graph.name, graph.inputs, tuple(nodes), graph.outputs)


def backward(diagram: Diagram) -> Diagram:
    """The diagram that computes every gradient.

    Inputs, in order: cotangents named ``d<output>``, then tape and parameters by their names.
    Outputs: gradients of the real inputs, then of the parameters, as `gradient_names` lists them.

    Raises:
        DiagramError: an operation has no rule (opaque ones, functions not known) or repeats.
    """
    graph, back, cotangents = _walked(diagram)
    outputs = []
    for value in graph.inputs:
        if value.dtype:
            continue
        grad = back.total(value.name)
        if grad is None:
            grad = back.emit("const", (), value.axes, fn="zeros")
        outputs.append(back.fitted(grad, value.axes))
    outputs += back.params.values()
    inputs = (*cotangents, *back.used.values())
    body = Graph(f"{graph.name}_backward", inputs, tuple(back.nodes), tuple(outputs))
    derived = {**diagram.derived, **back.extra}
    return Diagram(body, diagram.sizes, derived, {}, (), diagram.windows)


def _walked(diagram: Diagram) -> tuple[Graph, Pass, list[Value]]:
    """Every operation from last to first."""
    graph = inlined(diagram.graph)
    back = Pass(graph.values())
    back.taken |= set(back.values)
    cotangents = []
    for name in dict.fromkeys(graph.outputs):
        value = Value(back.name(f"d{name}"), back.values[name].axes)
        back.axes[value.name] = value.axes
        back.give(name, value.name)
        cotangents.append(value)
    for node in reversed(graph.nodes):
        grad = back.total(node.out.name)
        if grad is None:
            continue
        rule = RULES.get(node.kind)
        if rule is None:
            text = f"{node.kind} {node.name or node.attrs.get('fn', '')}".strip()
            raise problem("backward", f"there is no rule for the gradient of {text}")
        scale = node.attrs.get("scale")
        if scale is not None and node.kind not in ("einsum", "linear"):
            grad = back.emit("permute", (grad,), back.axes[grad], scale=scale)
        rule(back, node, grad)
    return graph, back, cotangents


def gradient_names(diagram: Diagram) -> tuple[str, ...]:
    """What the outputs of `backward` are the gradients of: inputs, then parameters."""
    graph, back, _ = _walked(diagram)
    return (*(v.name for v in graph.inputs if not v.dtype), *back.params)
