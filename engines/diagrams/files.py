"""A diagram as files: pictures, texts, data, code."""

from __future__ import annotations

from engines.diagrams.layout.scene import Mark, Scene
from engines.diagrams.layout.svg import svg_from_scene
from engines.diagrams.spec import Drawing


def scene_from_json(data: dict) -> Scene:
    """The scene that `engines.diagrams.draw.scene_json` gave."""
    marks = [
        Mark(tag, role, shape, tuple((t, w) for t, w in runs), axis, value, path)
        for tag, role, shape, runs, axis, value, path in data["marks"]
    ]
    return Scene(marks, data["width"], data["height"])


def file_from_drawing(drawing: Drawing, kind: str) -> tuple[str, bytes]:
    """File name and content."""
    import json

    scene = scene_from_json(json.loads(drawing.scene))
    return "diagram.svg", svg_from_scene(scene).encode()
