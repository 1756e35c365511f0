"""The backward pass of a diagram, as a diagram.

Its inputs are the cotangents of the outputs, the values the forward pass must keep (its tape) and
the parameters; its outputs are the gradients. Linear operations go back through their own wires
bent round, copies become sums, elementwise operations become products with their derivative, and
blocks that repeat run along their turns from the last to the first.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from engines.diagrams.backward.loops import captures, loop_back, needed
from engines.diagrams.backward.rules import RULES
from engines.diagrams.backward.rules_space import SPACE_RULES
from engines.diagrams.backward.walk import Pass, parameter_name
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import problem
from engines.diagrams.graph.inlining import inlined
from engines.diagrams.graph.nodes import Graph, Value
from engines.diagrams.graph.sharing import TIES, maker_of

__all__ = ["backward", "gradient_names", "inlined", "parameter_name"]


def backward(diagram: Circuit) -> Circuit:
    """The diagram that computes every gradient.

    Inputs, in order: cotangents named ``d<output>``, then tape and parameters by their names;
    those of a block that repeats have an axis of turns in front.
    Outputs: gradients of the real inputs, then of the parameters, as `gradient_names` lists them.

    Raises:
        DiagramError: an operation has no rule: opaque ones.
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
    gradient_of = (*(v.name for v in graph.inputs if not v.dtype), *back.params)
    outputs = _named(back, outputs, gradient_of)
    nodes = needed(back.nodes, outputs)
    read = {*captures(nodes, set()), *outputs}
    tape = tuple(value for name, value in back.used.items() if name in read)
    body = Graph(f"{graph.name}_backward", (*cotangents, *tape), nodes, tuple(outputs))
    derived = {**diagram.derived, **back.extra}
    counted = {name: size for name, size in back.extra.items() if not size.names}
    sizes = {**diagram.sizes, **counted}
    windows = {**diagram.windows, **back.windows}
    return Circuit(body, sizes, derived, {}, (), windows, tuple(value.name for value in tape))


def _named(back: Pass, outputs: list[str], names: tuple[str, ...]) -> list[str]:
    """Every gradient under the name of what it is the gradient of."""
    inner = {n for node in back.nodes if node.body is not None for n in node.args}
    inner |= {v.name for node in back.nodes if node.body is not None for v in node.outs}
    made = {value.name for node in back.nodes for value in node.outs}
    new: dict[str, str] = {}
    for output, name in zip(outputs, names, strict=True):
        free = output in made - inner and outputs.count(output) == 1
        if free and f"d{name}" not in (*made, *back.used, *new.values(), output):
            new[output] = f"d{name}"
    back.nodes[:] = [
        replace(
            node,
            args=tuple(new.get(a, a) for a in node.args),
            outs=tuple(replace(v, name=new.get(v.name, v.name)) for v in node.outs),
        )
        for node in back.nodes
    ]
    return [new.get(output, output) for output in outputs]


def _walked(diagram: Circuit) -> tuple[Graph, Pass, list[Value]]:
    """Every operation from last to first."""
    graph = inlined(diagram.graph)
    names = {value.name for _, level, _ in graph.walk() for value in level.values().values()}
    back = Pass(graph.values(), taken=names | set(graph.axes()))
    cotangents = []
    for name in dict.fromkeys(graph.outputs):
        value = Value(back.name(f"d{name}"), back.values[name].axes)
        back.axes[value.name] = value.axes
        back.give(name, value.name)
        cotangents.append(value)
    _walk(back, graph)
    _share(back, graph)
    return graph, back, cotangents


def _share(back: Pass, graph: Graph) -> None:
    """The gradients of an array that several operations have, as one."""
    makers = {node.out.name: node for node in graph.nodes if node.body is None}
    for node, array in product(makers.values(), TIES):
        first = makers.get(maker_of(node, array))
        name = parameter_name(node, array)
        if first is None or name not in back.params:
            continue
        grad, whole = back.params.pop(name), parameter_name(first, array)
        if whole in back.params:
            axes = back.axes[back.params[whole]]
            pairs = [(a, c) for a, c in zip(back.axes[grad], axes, strict=True) if a != c]
            if pairs:
                ins, outs = (tuple(part) for part in zip(*pairs, strict=True))
                grad = back.emit("rename", (grad,), axes, ins=ins, outs=outs)
        back.learned(whole, grad)


def _walk(back: Pass, graph: Graph) -> None:
    """Every operation of one level."""
    for node in reversed(graph.nodes):
        if node.body is not None:
            loop_back(back, node, _walk)
            continue
        grad = back.total(node.out.name)
        if grad is None:
            continue
        rule = RULES.get(node.kind) or SPACE_RULES.get(node.kind)
        if rule is None:
            what = f"{node.kind} {node.name or node.attrs.get('fn', '')}".strip()
            hint = "torch knows it: take the gradient of to_torch() with autograd"
            raise problem("backward", f"there is no rule for the gradient of {what}", hint)
        scale = node.attrs.get("scale")
        if scale is not None and node.kind not in ("einsum", "linear"):
            grad = back.emit("permute", (grad,), back.axes[grad], scale=scale)
        back.given = bool(node.attrs.get("fixed"))
        rule(back, node, grad)
        back.given = False


def gradient_names(diagram: Circuit) -> tuple[str, ...]:
    """What the outputs of `backward` are the gradients of: inputs, then parameters."""
    graph, back, _ = _walked(diagram)
    return (*(v.name for v in graph.inputs if not v.dtype), *back.params)
