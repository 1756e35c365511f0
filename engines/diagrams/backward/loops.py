"""How a block that repeats goes back: as a block that runs along its turns, the other way.

What every turn must keep has an axis of turns in front, and so have the parameters of blocks
that repeat with their own; a block along an axis has one set, whose gradients add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engines.diagrams.backward.walk import Pass
from engines.diagrams.graph.nodes import Axes, Graph, Node, Value
from engines.diagrams.graph.poly import Poly


@dataclass
class _Loop:
    """One block going back: what its turns are fed, keep, and give."""

    outer: Pass
    inner: Pass
    node: Node
    over: str
    """The axis of turns."""
    shared: bool
    """Whether all turns have one set of parameters."""
    fed: list[str] = field(default_factory=list)
    states: list[tuple[Value, Value]] = field(default_factory=list)
    """(what goes in, what comes out and goes in again) of every turn."""
    collected: list[tuple[Value, str]] = field(default_factory=list)
    slices: list[str] = field(default_factory=list)


def loop_back(b: Pass, node: Node, walk: Callable[[Pass, Graph], None]) -> None:
    """The gradients of everything that a repeated block takes and holds."""
    assert node.body is not None
    if all(b.total(value.name) is None for value in node.outs):
        return
    shared = bool(node.attrs.get("over"))
    over = node.attrs["over"] if shared else _turns(b, node)
    inner = b.inside(node.body.values(), over)
    loop = _Loop(b, inner, node, over, shared)
    _feed(loop)
    walk(inner, node.body)
    _states(loop)
    grads = _captured(loop)
    params = {name: _gathered(loop, name, grad) for name, grad in inner.params.items()}
    b.nodes.append(_block(loop))
    for name, made in grads:
        b.give(name, b.fitted(made, b.values[name].axes))
    for name, made in params.items():
        b.learned(name, made)


def _turns(b: Pass, node: Node) -> str:
    """The axis of turns: the name of their number, or a new one."""
    count = Poly.of(node.attrs["repeat"])
    name = count.names[0] if len(count.names) == 1 else ""
    used = {axis for value in b.values.values() for axis in value.axes}
    if name and count == Poly.of(name) and name not in (*used, *b.turning):
        return name
    name = b.name(f"{node.name}_turn")
    b.extra[name] = count
    return name


def _feed(loop: _Loop) -> None:
    """The gradients of what the block gave, as what its turns are fed."""
    b, inner, node = loop.outer, loop.inner, loop.node
    assert node.body is not None
    n = node.attrs["carried"]
    for k, (value, made) in enumerate(zip(node.outs, node.body.outputs, strict=True)):
        grad = b.total(value.name)
        if k < n:
            grad = grad or b.emit("const", (), value.axes, fn="zeros")
            grad = b.fitted(grad, value.axes)
            if grad in loop.fed:
                grad = b.emit("permute", (grad,), value.axes)
            loop.fed.append(grad)
            inner.axes[grad] = value.axes
        elif grad is None:
            continue
        else:
            inner.axes[grad] = tuple(a for a in b.axes[grad] if a != loop.over)
            loop.slices.append(grad)
        inner.give(made, grad)


def _states(loop: _Loop) -> None:
    """What every turn hands to the one before it."""
    inner, node = loop.inner, loop.node
    assert node.body is not None
    n = node.attrs["carried"]
    for fed, state, name in zip(loop.fed, node.body.inputs[:n], node.args[:n], strict=True):
        grad = inner.total(state.name) or inner.emit("const", (), state.axes, fn="zeros")
        made = _fresh(loop, inner.fitted(grad, state.axes), f"d{state.name}")
        loop.states.append((Value(fed, state.axes), Value(made, state.axes)))
        loop.outer.axes[made] = state.axes
        loop.outer.give(name, made)


def _fresh(loop: _Loop, name: str, called: str) -> str:
    """Under a name of its own, where it is only handed on."""
    own = {value.name for node in loop.inner.nodes for value in node.outs}
    given = {made.name for _, made in loop.states} | {inside for _, inside in loop.collected}
    if name in own and name not in given:
        return name
    return loop.inner.emit("permute", (name,), loop.inner.axes[name], called)


def _captured(loop: _Loop) -> list[tuple[str, str]]:
    """Gradients of what the block takes from outside: (its name, its gradient there)."""
    b, node = loop.outer, loop.node
    assert node.body is not None
    found = []
    for value in {v.name: v for v in node.body.inputs[node.attrs["carried"] :]}.values():
        grad = None if value.dtype else loop.inner.total(value.name)
        if grad is None:
            continue
        sliced = loop.shared and loop.over in b.values[value.name].axes
        found.append(
            (
                value.name,
                _stacked(loop, grad, f"d{value.name}")
                if sliced
                else _summed(loop, grad, f"d{value.name}"),
            )
        )
    return found


def _gathered(loop: _Loop, name: str, grad: str) -> str:
    return _summed(loop, grad, f"d{name}") if loop.shared else _stacked(loop, grad, f"d{name}")


def _stacked(loop: _Loop, grad: str, called: str) -> str:
    """The gradients of all turns side by side."""
    axes = (loop.over, *loop.inner.axes[grad])
    inside = _fresh(loop, grad, called)
    made = Value(loop.outer.name(called), axes)
    loop.collected.append((made, inside))
    loop.outer.axes[made.name] = axes
    return made.name


def _summed(loop: _Loop, grad: str, called: str) -> str:
    """The sum of the gradients of all turns."""
    axes = loop.inner.axes[grad]
    start = loop.outer.emit("const", (), axes, fn="zeros")
    made = loop.inner.emit("combine", (start, grad), axes, called, fn="add")
    loop.states.append((Value(start, axes), Value(made, axes)))
    loop.outer.axes[made] = axes
    return made


def _block(loop: _Loop) -> Node:
    """The whole as one block that runs through the turns the other way."""
    b, inner = loop.outer, loop.inner
    fed = tuple(value for value, _ in loop.states)
    known = dict(inner.used) | {n: Value(n, inner.axes[n]) for n in loop.slices}
    made = tuple(value for _, value in loop.states)
    results = (*(v.name for v in made), *(inside for _, inside in loop.collected))
    nodes = needed(inner.nodes, results)
    order = captures(nodes, {v.name for v in fed})
    rest = [known[name] for name in order if name in known]
    read = {value.name for value in rest}
    used = {name: value for name, value in inner.used.items() if name in read}
    outside = {name: value for name, value in used.items() if name not in b.axes}
    taken = set(loop.node.args[loop.node.attrs["carried"] :])
    for name, value in outside.items():
        if name in taken:
            b.read(name)
            continue
        own = loop.shared and name in inner.held
        axes: Axes = value.axes if own else (loop.over, *value.axes)
        b.used[name] = Value(name, axes, value.dtype)
        b.axes[name] = axes
        if name in inner.held:
            b.held.add(name)
    name = b.name(f"{loop.node.name}_back")
    body = Graph(name, (*fed, *rest), nodes, results)
    outs = (*made, *(value for value, _ in loop.collected))
    attrs = {"carried": len(fed), "over": loop.over}
    if not loop.node.attrs.get("back"):  # what ran from the last turn on goes back from the first
        attrs["back"] = True
    args = tuple(value.name for value in body.inputs)
    return Node("block", args, outs, attrs, name, body)


def needed(nodes: list[Node], results: Iterable[str]) -> tuple[Node, ...]:
    """Operations without which the results could not be."""
    wanted = set(results)
    found = []
    for node in reversed(nodes):
        if wanted.isdisjoint(value.name for value in node.outs):
            continue
        found.append(node)
        wanted.update(node.args)
    return tuple(found[::-1])


def captures(nodes: tuple[Node, ...], own: set[str]) -> tuple[str, ...]:
    """Names that operations take from outside, in reading order."""
    found: dict[str, None] = {}
    made = set(own)
    for node in nodes:
        read = node.args
        if node.body is not None:
            n = node.attrs.get("carried", 0)
            inner = {value.name for value in node.body.inputs[:n]}
            read = (*node.args[:n], *captures(node.body.nodes, inner))
        found.update(dict.fromkeys(name for name in read if name not in made))
        made.update(value.name for value in node.outs)
    return tuple(found)
