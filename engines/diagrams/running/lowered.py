"""Any operation as a torch expression on arrays whose axes are ordered as declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engines.diagrams.graph.nodes import Axes, Node
from engines.diagrams.running.lower_arithmetic import LOWERINGS
from engines.diagrams.running.lower_back import BACK_LOWERINGS
from engines.diagrams.running.lower_space import SPACE_LOWERINGS
from engines.diagrams.running.lowering import Lowering, permuted
from engines.diagrams.running.program import Op, Size

_EVERY: dict[str, Callable[[Lowering], tuple[Any, Axes]]] = {
    **LOWERINGS,
    **SPACE_LOWERINGS,
    **BACK_LOWERINGS,
}


def lowered(
    node: Node, args: tuple[Any, ...], axes: tuple[Axes, ...], owned: Mapping[str, str]
) -> Any:
    """The operation as an expression; its result has the declared axes in the declared order."""
    tree, natural = _EVERY[node.kind](Lowering(node, args, axes, owned))
    tree = permuted(tree, natural, node.out.axes)
    scale = node.attrs.get("scale")
    return tree if scale is None else Op("*", tree, Size(scale, whole=False))
