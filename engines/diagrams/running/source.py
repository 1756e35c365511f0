"""A diagram as Python source that runs by itself, with nothing but torch."""

from __future__ import annotations

from collections.abc import Mapping

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Graph, Node, Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import maker_of
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.running.attributes import Owned, owned
from engines.diagrams.running.lowered import lowered
from engines.diagrams.running.program import Var, code, identifier, size_code

ROTATED = '''
def rotated(x, base, sign=1.0):
    """Rotary positions: the halves of the last axis turn by angles along the one before it."""
    n_time, n_depth = x.shape[-2:]
    rate = base ** (-torch.arange(0, n_depth, 2, dtype=x.dtype, device=x.device) / n_depth)
    angle = torch.arange(n_time, dtype=x.dtype, device=x.device)[:, None] * (sign * rate)
    first, second = x.chunk(2, dim=-1)
    turned = first * angle.cos() - second * angle.sin(), second * angle.cos() + first * angle.sin()
    return torch.cat(turned, dim=-1)

'''
WAVES = '''
def waves(x, n_waves, weigh=False):
    """The first waves of the last axis, (real, imaginary); weighed as the transpose of unwaved."""
    n = x.shape[-1]
    if n_waves > n // 2 + 1:
        raise ValueError(f"{n} positions have {n // 2 + 1} waves, but {n_waves} are asked for")
    found = torch.view_as_real(torch.fft.rfft(x))[..., :n_waves, :]
    if not weigh:
        return found
    wave = torch.arange(n_waves, device=x.device)
    alone = (wave == 0) | (2 * wave == n)
    return found * ((2 - alone.to(x.dtype)) / n)[:, None]


def unwaved(f, n, weigh=True):
    """Numbers whose first waves these are and no others; unweighed the transpose of waves."""
    if f.shape[-2] > n // 2 + 1:
        raise ValueError(f"{n} positions have {n // 2 + 1} waves, but {f.shape[-2]} came")
    wave = torch.view_as_complex(f.contiguous())
    if weigh:
        return torch.fft.irfft(wave, n)
    return torch.fft.ifft(wave, n, norm="forward").real

'''


def torch_line(node: Node, graph: Graph) -> str:
    """One operation as a line of Python; empty for blocks."""
    if node.body is not None:
        return ""
    axes = {name: value.axes for name, value in graph.values().items()}
    own = owned(Graph("", graph.inputs, (node,), ())) if not node.args else _alone(node, graph)
    args = tuple(Var(name) for name in node.args)
    tree = lowered(node, args, tuple(axes[n] for n in node.args), own[0].names)
    return f"{identifier(node.out.name)} = {code(tree)}"


def _alone(node: Node, graph: Graph) -> list[Owned]:
    inputs = tuple(graph.values()[name] for name in dict.fromkeys(node.args))
    return owned(Graph("", inputs, (node,), ()))


def source_from_circuit(diagram: Circuit, sizes: Mapping[str, int] | None = None) -> str:
    """A module of Python: sizes as constants, one class per level, the last is the diagram."""
    return _Source(diagram, numbers(diagram, dict(sizes or {}))).text()


class _Source:
    def __init__(self, diagram: Circuit, sizes: dict[str, int]) -> None:
        self.diagram, self.sizes = diagram, sizes
        self.classes: list[str] = []
        self.names: dict[str, Graph] = {}

    def text(self) -> str:
        top = self.cls(self.diagram.graph)
        body = "\n\n\n".join(self.classes)
        needed = {f"n_{identifier(n)}": v for n, v in self.sizes.items()}
        constants = "\n".join(f"{n} = {v}" for n, v in needed.items() if n in body)
        helper = ROTATED if "rotated(" in body else ""
        helper += WAVES if "waves(" in body or "unwaved(" in body else ""
        title = f'"""{identifier(self.diagram.name)}, written from its diagram."""'
        head = f"{title}\n\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
        return f"{head}\n{constants}\n{helper}\n\n{body}\n\n\nMODEL = {top}\n"

    def cls(self, graph: Graph) -> str:
        """Write the class of a graph, blocks first; its name."""
        name = base = identifier(graph.name[:1].upper() + graph.name[1:]) or "Diagram"
        k = 2
        while name in self.names or name == "F":  # torch.nn.functional is called so
            if self.names.get(name) == graph:
                return name
            name, k = f"{base}{k}", k + 1
        self.names[name] = graph
        init: list[str] = []
        forward: list[str] = []
        there: dict[tuple[str, str], str] = {}
        axes = {n: value.axes for n, value in graph.values().items()}
        for node, own in zip(graph.nodes, owned(graph), strict=True):
            if node.body is not None:
                self._block(node, own, init, forward, axes)
                continue
            for suffix in own.shapes:
                shared = there.get((maker_of(node, suffix), suffix))
                here = there[node.out.name, suffix] = own.names[suffix]
                line = f"self.{here} = self.{shared}"
                if suffix in own.buffers:
                    line = f'self.register_buffer("{here}", self.{shared})'
                init.append(line if shared is not None else _array(node, own, suffix))
            if node.kind == "fn":
                init.append(f"self.{identifier(node.name or 'f')} = functions[{node.name!r}]")
            args = tuple(Var(n) for n in node.args)
            tree = lowered(node, args, tuple(axes[n] for n in node.args), own.names)
            forward.append(f"{identifier(node.out.name)} = {code(tree)}")
        self.classes.append(self._class_text(name, graph, init, forward))
        return name

    def _class_text(self, name: str, graph: Graph, init: list[str], forward: list[str]) -> str:
        inputs = [identifier(v.name) for v in graph.inputs]
        shapes = [_shape_line(v) for v in graph.inputs if v.axes]
        used = "\n".join(forward)
        shapes = [s for s in shapes if _needs(s, used)]
        lines = [f"class {name}(nn.Module):"]
        types = "; ".join(f"{v.name}: {' '.join(v.axes) or '()'}" for v in graph.inputs)
        lines.append(f'    """{types}"""' if '"' not in types and "\\" not in types else "")
        functions = any(n.kind == "fn" for _, _, n in graph.walk())
        lines.append("")
        lines.append("    def __init__(self" + (", functions" if functions else "") + "):")
        lines += ["        super().__init__()", *(f"        {line}" for line in init), ""]
        lines.append(
            f"    def forward(self, {', '.join(inputs)}):" if inputs else "    def forward(self):"
        )
        if "dtype=dtype" in used:
            real = next((identifier(v.name) + ".dtype" for v in graph.inputs if not v.dtype), None)
            shapes = [f"dtype = {real or 'torch.get_default_dtype()'}", *shapes]
        lines += [f"        {line}" for line in (*shapes, *forward)]
        lines.append(f"        return {', '.join(map(identifier, graph.outputs))}")
        return "\n".join(lines)

    def _block(
        self, node: Node, own: Owned, init: list[str], forward: list[str], axes: dict
    ) -> None:
        assert node.body is not None
        cls = self.cls(node.body)
        takes_functions = any(n.kind == "fn" for _, _, n in node.body.walk())
        made = f"{cls}({'functions' if takes_functions else ''})"
        args = [identifier(n) for n in node.args]
        outs = ", ".join(identifier(v.name) for v in node.outs)
        if node.attrs.get("over"):
            init.append(f"self.{own.block} = {made}")
            self._scan(node, own, forward, axes)
            return
        if "repeat" not in node.attrs:
            init.append(f"self.{own.block} = {made}")
            forward.append(f"{outs} = self.{own.block}({', '.join(args)})")
            return
        count = size_code(Poly.of(node.attrs["repeat"]))
        init.append(f"self.{own.block} = nn.ModuleList({made} for _ in range({count}))")
        carried = node.attrs["carried"]
        forward.append(f"{outs} = {', '.join(args[:carried])}")
        forward.append(f"for layer in self.{own.block}:")
        forward.append(f"    {outs} = layer({', '.join([outs, *args[carried:]])})")

    def _scan(self, node: Node, own: Owned, forward: list[str], axes: dict) -> None:
        over, carried = node.attrs["over"], node.attrs["carried"]
        args = [identifier(n) for n in node.args]
        state = [identifier(v.name) for v in node.outs[:carried]]
        collected = [identifier(v.name) for v in node.outs[carried:]]
        dims = [axes[n].index(over) if over in axes[n] else None for n in node.args]
        steps = [
            a if d is None else f"{a}.select({d}, step)"
            for a, d in zip(args[carried:], dims[carried:], strict=True)
        ]
        at = next((k for k, d in enumerate(dims) if d is not None), None)
        n_steps = f"n_{identifier(over)}" if at is None else f"{args[at]}.shape[{dims[at]}]"
        forward.append(f"{', '.join(state)} = {', '.join(args[:carried])}")
        forward += [f"{name} = []" for name in collected]
        steps_back = "[::-1]" if node.attrs.get("back") else ""
        forward.append(f"for step in range({n_steps}){steps_back}:")
        parts = [*state, *(f"{name}_step" for name in collected)]
        forward.append(f"    {', '.join(parts)} = self.{own.block}({', '.join([*state, *steps])})")
        forward += [f"    {name}.append({name}_step)" for name in collected]
        forward += [f"{name} = torch.stack({name}{steps_back})" for name in collected]


def _shape_line(value: Value) -> str:
    names = ", ".join(f"n_{identifier(a)}" for a in value.axes)
    comma = "," if len(value.axes) == 1 else ""
    return f"{names}{comma} = {identifier(value.name)}.shape"


def _needs(line: str, used: str) -> bool:
    names = line.split(" = ", maxsplit=1)[0].replace(",", " ").split()
    return any(name in used for name in names)


def _array(node: Node, own: Owned, suffix: str) -> str:
    name = own.names[suffix]
    shape = ", ".join(
        f"int({size_code(s)})" if "/" in size_code(s) or "-" in size_code(s) else size_code(s)
        for s in own.shapes[suffix]
    )
    made = _start(node, suffix, shape or "()")
    if suffix in own.buffers:
        return f'self.register_buffer("{name}", {made})'
    return f"self.{name} = nn.Parameter({made})"


def _start(node: Node, suffix: str, shape: str) -> str:
    """The numbers an array begins with."""
    if node.kind == "param" and "start" in node.attrs:
        return (
            f"torch.full(({shape},), {node.attrs['start']!r})"
            if shape != "()"
            else (f"torch.tensor({node.attrs['start']!r})")
        )
    if node.kind == "norm":
        make = "torch.ones" if suffix in ("weight", "var") else "torch.zeros"
    elif suffix == "bias":
        make = "torch.zeros"
    else:
        make = "torch.randn"
    if make != "torch.randn" or node.kind in ("embed", "param"):
        return f"{make}({shape})"
    fan = {"linear": Poly.product(node.attrs.get("ins", ()))}.get(node.kind, Poly.of(1))
    if node.kind == "conv":
        taps = node.attrs["kernel"] ** len(node.attrs["ins"])
        fan = Poly.product((node.attrs["channel"], taps))
    return f"{make}({shape}) * ({size_code(fan)}) ** -0.5"
