"""What to tell about an operation: its name, its shapes, its gradient."""

from __future__ import annotations

from engines.diagrams.graph.nodes import Axes, Node

GRADIENT = {
    "einsum": "linear in each factor: the gradient of one is the einsum of dy with the others",
    "linear": "dx: the weight's wires bent round (transpose); dW: outer product of dy and x, "
    "contracted over every passing axis",
    "pointwise": "dx = f′(x) · dy, number by number (a diagonal)",
    "cast": "dy, rounded to the precision the number had",
    "stop": "nothing goes back",
    "combine": "copies become sums: dy goes to every argument, summed over what it broadcast",
    "softmax": "dx = a · (dy − ⟨dy, a⟩ over the softmax axis)",
    "norm": "dx = (dy − mean(dy) − x̂ · mean(dy · x̂)) / σ over the normalised axes",
    "reduce": "dy is broadcast along the axis that ended",
    "view": "the same view backwards",
    "rename": "the same axis under its old name",
    "permute": "the wires cross back",
    "save": "the sum over every time it was loaded",
    "load": "dy goes to what was saved",
    "expand": "the sum over the new axes",
    "concat": "dy is sliced into the parts",
    "slice": "dy is put back among zeros",
    "index": "dy is put back at its position among zeros",
    "conv": "dx: the transposed convolution of dy; dW: x's windows contracted with dy",
    "pool": "max: dy goes to where the maximum was; mean: dy is spread over the window",
    "embed": "dy is added to the rows that were read",
    "causal": "dy where the axis may look, zero elsewhere",
    "masked": "dy where the mask is true, zero elsewhere",
    "topk": "dy where a number was kept, zero elsewhere",
    "rotate": "dy turned back by the same angles",
    "window": "overlapping windows are added back",
    "block": "the backward pass of what is inside",
    "scatter": "dy is gathered from the rows that were added to",
    "gather": "dy is added to the rows that were read",
    "places": "positions have no gradient",
    "fold": "the windows of dy",
    "waves": "the transposed transform: dy's waves added up again, or taken",
    "put": "the stretch of dy that was put",
    "fn": "a further function, the pullback of this one: torch derives it when the diagram is run",
    "opaque": "torch's own",
}

_TITLES = {
    "einsum": "Contraction",
    "linear": "Linear map (learned)",
    "embed": "Embedding (learned)",
    "pointwise": "Elementwise",
    "cast": "Cast to another precision",
    "combine": "Elementwise over several arrays",
    "reduce": "Reduction",
    "view": "View",
    "rename": "Rename",
    "permute": "Transpose",
    "expand": "Broadcast",
    "conv": "Convolution (learned)",
    "pool": "Pooling",
    "causal": "Causal mask",
    "masked": "Mask",
    "topk": "Top k",
    "rotate": "Rotary position",
    "places": "Places",
    "fold": "Windows laid back",
    "waves": "Fourier transform",
    "first": "First maximum",
    "fn": "Function",
    "param": "Learned array",
    "const": "Constant",
    "opaque": "Opaque operation",
}


def title(node: Node) -> str:
    """What the operation is called, with its label."""
    kind = node.attrs.get("fn") if node.kind in ("norm", "softmax") else ""
    if node.kind == "permute" and node.attrs.get("fn"):
        return f"{str(node.attrs['fn']).capitalize()} by reference"
    text = kind or _TITLES.get(node.kind, node.kind.capitalize())
    if node.kind == "block":
        return f"Block {node.name}"
    label = node.name or (node.attrs.get("fn", "") if node.kind in ("pointwise", "reduce") else "")
    return f"{text} {label}".strip()


def type_text(axes: Axes, dtype: str = "") -> str:
    """Axes as a text writes them."""
    return (" ".join(axes) or "()") + (f" in {dtype}" if dtype else "")
