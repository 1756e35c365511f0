"""What a diagram costs, as polynomials in its axis sizes; repeats multiply and are never unrolled.

A multiply and an add of a contraction count as two FLOPs, as in torch's FlopCounterMode;
elementwise work is counted apart. Counts are of numbers, not bytes, but for ``moved``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from fractions import Fraction

from engines.diagrams.model import Axes, Diagram, Graph, Node, join
from engines.diagrams.poly import Poly

SOFTMAX_STEPS, NORM_STEPS = 3, 5
ZERO = Poly({})


@dataclass(frozen=True)
class Cost:
    """Floating-point operations of contractions, other work, parameters, memory and traffic."""

    flops: Poly = ZERO
    elementwise: Poly = ZERO
    params: Poly = ZERO
    saved: Poly = ZERO
    """Numbers kept for the backward pass, parameters left out."""
    moved: Poly = ZERO
    """Numbers read and written when every operation runs by itself."""
    fused: Poly = ZERO
    """Numbers read and written when every block keeps its inside on the chip."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Cost)))

    def times(self, count: Poly) -> Cost:
        """That often."""
        return Cost(*(getattr(self, f.name) * count for f in fields(Cost)))

    def replaced(self, sizes: dict[str, Poly]) -> Cost:
        """With axes replaced by what defines them."""
        return Cost(*(getattr(self, f.name).replaced(sizes) for f in fields(Cost)))


@dataclass
class Bill:
    """Costs of every operation and block by path, and of the whole."""

    total: Cost
    by_path: dict[str, Cost] = field(default_factory=dict)


def bill(diagram: Diagram) -> Bill:
    """The costs of a diagram, in its free axes and those that windows make."""
    found: dict[str, Cost] = {}
    total = _graph_cost(diagram.graph, "", found)
    from engines.diagrams.memory import saved_total

    total = replace(total, saved=saved_total(diagram.graph))
    derived = dict(diagram.derived)
    closed = {path: cost.replaced(derived) for path, cost in found.items()}
    return Bill(total.replaced(derived), closed)


def _graph_cost(graph: Graph, path: str, found: dict[str, Cost]) -> Cost:
    axes = {value.name: value.axes for value in graph.values().values()}
    total = Cost()
    for node in graph.nodes:
        if node.body is not None:
            inner = join(path, node.name)
            cost = _graph_cost(node.body, inner, found)
            edge = [axes[name] for name in node.args] + [v.axes for v in node.outs]
            outside = sum(map(Poly.product, edge), ZERO) + cost.params
            cost = Cost(cost.flops, cost.elementwise, cost.params, cost.saved, cost.moved, outside)
            cost = _repeated(node, cost)
            found[inner] = cost
        else:
            cost = node_cost(node, [axes[name] for name in node.args])
            found[join(path, node.out.name)] = cost
        total = total + cost
    saved = saved_here(graph)
    return Cost(
        total.flops,
        total.elementwise,
        total.params,
        total.saved + sum((Poly.product(axes[n]) for n in saved), ZERO),
        total.moved,
        total.fused,
    )


def _repeated(node: Node, cost: Cost) -> Cost:
    count = node.attrs.get("repeat")
    if count is not None:
        return cost.times(count)
    over = node.attrs.get("over")
    if over:  # one set of parameters, used at every step
        many = cost.times(Poly.of(over))
        return Cost(many.flops, many.elementwise, cost.params, many.saved, many.moved, many.fused)
    return cost


def node_cost(node: Node, args: list[Axes]) -> Cost:
    """One operation that is no block; what it saves for itself alone is in ``saved``."""
    own = [] if node.attrs.get("tied") else parameters(node)
    params = sum((Poly.product(shape) for _, shape in own), ZERO)
    out = sum((Poly.product(v.axes) for v in node.outs), ZERO)
    free = node.kind in ("rename", "view", "permute", "expand", "index", "slice")
    moved = ZERO if free else sum(map(Poly.product, args), ZERO) + out + params
    work = elementwise(node, args)
    return Cost(flops(node, args), work, params, stats_saved(node, args), moved, moved)


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


def contractions(node: Node, args: list[Axes]) -> list[tuple[Axes, bool]]:
    """Every pairwise step of an einsum from left to right: its axes, and whether any is summed."""
    found = []
    left = args[0] if args else ()
    for k, right in enumerate(args[1:], start=2):
        every = tuple(dict.fromkeys((*left, *right)))
        later = {axis for axes in args[k:] for axis in axes}
        kept = tuple(a for a in every if a in node.out.axes or a in later)
        # An outer product of two factors of a contraction is a matrix product, as torch does it.
        met = len(kept) < len(every) or bool(node.attrs.get("outer"))
        found.append((every, met))
        left = kept
    return found


def elementwise(node: Node, args: list[Axes]) -> Poly:
    """Work that is no contraction, one step per number unless said otherwise."""
    out = Poly.product(node.out.axes)
    scaled = out if node.attrs.get("scale") is not None else ZERO
    match node.kind:
        case "pointwise" | "causal" | "masked" | "rotate" | "topk":
            return out + scaled
        case "combine":
            return out * max(1, len(args) - 1) + scaled
        case "softmax":
            return out * SOFTMAX_STEPS + scaled
        case "norm":
            return out * NORM_STEPS + scaled
        case "reduce" | "window" | "fold" | "first":
            return Poly.product(args[0]) + scaled
        case "pool":
            return out * node.attrs["kernel"] ** len(node.attrs["ins"]) + scaled
        case "einsum":
            dry = [Poly.product(every) for every, meets in contractions(node, args) if not meets]
            return sum(dry, scaled)
    return scaled


ALIASES = frozenset(["view", "rename", "permute", "expand", "index", "slice"])
_SAVES_OUT = frozenset(["relu", "sigmoid", "tanh", "exp", "sqrt", "rsqrt", "reciprocal"])
_SAVES_NOTHING = frozenset(["neg", "sign", "step"])


def saved_args(node: Node) -> tuple[str, ...]:
    """Values of its graph that an operation needs for its gradient."""
    attrs = node.attrs
    match node.kind:
        case "einsum" | "masked" if len(node.args) > 1:
            return node.args if node.kind == "einsum" else node.args[1:]
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
            return 2 * rest * Poly.of(over[0])
        case "RMSNorm":
            return rest
    return 2 * rest


def peak(graph: Graph, sizes: dict[str, int]) -> tuple[Poly, str]:
    """The most that is alive at once when running in order, and after which operation."""
    axes = {name: value.axes for name, value in graph.values().items()}
    last = {name: k for k, node in enumerate(graph.nodes) for name in node.args}
    last.update(dict.fromkeys(graph.outputs, len(graph.nodes)))
    live = {value.name for value in graph.inputs}
    best, where, most = ZERO, "", Fraction(-1)
    for k, node in enumerate(graph.nodes):
        live |= {value.name for value in node.outs}
        now = sum((Poly.product(axes[name]) for name in sorted(live)), ZERO)
        if node.body is not None:
            inner, _ = peak(node.body, sizes)
            edge = sum((Poly.product(v.axes) for v in node.body.inputs), ZERO)
            now = now + (inner - edge)
        value = Fraction(now.value(sizes))
        if value > most:
            best, where, most = now, (node.outs[0].name if node.outs else node.name), value
        live -= {name for name in live if last.get(name, -1) <= k}
    return best, where
