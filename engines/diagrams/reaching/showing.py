"""A drawing with the bounds of one example and box under its lines."""

from __future__ import annotations

import json
from dataclasses import replace

from engines.diagrams.drawing.files import scene_from_json
from engines.diagrams.drawing.picture import drawing_of_circuit, scene_json
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.reaching.bands import ROOM, with_bands
from engines.diagrams.reaching.results import BoundsResult
from engines.diagrams.specs.drawing import Drawing
from engines.diagrams.wires.strips import without_strips


def with_reach(
    result: BoundsResult, example: int, size: int, turn: int = -1, *, alike: bool = False
) -> Drawing:
    """The drawing with the bands of one example, box and turn; ``alike`` on one scale."""
    scene = without_strips(scene_from_json(json.loads(result.drawing.scene)))
    made = with_bands(scene, result.shown(example, size, turn), alike=alike)
    text = json.dumps(scene_json(made), separators=(",", ":"), ensure_ascii=False)
    return replace(result.drawing, scene=text)


def redrawn(result: BoundsResult, collapsed: tuple[str, ...], width: int) -> BoundsResult:
    """The same bounds on the same diagram, folded or wrapped in another way."""
    asked = result.drawing.spec.replace(collapsed=collapsed, width=width)
    drawing = drawing_of_circuit(circuit_from_text(asked.text), asked, below=ROOM)
    return replace(result, drawing=drawing)
