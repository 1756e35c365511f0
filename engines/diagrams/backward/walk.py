"""What is known while going back through a diagram, and the few words its rules are written in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from engines.diagrams.graph.circuit import Window
from engines.diagrams.graph.nodes import Axes, Node, Value
from engines.diagrams.graph.poly import Poly


@dataclass
class Pass:
    """What is known while going back."""

    values: dict[str, Value]
    nodes: list[Node] = field(default_factory=list)
    grads: dict[str, list[str]] = field(default_factory=dict)
    axes: dict[str, Axes] = field(default_factory=dict)
    used: dict[str, Value] = field(default_factory=dict)
    """Tape and parameters that were read."""
    params: dict[str, str] = field(default_factory=dict)
    """Gradient of each parameter, by its name."""
    extra: dict[str, Poly] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    windows: dict[str, Window] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    """Those of ``used`` that the module holds: parameters and buffers."""
    whole: dict[Axes, str] = field(default_factory=dict)
    """The axis that was parted into these."""
    given: bool = False
    """The operation that is gone back through learns nothing: its arrays are buffers."""
    turning: tuple[str, ...] = ()
    """Axes along which the blocks around run."""

    def inside(self, values: dict[str, Value], over: str) -> Pass:
        """What is known inside a block that runs along an axis."""
        shared = (self.taken, self.windows)
        return Pass(values, extra=self.extra, taken=shared[0], windows=shared[1],
                    turning=(*self.turning, over))  # fmt: skip

    def read(self, name: str) -> str:
        """A value of the forward pass."""
        if name not in self.axes:
            self.used[name] = self.values[name]
            self.axes[name] = self.values[name].axes
        return name

    def param(self, name: str, axes: Axes) -> str:
        """A parameter or buffer as a value."""
        self.used[name] = Value(name, axes)
        self.held.add(name)
        self.axes[name] = axes
        return name

    def learned(self, name: str, grad: str) -> None:
        """The gradient of a parameter; one that several operations share adds up."""
        if self.given:
            return
        if name in self.params:
            axes = self.axes[grad]
            grad = self.emit("combine", (self.params[name], grad), axes, f"d{name}", fn="add")
        self.params[name] = grad

    def name(self, base: str) -> str:
        """A name that is free."""
        found, k = base, 2
        while found in self.taken or found in self.values:
            found, k = f"{base}{k}", k + 1
        self.taken.add(found)
        return found

    def emit(
        self, kind: str, args: tuple[str, ...], shape: Axes, called: str = "t", **attrs: Any
    ) -> str:
        """A further operation of the backward pass; its result has the axes of ``shape``."""
        out = self.name(called)
        if attrs.get("scale", 0) is None:
            del attrs["scale"]
        self.nodes.append(Node(kind, args, (Value(out, shape),), attrs))
        self.axes[out] = shape
        return out

    def parted(self, axis: str, groups: int, group: str = "") -> Axes:
        """An axis as (group, place within it); the group may be one that is there already."""
        if not group:
            group = self.name(f"g_{axis}")
            self.extra[group] = Poly.of(groups)
        inner = self.name(f"{axis}_g")
        self.extra[inner] = Poly.of(axis) / groups
        self.whole[group, inner] = axis
        return group, inner

    def emit_node(self, node: Node, shape: Axes) -> str:
        """A further operation that has a label of its own."""
        out = self.name("t")
        self.nodes.append(replace(node, outs=(Value(out, shape),)))
        self.axes[out] = shape
        return out

    def contracted(
        self, parts: tuple[str, ...], shape: Axes, called: str, scale: Any = None
    ) -> str:
        """A product of arrays summed over every axis that the result lacks."""
        every = {a for part in parts for a in self.axes[part]}
        outer = {"outer": True} if len(parts) > 1 and every == set(shape) else {}
        return self.emit("einsum", parts, shape, called, scale=scale, **outer)

    def give(self, name: str, grad: str) -> None:
        """One more contribution to the gradient of a value."""
        self.grads.setdefault(name, []).append(grad)

    def total(self, name: str) -> str | None:
        """The gradient of a value: the sum over everybody who read it."""
        parts = self.grads.get(name)
        if not parts:
            return None
        if len(parts) == 1:
            return parts[0]
        axes = self.values[name].axes
        total = self.emit("combine", tuple(parts), axes, f"d{name}", fn="add")
        self.grads[name] = [total]
        return total

    def fitted(self, grad: str, axes: Axes) -> str:
        """Summed over every axis that these lack, in their order."""
        over = tuple(a for a in self.axes[grad] if a not in axes)
        if over:
            rest = tuple(a for a in axes if a in self.axes[grad])
            grad = self.emit("reduce", (grad,), rest, fn="sum", axes=over)
        if self.axes[grad] != axes:
            grad = self.emit("permute", (grad,), axes)
        return grad

    def times(self, *parts: str) -> str:
        """A product number by number, broadcast by name."""
        axes = tuple(dict.fromkeys(a for p in parts for a in self.axes[p]))
        return self.emit("combine", parts, axes, fn="mul")

    def minus(self, a: str, b: str) -> str:
        """A difference number by number."""
        axes = tuple(dict.fromkeys((*self.axes[a], *self.axes[b])))
        return self.emit("combine", (a, b), axes, fn="sub")

    def mean(self, a: str, over: Axes) -> str:
        """The mean over some axes."""
        rest = tuple(x for x in self.axes[a] if x not in over)
        return self.emit("reduce", (a,), rest, fn="mean", axes=over)


def parameter_name(node: Node, suffix: str) -> str:
    """A parameter as a value of the backward pass."""
    return f"{'W' if suffix == 'weight' else suffix}_{node.out.name}"
