"""From a spec to a drawing: check, lay out, count, and everything the page tells about it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from engines.diagrams.costing.bill import Bill, Cost, bill
from engines.diagrams.costing.crossover import dominance
from engines.diagrams.costing.peak import peak
from engines.diagrams.drawing.apart import scene_apart
from engines.diagrams.drawing.layout.place import placed
from engines.diagrams.drawing.painting.paint import Painter
from engines.diagrams.drawing.painting.scene import Scene
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import DiagramError, Problem
from engines.diagrams.graph.garbage import uncollected
from engines.diagrams.graph.nodes import join
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sizes import free_axes, numbers
from engines.diagrams.language.check import judged
from engines.diagrams.language.describing import GRADIENT, title, type_text
from engines.diagrams.specs.drawing import Drawing, DrawSpec, Mistake

VISIBLE_MAX = 300
"""More operations than this fold into their blocks by themselves."""
N_CURVE, N_ROWS = 60, 40


def drawing(spec: DrawSpec) -> Drawing:
    """The drawing of a text; a text with mistakes has those instead of a scene."""
    diagram, problems = judged(spec.text)
    if diagram is None:
        return _mistaken(spec, problems)
    try:
        return drawing_of_circuit(diagram, spec)
    except DiagramError as error:
        return _mistaken(spec, error.problems)


def _mistaken(spec: DrawSpec, problems: tuple[Problem, ...]) -> Drawing:
    empty, told = np.zeros(0), mistakes(problems)
    return Drawing(spec, "", "{}", (), (), (), (), told, empty, (), np.zeros((0, 0)), "", 0, ())


def mistakes(problems: tuple[Problem, ...]) -> tuple[Mistake, ...]:
    """Problems as the editor shows them."""
    return tuple(
        Mistake(p.span.line or 1, p.span.col or 1, p.span.length, p.code, p.message, p.hint)
        for p in problems
    )


def drawing_of_circuit(
    diagram: Circuit, spec: DrawSpec, notes: tuple[str, ...] = (), below: float = 0.0
) -> Drawing:
    """The drawing of a checked diagram, with free room ``below`` each line, in pixels."""
    if spec.direction == "backward":
        from engines.diagrams.backward.backprop import backward

        diagram = backward(diagram)
    sizes = numbers(diagram, spec.free_sizes())
    costs = bill(diagram)
    folded = folded_blocks(diagram, spec.collapsed)
    scene, n_visible = scene_of(diagram, folded, spec.width, apart=spec.apart, below=below)
    free = free_axes(diagram)
    axis = spec.curve_axis if spec.curve_axis in free else (free[0] if free else "")
    x, names, curves = _curves(costs, diagram, spec.free_sizes(), axis)
    return Drawing(
        spec,
        json.dumps(scene_json(scene), separators=(",", ":"), ensure_ascii=False),
        json.dumps(cards(diagram, costs, sizes), ensure_ascii=False),
        _legend(diagram, sizes, free),
        _totals(diagram, costs, sizes),
        _by_block(costs, sizes),
        tuple(str(c) for c in dominance(diagram, costs, axis, spec.free_sizes())) if axis else (),
        (),
        x,
        names,
        curves,
        axis,
        n_visible,
        folded,
        (*notes, *_about_size(diagram, spec.collapsed, folded)),
    )


def folded_blocks(diagram: Circuit, collapsed: tuple[str, ...]) -> tuple[str, ...]:
    """Blocks to close: those asked for, and the largest while too much would be seen."""
    folded = set(collapsed) - {"*"}
    inside = _block_sizes(diagram)
    visible = sum(1 for path, _, _ in diagram.graph.walk() if not _hidden(path, folded))
    if visible > VISIBLE_MAX and "*" not in collapsed:
        for path in sorted(inside, key=lambda p: (-p.count("/"), -inside[p], p)):
            if visible <= VISIBLE_MAX:
                break
            if path not in folded and not _hidden(path, folded):
                visible -= inside[path]
                folded.add(path)
    return tuple(sorted(folded & set(inside)))


def _block_sizes(diagram: Circuit) -> dict[str, int]:
    """How many operations lie directly or deeper in every block."""
    found: dict[str, int] = {}
    for path, _, node in diagram.graph.walk():
        if node.body is not None:
            found.setdefault(join(path, node.key), 0)
        parts = path.split("/") if path else []
        for depth in range(1, len(parts) + 1):
            key = "/".join(parts[:depth])
            found[key] = found.get(key, 0) + 1
    return found


def _hidden(path: str, folded: set[str]) -> bool:
    return any(path == f or path.startswith(f + "/") for f in folded)


def _about_size(
    diagram: Circuit, asked: tuple[str, ...], folded: tuple[str, ...]
) -> tuple[str, ...]:
    alone = [path for path in folded if path not in asked]
    if not alone:
        return ()
    n = sum(1 for _ in diagram.graph.walk())
    return (
        f"The diagram has {n:,} operations, so {len(alone)} blocks are folded; "
        "double-click one to open it.",
    )


def scene_of(
    diagram: Circuit,
    folded: tuple[str, ...] = (),
    width: float = 1100,
    *,
    apart: bool = False,
    below: float = 0.0,
) -> tuple[Scene, int]:
    """The picture, and how many operations are seen in it; ``apart`` as in `DrawSpec`."""
    with uncollected():
        if apart:
            return scene_apart(diagram, folded, width)
        strip = placed(diagram, frozenset(folded))
        return Painter(strip).run(width, below=below), strip.n_visible


def scene_json(scene: Scene) -> dict[str, Any]:
    """The scene as plain values: what the page draws and JSON files hold."""
    marks = [
        [m.tag, m.role, _rounded(m.shape), list(m.runs), m.axis, m.value, m.path]
        for m in scene.marks
    ]
    floors = {"floors": [round(floor, 1) for floor in scene.floors]} if scene.floors else {}
    size = {"width": round(scene.width, 1), "height": round(scene.height, 1)}
    return {**size, **floors, "marks": marks}


def _rounded(shape: dict[str, float | str]) -> dict[str, float | str]:
    return {k: v if isinstance(v, str) else round(v, 1) for k, v in shape.items()}


def cards(diagram: Circuit, costs: Bill, sizes: dict[str, int]) -> dict[str, dict[str, Any]]:
    """What is told when an operation is clicked, by its path."""
    from engines.diagrams.running.source import torch_line

    found = {}
    for path, graph, node in diagram.graph.walk():
        key = join(path, node.key)
        types = graph.values()
        cost = costs.by_path.get(key, Cost())
        found[key] = {
            "title": title(node),
            "takes": [f"{n}: {type_text(types[n].axes, types[n].dtype)}" for n in node.args],
            "gives": [f"{v.name}: {type_text(v.axes, v.dtype)}" for v in node.outs],
            "costs": [
                [name, str(poly), _value(poly, sizes)]
                for name, poly in (
                    ("FLOPs", cost.flops),
                    ("elementwise", cost.elementwise),
                    ("parameters", cost.params),
                )
                if poly
            ],
            "gradient": GRADIENT.get(node.attrs.get("fn", ""), GRADIENT.get(node.kind, "")),
            "torch": torch_line(node, graph),
            "line": node.span.line,
            "origin": node.origin,
            "block": node.body is not None,
        }
    return found


def _value(poly: Poly, sizes: dict[str, int]) -> float:
    return float(poly.value(sizes))


def _legend(
    diagram: Circuit, sizes: dict[str, int], free: tuple[str, ...]
) -> tuple[tuple[str, str, int, bool], ...]:
    rows = []
    for name in (*free, *(n for n in sizes if n not in free)):
        window = diagram.windows.get(name)
        said = str(diagram.derived.get(name, ""))
        if window is not None:
            said = f"{window.axis} through windows of {window.kernel}"
        rows.append((name, said, sizes[name], name in free))
    return tuple(rows)


def _totals(
    diagram: Circuit, costs: Bill, sizes: dict[str, int]
) -> tuple[tuple[str, str, float], ...]:
    live, _ = peak(diagram.graph, sizes)
    live = live.replaced(dict(diagram.derived))
    total = costs.total
    named = (
        ("FLOPs", total.flops),
        ("elementwise", total.elementwise),
        ("parameters", total.params),
        ("saved activations", total.saved),
        ("peak live", live),
        ("numbers moved", total.moved),
        ("moved, blocks fused", total.fused),
    )
    return tuple((name, str(poly), _value(poly, sizes)) for name, poly in named)


def _by_block(costs: Bill, sizes: dict[str, int]) -> tuple[tuple[str, float, float, float], ...]:
    rows = [
        (path, _value(c.flops, sizes), _value(c.params, sizes), _value(c.saved, sizes))
        for path, c in costs.by_path.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))[:N_ROWS])


def _curves(
    costs: Bill, diagram: Circuit, chosen: dict[str, int], axis: str
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Costs at sizes of one axis from 1 to sixty-four times what it is, evenly in the logarithm."""
    if not axis:
        return np.zeros(0), (), np.zeros((0, 0))
    now = numbers(diagram, chosen)[axis]
    x = np.unique(np.geomspace(1, max(64, 8 * now), N_CURVE).astype(int))
    names = ("FLOPs", "parameters", "saved activations", "numbers moved")
    total = costs.total
    polys = (total.flops, total.params, total.saved, total.moved)
    rows: list[list[float]] = [[] for _ in polys]
    kept = []
    for value in x:
        try:
            sizes = numbers(diagram, {**chosen, axis: int(value)})
        except DiagramError:
            continue  # a size that does not divide
        kept.append(int(value))
        for row, poly in zip(rows, polys, strict=True):
            row.append(_value(poly, sizes))
    return np.array(kept, float), names, np.array(rows, float)
