"""Two diagrams side by side: which operations both have, which only one, what the change costs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from engines.diagrams.comparing.steps import (
    Step,
    in_order_of,
    inputs_alike,
    settings,
    sort_of,
    steps,
)
from engines.diagrams.costing.bill import Bill, Cost, bill
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Graph, Node, join
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.describing import title, type_text

Line = tuple[str, str, str]
"""("same" | "added" | "removed" | "changed", path in the one, path in the other)."""
_Pair = tuple[str, Step | None, Step | None]
"""The same in steps; those that are only in one diagram stand beside None."""
_EITHER_WAY = frozenset(["add", "mul", "maximum", "minimum"])


@dataclass(frozen=True)
class Comparison:
    """What the second diagram has that the first has not, and the other way round."""

    lines: tuple[Line, ...]
    wires: tuple[tuple[str, str, str], ...]
    """(path, axes before, axes after) of operations that stayed and whose wires changed."""
    delta: Cost
    """Costs of the second less those of the first."""
    sizes: tuple[tuple[str, str, str], ...] = ()
    """(axis, declared size before, after); *free* where none is declared."""

    def edits(self) -> tuple[Line, ...]:
        """Everything that is not the same; sizes last, as they are written."""
        sizes = (
            ("changed", f"size {name} = {before}", f"size {name} = {after}")
            for name, before, after in self.sizes
        )
        return (*(line for line in self.lines if line[0] != "same"), *sizes)


def comparison(one: Circuit, other: Circuit) -> Comparison:
    """Align two diagrams block by block, by what operations are and where their values go.

    Within a block the longest common sequence of operations stays; what is left is added or
    removed, and blocks of one name are compared inside. A level that gives another value than its
    twin is a change of what makes that value.
    """
    lines, wires = lines_of(one.graph, other.graph)
    delta = cost_delta(bill(one), bill(other))
    return Comparison(tuple(lines), tuple(wires), delta, _sizes(one, other))


def lines_of(one: Graph, other: Graph) -> tuple[list[Line], list[tuple[str, str, str]]]:
    """Every operation, and wires that changed, as `Comparison` has them."""
    lines: list[Line] = []
    wires: list[tuple[str, str, str]] = []
    _levels(one, other, "", "", lines, wires)
    return lines, wires


def _sizes(one: Circuit, other: Circuit) -> tuple[tuple[str, str, str], ...]:
    """Declared sizes that differ, of axes and counts that both diagrams use."""
    both = set(one.graph.size_names()) & set(other.graph.size_names())
    pairs = [(name, one.sizes.get(name), other.sizes.get(name)) for name in sorted(both)]
    return tuple((name, _size(a), _size(b)) for name, a, b in pairs if a != b)


def _size(declared: Poly | None) -> str:
    return "free" if declared is None else str(declared)


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
    left = steps(a, path_a)
    right = in_order_of(a, b, steps(b, path_b))
    matcher = SequenceMatcher(None, [s.key for s in left], [s.key for s in right], autojunk=False)
    found: list[_Pair] = []
    for tag, i0, i1, j0, j1 in matcher.get_opcodes():
        if tag == "equal":
            found += [("same", x, y) for x, y in zip(left[i0:i1], right[j0:j1], strict=True)]
            continue
        pairs = _moved(left[i0:i1], right[j0:j1])
        found += [("removed", x, None) for x in left[i0:i1] if x.path not in pairs]
        for y in right[j0:j1]:
            partner = next((x for x in left[i0:i1] if pairs.get(x.path) == y.path), None)
            found.append(("added" if partner is None else "changed", partner, y))
    twins = _twins(a, b, found)
    for what, x, y in found:
        if x is None or y is None:
            lines.append((what, x.path if x else "", y.path if y else ""))
        elif what == "same":
            _same(x, y, twins, lines, wires)
        else:
            lines.append((what, x.path, y.path))
            before, after = _wires(x.node), _wires(y.node)
            wires += [(y.path, before, after)] if before != after else []
    makers = [_makers(graph, found, path) for graph, found, path in
              ((a, left, path_a), (b, right, path_b))]  # fmt: skip
    for p, q in _given_otherwise(a, b, twins):
        lines.append(("changed", makers[0].get(p, ""), makers[1].get(q, "")))


def _twins(a: Graph, b: Graph, found: list[_Pair]) -> dict[str, str]:
    """What the first diagram's values are called in the second, for all that both have."""
    twins = inputs_alike(a, b)
    for _what, x, y in found:
        if x is not None and y is not None:
            names = zip((v.name for v in x.node.outs), (v.name for v in y.node.outs), strict=False)
            twins.update(names)
    return twins


def _given_otherwise(a: Graph, b: Graph, twins: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of outputs that are not the same value; an empty name where one level has fewer.

    Where only one level has what it gives nothing is said: its maker is told already.
    """
    known = set(twins.values())
    pairs = zip_longest(a.outputs, b.outputs, fillvalue="")
    return [
        (p, q)
        for p, q in pairs
        if (not p or p in twins) and (not q or q in known) and twins.get(p, "") != q
    ]


def _makers(graph: Graph, found: list[Step], path: str) -> dict[str, str]:
    """The path of what makes a value, by its name; an input has a path of its own."""
    paths = {value.name: join(path, value.name) for value in graph.inputs}
    return paths | {value.name: step.path for step in found for value in step.node.outs}


def _moved(left: list[Step], right: list[Step]) -> dict[str, str]:
    """Operations of one sort and label that differ in their wires only."""
    found: dict[str, str] = {}
    for x in left:
        for y in right:
            if y.path not in found.values() and sort_of(x.node) == sort_of(y.node):
                found[x.path] = y.path
                break
    return found


def _same(
    x: Step,
    y: Step,
    twins: dict[str, str],
    lines: list[Line],
    wires: list[tuple[str, str, str]],
) -> None:
    before, after = _wires(x.node), _wires(y.node)
    alike = _alike(x.node, y.node, twins)
    if x.node.body is not None and y.node.body is not None:
        lines.append(("same" if alike else "changed", x.path, y.path))
        _levels(x.node.body, y.node.body, x.path, y.path, lines, wires)
        return
    lines.append(("same" if before == after and alike else "changed", x.path, y.path))
    if before != after:
        wires.append((y.path, before, after))


def _alike(x: Node, y: Node, twins: dict[str, str]) -> bool:
    """Whether two operations have the same settings and read what is the same in both.

    Of an argument that only one diagram has nothing is said: its maker is told already.
    """
    if settings(x) != settings(y):
        return False
    known = set(twins.values())
    pairs = [(twins[p], q) for p, q in zip(x.args, y.args, strict=False) if p in twins]
    both = [(p, q) for p, q in pairs if q in known]
    if x.kind == "einsum" or x.attrs.get("fn") in _EITHER_WAY:
        return sorted(p for p, _ in both) == sorted(q for _, q in both)
    return all(p == q for p, q in both)


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
    for what, a, b in found.lines:
        if what == "same":
            continue
        where = b or a
        rows.append((what, names.get(("b", b)) or names.get(("a", a), ""), where))
    rows += [("changed", f"size {name}", f"{old} → {new}") for name, old, new in found.sizes]
    return tuple(rows)
