"""Arrays of one operation: learned ones, and statistics that it keeps."""

from __future__ import annotations

from engines.diagrams.graph.nodes import Axes, Node
from engines.diagrams.graph.poly import Poly

Shape = tuple[Poly, ...]


def parameters(node: Node) -> list[tuple[str, Shape]]:
    """Learned arrays of one operation: what they are called and their sizes, in torch's order."""
    attrs = node.attrs
    shapes: list[tuple[str, Axes]] = []
    match node.kind:
        case "linear":
            shapes = [("weight", (*attrs["outs"], *attrs["ins"])), ("bias", attrs["outs"])]
        case "embed":
            shapes = [("weight", (attrs["table"], *attrs["outs"]))]
        case "param":
            shapes = [("weight", node.out.axes)]
        case "norm" if attrs["affine"]:
            own = attrs["axes"] if attrs["fn"] in ("LayerNorm", "RMSNorm") else attrs["axes"][:1]
            shapes = [("weight", own), ("bias", own)]
        case "conv":
            return _conv_parameters(node)
    has_bias = attrs.get("bias", False)
    return [
        (name, tuple(map(Poly.of, shape))) for name, shape in shapes if name != "bias" or has_bias
    ]


def _conv_parameters(node: Node) -> list[tuple[str, Shape]]:
    attrs = node.attrs
    kernel = tuple(Poly.of(attrs["kernel"]) for _ in attrs["ins"])
    ends = (Poly.of(attrs["made"]), Poly.of(attrs["channel"]))
    first, second = ends[::-1] if attrs.get("fn") == "T" else ends
    found = [("weight", (first, second / attrs["groups"], *kernel))]
    return [*found, ("bias", (Poly.of(attrs["made"]),))] if attrs["bias"] else found


def statistics(node: Node) -> list[tuple[str, Shape]]:
    """Arrays that an operation keeps and does not learn: a batch norm's mean and variance."""
    if node.kind != "norm" or not node.attrs.get("running"):
        return []
    channel = Poly.of(node.attrs["axes"][0])
    return [("mean", (channel,)), ("var", (channel,))]
