"""Named blocks drawn apart: closed where they are called, once below as a solid = its inside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from engines.diagrams.drawing.layout.place import Placer
from engines.diagrams.drawing.painting.paint import TOP, Painter
from engines.diagrams.drawing.painting.scene import Scene
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Node, join

EQUATION_SKIP = 26.0


@dataclass(frozen=True)
class Equation:
    """A definition that is called: the path of its first use, the call, its inside alone."""

    path: str
    node: Node
    diagram: Circuit


def equations(diagram: Circuit) -> tuple[Equation, ...]:
    """Every definition that is called, once, in reading order."""
    found: dict[str, Equation] = {}
    for path, _, node in diagram.graph.walk():
        if node.body is None or not node.attrs.get("own") or node.body.name in found:
            continue
        axes = set(node.body.axes())
        inside = {v.name for _, _, n in node.body.walk() for v in n.outs}
        part = replace(
            diagram,
            graph=node.body,
            derived={n: v for n, v in diagram.derived.items() if n in axes},
            notes=tuple(note for note in diagram.notes if note.value in inside),
        )
        found[node.body.name] = Equation(join(path, node.key), node, part)
    return tuple(found.values())


def calls(diagram: Circuit) -> frozenset[str]:
    """The paths of all calls, which are drawn closed."""
    walked = diagram.graph.walk()
    return frozenset(join(path, node.key) for path, _, node in walked if node.attrs.get("own"))


def scene_apart(diagram: Circuit, folded: Collection[str], width: float) -> tuple[Scene, int]:
    """The picture with every call closed, its equations below; how many operations are seen."""
    closed = frozenset(folded) | calls(diagram)
    every = equations(diagram)
    told = {note for equation in every for note in equation.diagram.notes}
    main = replace(diagram, notes=tuple(note for note in diagram.notes if note not in told))
    strip = Placer(main, closed).run()
    strip.tracks.solve()
    scene, n_visible = Painter(strip).run(width), strip.n_visible
    for equation in every:
        placer = Placer(equation.diagram, closed - {equation.path}, equation.path)
        strip = placer.equation(equation.node)
        strip.tracks.solve()
        below = Painter(strip).run(width, scene.height + EQUATION_SKIP + TOP)
        marks = [*scene.marks, *below.marks]
        scene = Scene(marks, max(scene.width, below.width), below.height)
        n_visible += strip.n_visible
    return scene, n_visible
