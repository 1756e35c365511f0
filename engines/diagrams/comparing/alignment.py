"""Two diagrams side by side: which operations both have, which only one, what the change costs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from engines.diagrams.costing.bill import Bill, Cost, bill
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Graph, Node, join
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.describing import title, type_text

Line = tuple[str, str, str]
"""("same" | "added" | "removed" | "changed", path in the one, path in the other)."""


@dataclass(frozen=True)
class Comparison:
    """What the second diagram has that the first has not, and the other way round."""

    lines: tuple[Line, ...]
    wires: tuple[tuple[str, str, str], ...]
    """(path, axes before, axes after) of operations that stayed and whose wires changed."""
    delta: Cost
    """Costs of the second less those of the first."""

    def edits(self) -> tuple[Line, ...]:
        """Everything that is not the same."""
        return tuple(line for line in self.lines if line[0] != "same")


@dataclass(frozen=True)
class _Step:
    path: str
    key: tuple
    node: Node


def comparison(one: Circuit, other: Circuit) -> Comparison:
    """Align two diagrams block by block, by what operations are and where their values go.

    Within a block the longest common sequence of operations stays; what is left is added or
    removed, and blocks of one name are compared inside.
    """
    lines: list[Line] = []
    wires: list[tuple[str, str, str]] = []
    _levels(one.graph, other.graph, "", "", lines, wires)
    return Comparison(tuple(lines), tuple(wires), cost_delta(bill(one), bill(other)))


def cost_delta(one: Bill, other: Bill) -> Cost:
    """The other's total less the one's, exactly."""
    return other.total + one.total.times(Poly.of(-1))


def _levels(
    a: Graph,
    b: Graph,
    path_a: str,
    path_b: str,
    lines: list[Line],
    wires: list[tuple[str, str, str]],
) -> None:
    left, right = _steps(a, path_a), _steps(b, path_b)
    matcher = SequenceMatcher(None, [s.key for s in left], [s.key for s in right], autojunk=False)
    for tag, i0, i1, j0, j1 in matcher.get_opcodes():
        if tag == "equal":
            for x, y in zip(left[i0:i1], right[j0:j1], strict=True):
                _same(x, y, lines, wires)
            continue
        pairs = _moved(left[i0:i1], right[j0:j1])
        lines += [("removed", x.path, "") for x in left[i0:i1] if x.path not in pairs]
        for y in right[j0:j1]:
            partner = next((x for x in left[i0:i1] if pairs.get(x.path) == y.path), None)
            if partner is not None:
                lines.append(("changed", partner.path, y.path))
                before, after = _wires(partner.node), _wires(y.node)
                wires += [(y.path, before, after)] if before != after else []
            else:
                lines.append(("added", "", y.path))


def _moved(left: list[_Step], right: list[_Step]) -> dict[str, str]:
    """Operations of one sort and label that differ in their wires only."""
    found: dict[str, str] = {}
    for x in left:
        for y in right:
            if y.path not in found.values() and _sort(x.node) == _sort(y.node):
                found[x.path] = y.path
                break
    return found


def _sort(node: Node) -> tuple[str, str, str]:
    return node.kind, str(node.attrs.get("fn", "")), node.name


def _same(x: _Step, y: _Step, lines: list[Line], wires: list[tuple[str, str, str]]) -> None:
    before, after = _wires(x.node), _wires(y.node)
    if x.node.body is not None and y.node.body is not None:
        lines.append(("same", x.path, y.path))
        _levels(x.node.body, y.node.body, x.path, y.path, lines, wires)
        return
    lines.append(("same" if before == after else "changed", x.path, y.path))
    if before != after:
        wires.append((y.path, before, after))


def _steps(graph: Graph, path: str) -> list[_Step]:
    return [_Step(join(path, n.key), _key(n, graph), n) for n in graph.nodes]


def _key(node: Node, graph: Graph) -> tuple:
    """What an operation is: names of values left out, what its arguments are kept."""
    made = {v.name: n for n in graph.nodes for v in n.outs}
    sources = tuple(_sort(made[name])[:2] if name in made else ("input",) for name in node.args)
    if node.body is not None:
        return ("block", node.name)
    return (*_sort(node), sources)


def _wires(node: Node) -> str:
    return ", ".join(type_text(v.axes, v.dtype) for v in node.outs)


def told(found: Comparison, one: Circuit, other: Circuit) -> tuple[tuple[str, str, str], ...]:
    """Every difference as (what, operation, where)."""
    names = {}
    for which, diagram in (("a", one), ("b", other)):
        for path, _, node in diagram.graph.walk():
            key = join(path, node.key)
            names[which, key] = title(node)
    rows = []
    for what, a, b in found.edits():
        where = b or a
        rows.append((what, names.get(("b", b)) or names.get(("a", a), ""), where))
    return tuple(rows)
