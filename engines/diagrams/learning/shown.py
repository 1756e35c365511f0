"""Entrants as they are drawn, with what their wires did during the race."""

from __future__ import annotations

import json
from dataclasses import replace

from engines.contract import InputError
from engines.diagrams.drawing.files import scene_from_json
from engines.diagrams.drawing.formats.svg import Mode, svg_from_scene
from engines.diagrams.drawing.picture import drawing_of_circuit, scene_json
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.specs.drawing import Drawing, DrawSpec
from engines.diagrams.wires.courses import tinted, with_courses
from engines.diagrams.wires.followed import Followed


def with_wire(drawn: Drawing, followed: Followed, path: str = "") -> Drawing:
    """A drawing with small curves under one wire, and wires that hardly learn tinted.

    Args:
        drawn: of the same text.
        followed: statistics of every wire.
        path: of the operation, "" for none.
    """
    if not drawn.scene:
        return drawn
    scene = tinted(scene_from_json(json.loads(drawn.scene)), followed.vanishing())
    made = scene_json(with_courses(scene, followed, path))
    return replace(drawn, scene=json.dumps(made, separators=(",", ":"), ensure_ascii=False))


def svg_of_wire(
    text: str, followed: Followed, path: str, *, width: int = 700, mode: Mode = "auto"
) -> str:
    """The same as an SVG.

    Raises:
        InputError: no such wire.
    """
    if path not in followed.paths:
        raise InputError(f"there is no wire {path!r}; there are {', '.join(followed.paths)}")
    circuit = circuit_from_text(text)
    drawn = with_wire(drawing_of_circuit(circuit, DrawSpec(text=text, width=width)), followed, path)
    return svg_from_scene(scene_from_json(json.loads(drawn.scene)), mode)
