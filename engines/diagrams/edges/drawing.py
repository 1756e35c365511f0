"""The network as people know it: a little plot on every edge, wires to and from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract.pictures import Axis, Curves

EDGES_MAX = 24
"""More functions in a row are too small to be read; the strongest are drawn."""
_BOX = 0.34
"""Height of a function's box; rows of nodes are 1 apart."""
_SUMS = "of hidden sums"
_ROWS = ((0.0, "in"), (1.0, "sums"), (2.0, "out"))


@dataclass(frozen=True, eq=False)
class Row:
    """The functions between two rows of nodes."""

    x: np.ndarray
    """float32[in, point]: places on each input."""
    y: np.ndarray
    """float32[out, in, point]: what the edge makes of them."""


@dataclass(frozen=True, eq=False)
class Functions:
    """All functions of one network at one moment."""

    step: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, Row]


@dataclass(frozen=True)
class _Edge:
    row: int
    source: int
    target: int


class _Paths:
    """Lines by name over one shared x, broken between pieces."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, np.ndarray, np.ndarray]] = []

    def add(self, name: str, x: np.ndarray, y: np.ndarray) -> None:
        self.pieces.append((name, np.append(x, np.nan), np.append(y, np.nan)))

    def x(self) -> np.ndarray:
        return np.concatenate([x for _, x, _ in self.pieces])

    def of(self, wanted: str) -> np.ndarray:
        return np.concatenate([y if name == wanted else np.full(len(y), np.nan)
                               for name, _, y in self.pieces])  # fmt: skip


def strongest(y: np.ndarray) -> list[tuple[int, int]]:
    """(source, target) of the functions float[out, in, point] that vary most, by target."""
    spread = y.std(axis=2)
    order = np.argsort(-spread, axis=None, kind="stable")[:EDGES_MAX]
    found = [np.unravel_index(place, spread.shape) for place in order]
    return sorted(((int(i), int(o)) for o, i in found), key=lambda edge: (edge[1], edge[0]))


def network_picture(functions: Functions) -> Curves:
    """Of a network with splines: inputs below, outputs on top, one scale of height in each row."""
    layout = _Layout(functions)
    ways, boxes, dots = _Paths(), _Paths(), _Paths()
    for edge, at in layout.places.items():
        name = layout.name(edge)
        for x, y in layout.wires(edge, at):
            ways.add(name, x, y)
            for other in (boxes, dots):
                other.add("", x, y)
        x, y = layout.box(edge, at)
        boxes.add(name, x, y)
        for other in (ways, dots):
            other.add("", x, y)
    for name, x, y in layout.nodes():
        dots.add(name, np.array([x]), np.array([y]))
        for other in (ways, boxes):
            other.add("", np.array([x]), np.array([y]))
    names = list(dict.fromkeys(layout.name(edge) for edge in layout.places))
    said = "The strongest functions" if layout.cut else "A function on every edge"
    title = f"{said}, step {functions.step:,}"
    return Curves(
        title, boxes.x(), {name: boxes.of(name) for name in names},
        Axis("inputs", ticks=layout.ticks), Axis("", ticks=_ROWS),
        clouds={name: ways.of(name)[None] for name in names},
        dots={name: dots.of(name) for name in names}, large=True,
    )  # fmt: skip


class _Layout:
    """Where everything lies; x from 0 to 1."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        below, above = (strongest(row.y) for row in functions.rows)
        self.cut = any(row.y[..., 0].size > EDGES_MAX for row in functions.rows)
        # Sums that nothing drawn leads to are left out above as well.
        self.hidden = sorted({target for _, target in below} & {source for source, _ in above})
        below = [edge for edge in below if edge[1] in self.hidden]
        above = sorted((e for e in above if e[0] in self.hidden), key=lambda e: e)
        self.inputs = sorted({source for source, _ in below})
        self.outputs = sorted({target for _, target in above})
        self.places: dict[_Edge, float] = {}
        for row, edges in enumerate((below, above)):
            for k, (source, target) in enumerate(edges):
                self.places[_Edge(row, source, target)] = (k + 0.5) / len(edges)
        self.half = tuple(0.42 / max(1, len(edges)) for edges in (below, above))
        self.scale = tuple(self._scale(row) for row in functions.rows)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Names of the inputs where they lie."""
        return tuple((self._x(0, i), self.functions.inputs[i]) for i in self.inputs)

    def name(self, edge: _Edge) -> str:
        """The line an edge belongs to: its input below; above they are one."""
        if edge.row:
            return _SUMS
        few = len(self.functions.inputs) <= 4
        return f"of {self.functions.inputs[edge.source]}" if few else "of pixels"

    def wires(self, edge: _Edge, at: float) -> list[tuple[np.ndarray, np.ndarray]]:
        """From the source to the box and from the box to the target."""
        low = edge.row + 0.5 - _BOX / 2
        up = np.array([self._x(edge.row, edge.source), at]), np.array([edge.row, low])
        ends = np.array([at, self._x(edge.row + 1, edge.target)])
        return [up, (ends, np.array([low + _BOX, edge.row + 1.0]))]

    def box(self, edge: _Edge, at: float) -> tuple[np.ndarray, np.ndarray]:
        """The function, in the box."""
        y = self.functions.rows[edge.row].y[edge.target, edge.source]
        x = np.linspace(at - self.half[edge.row], at + self.half[edge.row], len(y))
        return x, edge.row + 0.5 + (y - _middle(y)) * _BOX / self.scale[edge.row]

    def nodes(self) -> list[tuple[str, float, float]]:
        """The line, x and y of every node."""
        name = {i: self.name(_Edge(0, i, 0)) for i in self.inputs}
        found = [(name[i], self._x(0, i), 0.0) for i in self.inputs]
        found += [(_SUMS, self._x(1, h), 1.0) for h in self.hidden]
        return found + [(_SUMS, self._x(2, o), 2.0) for o in self.outputs]

    def _x(self, row: int, node: int) -> float:
        nodes = (self.inputs, self.hidden, self.outputs)[row]
        return (nodes.index(node) + 0.5) / len(nodes)

    def _scale(self, row: Row) -> float:
        return float(max(np.ptp(row.y, axis=2).max(), 1e-6))


def _middle(y: np.ndarray) -> float:
    return float(y.max() + y.min()) / 2
