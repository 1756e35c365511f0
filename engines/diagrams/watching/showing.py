"""A drawing with the numbers of one example and turn under its lines."""

from __future__ import annotations

import json
from dataclasses import replace

from engines.diagrams.drawing.files import scene_from_json
from engines.diagrams.drawing.picture import drawing_of_circuit, scene_json
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.specs.drawing import Drawing
from engines.diagrams.watching.result import Watched
from engines.diagrams.wires.strips import BELOW, with_strips, without_strips


def with_values(result: Watched, example: int = 0, turn: int = -1) -> Drawing:
    """The drawing with the maps of one example and turn under its lines."""
    scene = scene_from_json(json.loads(result.drawing.scene))
    made = with_strips(without_strips(scene), result.maps(example, turn))
    text = json.dumps(scene_json(made), separators=(",", ":"), ensure_ascii=False)
    return replace(result.drawing, scene=text)


def redrawn(result: Watched, collapsed: tuple[str, ...], width: int) -> Watched:
    """The same values on the same diagram, folded or wrapped in another way; nothing runs again."""
    asked = result.drawing.spec.replace(collapsed=collapsed, width=width)
    drawing = drawing_of_circuit(circuit_from_text(asked.text), asked, below=BELOW)
    return replace(result, drawing=drawing)
