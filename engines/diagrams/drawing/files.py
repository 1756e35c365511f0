"""A diagram as files: pictures, texts, data, code."""

from __future__ import annotations

import json
import re
from typing import Any

from engines.diagrams.drawing.formats.page import html_from_scene
from engines.diagrams.drawing.formats.svg import svg_from_scene
from engines.diagrams.drawing.formats.tikz import tikz_from_scene
from engines.diagrams.drawing.painting.scene import Mark, Scene
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import problem
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.specs.drawing import Drawing, DrawSpec

ENDINGS = {
    "svg": "svg", "svg-dark": "svg", "tikz": "tex", "html": "html", "json": "json", "python": "py",
    "text": "txt",
}  # fmt: skip


def scene_from_json(data: dict[str, Any]) -> Scene:
    """The scene that `engines.diagrams.drawing.picture.scene_json` gave."""
    marks = [
        Mark(tag, role, shape, tuple((t, w) for t, w in runs), axis, value, path)
        for tag, role, shape, runs, axis, value, path in data["marks"]
    ]
    return Scene(marks, data["width"], data["height"], list(data.get("floors", ())))


def file_from_drawing(drawing: Drawing, kind: str) -> tuple[str, bytes]:
    """File name and content of a drawing in one of ENDINGS.

    Raises:
        DiagramError: no such kind of file.
    """
    name = _name(drawing.spec.text)
    if kind in ("json", "python", "text"):
        return f"{name}.{ENDINGS[kind]}", _words(
            circuit_from_text(drawing.spec.text), kind, drawing.spec
        )
    scene = scene_from_json(json.loads(drawing.scene))
    return f"{name}.{_ending(kind)}", _picture(scene, drawing, kind, name)


def _ending(kind: str) -> str:
    if kind not in ENDINGS:
        raise problem("file", f"there is no file of kind {kind!r}", f"use {', '.join(ENDINGS)}")
    return ENDINGS[kind]


def _name(text: str) -> str:
    found = re.findall(r"^def\s+(\w+)", text, re.MULTILINE)
    return re.sub(r"\W", "", found[-1], flags=re.ASCII).lower() if found else "diagram"


def _picture(scene: Scene, drawing: Drawing, kind: str, name: str) -> bytes:
    match kind:
        case "tikz":
            return tikz_from_scene(scene).encode()
        case "html":
            return html_from_scene(scene, name, json.loads(drawing.cards), drawing.legend).encode()
        case "svg-dark":
            return svg_from_scene(scene, "dark").encode()
    return svg_from_scene(scene).encode()


def _words(diagram: Circuit, kind: str, spec: DrawSpec) -> bytes:
    from engines.diagrams.language.json_form import json_from_circuit
    from engines.diagrams.language.writing import text_from_circuit
    from engines.diagrams.running.source import source_from_circuit

    match kind:
        case "json":
            return json_from_circuit(diagram).encode()
        case "python":
            return source_from_circuit(diagram, spec.free_sizes()).encode()
    return text_from_circuit(diagram).encode()


def file_from_circuit(
    diagram: Circuit,
    kind: str,
    *,
    width: int = 1100,
    folded: tuple[str, ...] = (),
    mode: str = "light",
    apart: bool = False,
) -> bytes:
    """A diagram in one of ENDINGS, for notebooks and scripts.

    With ``apart`` definitions are drawn closed where they are called, and once below as equations.

    Raises:
        DiagramError: no such kind of file.
    """
    from engines.diagrams.drawing.picture import drawing_of_circuit, folded_blocks, scene_of
    from engines.diagrams.language.writing import text_from_circuit

    _ending(kind)
    text = text_from_circuit(diagram)
    spec = DrawSpec(
        text=text if len(text) <= 200_000 else "", width=width, collapsed=folded, apart=apart
    )
    if kind in ("json", "python", "text"):
        return _words(diagram, kind, spec)
    if kind == "svg":
        scene, _ = scene_of(diagram, folded_blocks(diagram, folded), width, apart=apart)
        chosen = {"dark": "dark", "auto": "auto"}.get(mode, "light")
        return svg_from_scene(scene, chosen).encode()  # type: ignore[arg-type]
    drawing = drawing_of_circuit(diagram, spec)
    scene = scene_from_json(json.loads(drawing.scene))
    return _picture(scene, drawing, kind, diagram.name)
