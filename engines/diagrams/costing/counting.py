"""What one operation costs: multiplications, other work, and what it keeps."""

from __future__ import annotations

from engines.diagrams.graph.contractions import contractions
from engines.diagrams.graph.nodes import Axes, Graph, Node
from engines.diagrams.graph.poly import Poly

SOFTMAX_STEPS, NORM_STEPS = 3, 5


ZERO = Poly({})


def flops(node: Node, args: list[Axes]) -> Poly:
    """Twice the multiplications of a contraction; nothing for anything else."""
    attrs = node.attrs
    match node.kind:
        case "einsum":
            return sum(
                (2 * Poly.product(every) for every, meets in contractions(node, args) if meets),
                ZERO,
            )
        case "linear":
            return 2 * Poly.product((*args[0], *attrs["outs"]))
        case "conv":
            inner = args[0] if attrs.get("fn") == "T" else node.out.axes
            kernel = attrs["kernel"] ** len(attrs["ins"])
            other = attrs["made"] if attrs.get("fn") == "T" else attrs["channel"]
            return 2 * kernel * Poly.product((*inner, other)) / attrs["groups"]
    return ZERO


def elementwise(node: Node, args: list[Axes]) -> Poly:
    """Work that is no contraction, one step per number unless said otherwise."""
    out = Poly.product(node.out.axes)
    scaled = out if node.attrs.get("scale") is not None else ZERO
    match node.kind:
        case "pointwise" if node.attrs["fn"] == "stop":
            return scaled
        case "cast" | "pointwise" | "causal" | "masked" | "rotate" | "topk":
            return out + scaled
        case "combine":
            return out * max(1, len(args) - 1) + scaled
        case "softmax":
            return out * SOFTMAX_STEPS + scaled
        case "norm":
            return out * NORM_STEPS + scaled
        case "reduce" | "window" | "fold" | "first" | "places":
            return Poly.product(args[0]) + scaled
        case "waves":
            # As the sum that it stands for: fast transforms need less, and no polynomial says it.
            return 2 * Poly.product((*args[0], *node.attrs["outs"])) + scaled
        case "pool":
            return out * node.attrs["kernel"] ** len(node.attrs["ins"]) + scaled
        case "einsum":
            dry = [Poly.product(every) for every, meets in contractions(node, args) if not meets]
            return sum(dry, scaled)
    return scaled


ALIASES = frozenset(["view", "rename", "permute", "expand", "index", "slice"])


_SAVES_OUT = frozenset(["relu", "sigmoid", "tanh", "exp", "sqrt", "rsqrt", "reciprocal"])


_SAVES_NOTHING = frozenset(["neg", "sign", "step", "stop"])


def saved_args(node: Node) -> tuple[str, ...]:
    """Values of its graph that an operation needs for its gradient."""
    attrs = node.attrs
    match node.kind:
        case "einsum" | "masked" if len(node.args) > 1:
            return node.args if node.kind == "einsum" else node.args[1:]
        case "gather" | "scatter":
            return node.args[1:]
        case "linear" | "conv" | "embed" if attrs.get("fixed"):
            return ()  # the argument is kept for the weight's gradient only
        case "linear" | "conv" | "embed" | "norm" | "pool":
            return node.args[:1]
        case "softmax":
            return (node.out.name,)
        case "pointwise":
            if attrs["fn"] in _SAVES_NOTHING:
                return ()
            return (node.out.name,) if attrs["fn"] in _SAVES_OUT else node.args
        case "combine":
            return node.args if attrs["fn"] in ("mul", "div", "maximum", "minimum") else ()
    return ()


def saved_here(graph: Graph) -> tuple[str, ...]:
    """Values of one level kept for the backward pass, views counted as what they show."""
    source: dict[str, str] = {}
    for node in graph.nodes:
        if node.kind in ALIASES:
            source[node.out.name] = source.get(node.args[0], node.args[0])
    found: dict[str, None] = {}
    for node in graph.nodes:
        for name in saved_args(node):
            found[source.get(name, name)] = None
    return tuple(found)


def stats_saved(node: Node, args: list[Axes]) -> Poly:
    """What an operation saves that is no value of the diagram: means, deviations, positions."""
    if node.kind == "norm":
        return _norm_stats(node, args[0])
    if node.kind == "causal":
        return Poly.product(node.attrs["axes"])
    if node.kind == "topk":
        return Poly.product(node.out.axes)
    if node.kind == "rotate":  # a cosine and a sine for every position and half the depth
        return Poly.product(node.attrs["axes"])
    if node.kind == "pool" and node.attrs["fn"] == "max":
        return Poly.product(node.out.axes)
    return ZERO


def _norm_stats(node: Node, axes: Axes) -> Poly:
    """Means and deviations, one of each for everything that is normalised together."""
    fn, over = node.attrs["fn"], node.attrs["axes"]
    rest = Poly.product(a for a in axes if a not in over)
    match fn:
        case "BatchNorm":
            return ZERO if node.attrs.get("running") else 2 * Poly.of(over[0])
        case "GroupNorm":
            return 2 * rest * node.attrs["groups"]
        case "InstanceNorm":
            copied = 1 if node.attrs["affine"] else 0  # torch repeats the weight for every example
            return (2 + copied) * rest * Poly.of(over[0])
        case "RMSNorm":
            return rest
    return 2 * rest
