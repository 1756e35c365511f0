"""A diagram as text again: what is written is read as the same diagram."""

from __future__ import annotations

from fractions import Fraction

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Axes, Graph, Node, Value
from engines.diagrams.graph.operations import KINDS, NUMBERS
from engines.diagrams.graph.poly import Poly

_WORDS = {pair: word for word, pair in KINDS.items()}


def text_from_circuit(diagram: Circuit) -> str:
    """The text of a diagram; definitions it calls come first."""
    writer = _Writer(diagram)
    main = writer.definition(diagram.graph, diagram.graph.name, main=True)
    return "\n\n".join([*writer.definitions, main]) + "\n"


class _Writer:
    def __init__(self, diagram: Circuit) -> None:
        self.diagram = diagram
        self.definitions: list[str] = []
        self.names: dict[str, Graph] = {}
        self.written = {diagram.graph.name}

    def definition(self, graph: Graph, name: str, *, main: bool = False) -> str:
        values = graph.values()
        params = ", ".join(_typed(v) for v in graph.inputs)
        outs = ", ".join(_axes(values[n].axes) for n in graph.outputs)
        lines = [f"def {name}({params}) -> {outs}"]
        if main:
            d = self.diagram
            lines += [f"  size {n} = {v.code()}" for n, v in d.sizes.items()]
            lines += [f"  group {n} = {' '.join(axes)}" for n, axes in d.groups.items()]
        lines += self.nodes(graph, "  ")
        if main:
            lines += [f'  note {note.value} "{note.text}"' for note in self.diagram.notes]
        made = [v.name for node in graph.nodes for v in node.outs]
        if tuple(made[len(made) - len(graph.outputs) :]) != graph.outputs:
            lines.append(f"  return {', '.join(graph.outputs)}")
        return "\n".join(lines)

    def nodes(self, graph: Graph, indent: str) -> list[str]:
        lines = []
        for node in graph.nodes:
            lines += self.block(node, indent) if node.body is not None else [indent + _line(node)]
        return lines

    def block(self, node: Node, indent: str) -> list[str]:
        assert node.body is not None
        if node.attrs.get("own"):
            name = self._called(node)
            outs = ", ".join(_typed(v) for v in node.outs)
            label = f"[name={node.name}]" if name != node.name else ""
            return [f"{indent}{outs} = {name}{label}({', '.join(node.args)})"]
        n = node.attrs.get("carried", node.attrs.get("ins", 0))
        takes = " ".join(v.name for v in node.body.inputs[:n])
        inner = self.nodes(node.body, indent + "  ")
        if node.attrs.get("over"):
            gives = " ".join(v.name for v in node.outs[:n])
            pairs = zip(node.outs[n:], node.body.outputs[n:], strict=True)
            collect = ", ".join(f"{v.name} = {inside}" for v, inside in pairs)
            tail = f" collect {collect}" if collect else ""
            over = node.attrs["over"]
            back = " back" if node.attrs.get("back") else ""
            head = f"{indent}scan {node.name} over {over}{back}: {takes} -> {gives}{tail}"
            return [head, *inner]
        count = node.attrs.get("repeat")
        times = f" x{count.code()}" if count is not None else ""
        if count is not None and (len(count.terms) != 1 or count.code().find("*") >= 0):
            times = f" x ({count.code()})"
        gives = " ".join(v.name for v in node.outs)
        return [f"{indent}block {node.name}{times}: {takes} -> {gives}", *inner]

    def _called(self, node: Node) -> str:
        assert node.body is not None
        base = name = node.body.name
        k = 2
        while name in self.names or name in self.written:
            if self.names.get(name) == node.body:
                return name
            name, k = f"{base}_{k}", k + 1
        self.names[name] = node.body
        self.definitions.append(self.definition(node.body, name))
        return name


def _axes(axes: Axes) -> str:
    return " ".join(axes) or "()"


def _typed(value: Value) -> str:
    return f"{value.name}: {_axes(value.axes)}" + (f" in {value.dtype}" if value.dtype else "")


def _line(node: Node) -> str:
    attrs = node.attrs
    word = _WORDS.get((node.kind, attrs.get("fn", "")), node.kind)
    bias = "+" if attrs.get("bias") and node.kind in ("linear", "conv") else ""
    options = ", ".join(_options(node))
    brackets = f"[{options}]" if options else ""
    scale = attrs.get("scale")
    factor = f" * {_factor(scale)}" if scale is not None else ""
    outs = ", ".join(_typed(v) for v in node.outs)
    return f"{outs} = {word}{bias}{brackets}({', '.join(node.args)}){factor}"


def _factor(scale: Poly) -> str:
    told = scale.code()
    return told if len(scale.terms) == 1 and not told.startswith("-") else f"({told})"


def _arrow(ins: Axes, outs: Axes) -> str:
    return f"{' '.join(ins)} -> {' '.join(outs)}".strip()


def _options(node: Node) -> list[str]:
    attrs, found = node.attrs, []
    labelled = node.kind in ("linear", "embed", "fn", "param", "opaque")
    if labelled and node.name:
        found.append(node.name)
    found += _places(node)
    plus = attrs.get("bias")  # of maps it stands behind the word
    numbers = NUMBERS.get(attrs.get("fn", "").removesuffix("'"), {})
    defaults = {
        "kernel": 1, "stride": 1, "dilation": 1, "groups": 1, "affine": True, "running": False,
        "eps": 0.0 if attrs.get("fn") == "RMSNorm" else 1e-5, **numbers,
        "base": 10000.0, "step": 1, "k": 1, "fixed": False, "tied": False,
        "bias": attrs["fn"] != "RMSNorm" if node.kind == "norm" else plus, "tied_bias": False,
        "outer": False, "least": False, "unlearned": -1, "modes": 0,
    }  # fmt: skip
    for key, default in defaults.items():
        if key in attrs and attrs[key] != default:
            value = attrs[key]
            told = value if isinstance(value, str) else _coded(value)
            found.append(f"{key}={int(value) if isinstance(value, bool) else told}")
    if "pad" in attrs and attrs["pad"] != _usual_pad(node):
        found.append(f"pad={_coded(attrs['pad'])}")
    if node.kind == "cast":
        found += [f"from={attrs['from']}", f"to={attrs['to']}"]
    if "by" in attrs:
        found.append(f"by={attrs['by']!r}")
    if node.kind == "index":
        found.append(f"at={attrs['at']}")
    found += _start(node)
    if node.name and not labelled:
        found.append(f"name={node.name}")
    return found


def _start(node: Node) -> list[str]:
    """Where a cut begins, or the number that a learned array begins with."""
    start = node.attrs.get("start")
    if node.kind == "param":
        return [] if start is None else [f"start={start!r}"]
    return [f"start={start.code()}"] if node.kind in ("slice", "put") and start else []


def _coded(value: object) -> str:
    return value.code() if isinstance(value, Poly) else repr(value)


def _usual_pad(node: Node) -> int | Poly:
    same = node.attrs.get("ins") == node.attrs.get("outs")
    reach = node.attrs["dilation"] * (node.attrs["kernel"] - 1)
    if not same:
        return 0
    return reach * Fraction(1, 2) if isinstance(reach, Poly) else reach // 2


def _places(node: Node) -> list[str]:
    """The axes an operation speaks of."""
    attrs = node.attrs
    match node.kind:
        case "linear" | "fn":
            plain = not set(attrs["ins"]) & set(attrs["outs"])
            sure = plain and (node.kind == "linear" or bool(attrs["ins"] or attrs["outs"]))
            # Written out only where the result's axes would not say the same.
            return [] if sure and _told(node) else [_arrow(attrs["ins"], attrs["outs"])]
        case "softmax" | "norm" | "reduce" | "causal" | "topk" | "rotate" | "first" | "scatter":
            axes = attrs["axes"] if node.kind != "scatter" else attrs.get("kept", ())
            return [" ".join(axes)] if axes else []
        case "view":
            return [_arrow(ins, outs) for ins, outs in attrs["arrows"]]
        case "rename" | "concat" | "waves":
            return [_arrow(attrs["ins"], attrs["outs"])]
        case "expand":
            return [" ".join(attrs["outs"])] if attrs["outs"] else []
        case "slice" | "put" | "places":
            return [_arrow((attrs["axis"],), (attrs["made"],))]
        case "index":
            return [attrs["axis"]]
        case "conv" | "pool":
            same = attrs["ins"] == attrs["outs"]
            where = " ".join(attrs["ins"]) if same else _arrow(attrs["ins"], attrs["outs"])
            channel = [_arrow((attrs["channel"],), (attrs["made"],))] if node.kind == "conv" else []
            return [where, *channel]
        case "window" | "fold":
            place = (attrs["place"],)
            ends = (attrs["ins"], place, attrs["outs"])
            return [
                _arrow(
                    *(ends[0] + place, ends[2])
                    if node.kind == "fold"
                    else (ends[0], ends[2] + place)
                )
            ]
    return []


def _told(node: Node) -> bool:
    """Whether consumed and produced axes stand in the order in which they would be read."""
    outs = tuple(a for a in node.out.axes if a in node.attrs["outs"])
    return outs == tuple(node.attrs["outs"]) and not (
        node.kind == "linear" and len(node.attrs["ins"]) > 1
    )
