"""What a lowering is handed, and the few words torch expressions are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engines.diagrams.graph.nodes import Axes, Node
from engines.diagrams.graph.poly import Poly
from engines.diagrams.running.program import Call, Lit, Method, Own, Size


@dataclass(frozen=True)
class Lowering:
    """One operation to lower: its arguments as expressions with their axes."""

    node: Node
    args: tuple[Any, ...]
    axes: tuple[Axes, ...]
    owned: Mapping[str, str]
    """What the module calls the operation's parameters, by suffix."""

    @property
    def out(self) -> Axes:
        """Declared axes of the result."""
        return self.node.out.axes

    def own(self, suffix: str) -> Any:
        """A parameter, None when the operation has none of that name."""
        return Own(self.owned[suffix]) if suffix in self.owned else Lit(None)

    def dim(self, axis: str, k: int = 0) -> int:
        """Where an axis is in an argument."""
        return self.axes[k].index(axis)


def permuted(tree: Any, before: Axes, after: Axes) -> Any:
    """With axes in another order."""
    if before == after:
        return tree
    order = [before.index(axis) for axis in after]
    moved = [k for k, at in enumerate(order) if k != at]
    if len(moved) == 2:
        return Method(tree, "transpose", tuple(map(Lit, moved)))
    return Method(tree, "permute", tuple(map(Lit, order)))


def aligned(tree: Any, axes: Axes, out: Axes) -> Any:
    """Ready to be broadcast to ``out``: in its order, with axes of length 1 where some lack."""
    own = tuple(axis for axis in out if axis in axes)
    tree = permuted(tree, axes, own)
    if not own:
        return tree
    first = out.index(own[0])
    for k, axis in enumerate(out):
        if k > first and axis not in axes:
            tree = Method(tree, "unsqueeze", (Lit(k - first),))
    return tree


def whole(value: int | Poly) -> Any:
    """A whole number, or a size that must be one when it is run."""
    return Size(value) if isinstance(value, Poly) else Lit(value)


def letters(*groups: Axes) -> dict[str, str]:
    """A letter for every axis: its own where it has one of its own."""
    found: dict[str, str] = {}
    names = list(dict.fromkeys(axis for axes in groups for axis in axes))
    for name in names:
        if len(name) == 1 and name.isascii() and name not in found.values():
            found[name] = name
    pool = (c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    free = (c for c in pool if c not in set(found.values()))
    for name in names:
        if name not in found:
            found[name] = next(free)
    return found


def einsum_of(trees: list[Any], axes: list[Axes], out: Axes) -> Any:
    """A contraction as torch writes it."""
    short = letters(*axes, out)
    spell = lambda names: "".join(short[a] for a in names)  # noqa: E731 - three uses below
    text = ", ".join(map(spell, axes)) + " -> " + spell(out)
    return Call("torch.einsum", (Lit(text), *trees))
