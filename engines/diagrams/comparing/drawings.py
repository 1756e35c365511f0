"""Both pictures of a comparison, with what differs marked."""

from __future__ import annotations

import json
from dataclasses import fields, replace

from engines.diagrams.comparing.alignment import comparison, told
from engines.diagrams.comparing.rewriting import told_apart
from engines.diagrams.drawing.picture import drawing
from engines.diagrams.language.check import judged
from engines.diagrams.specs.comparing import ComparedDrawings, CompareSpec
from engines.diagrams.specs.drawing import Drawing, DrawSpec


def compared_drawings(spec: CompareSpec) -> ComparedDrawings:
    """Draw both and align them; mistakes of a text are in its drawing."""
    first = drawing(DrawSpec(text=spec.text, width=spec.width))
    second = drawing(DrawSpec(text=spec.other, width=spec.width))
    one, other = judged(spec.text)[0], judged(spec.other)[0]
    if one is None or other is None:
        return ComparedDrawings(first, second, (), (), ())
    found = comparison(one, other)
    delta = tuple(
        (f.name, str(getattr(found.delta, f.name)))
        for f in fields(found.delta)
        if getattr(found.delta, f.name)
    )
    gone = {a for what, a, _ in found.edits() if what in ("removed", "changed")}
    new = {b for what, _, b in found.edits() if what in ("added", "changed")}
    return ComparedDrawings(
        _marked(first, gone), _marked(second, new), told(found, one, other), found.wires, delta,
        *told_apart(one),
    )  # fmt: skip


def _marked(drawing: Drawing, paths: set[str]) -> Drawing:
    """The drawing with the operations of some paths marked as different."""
    scene = json.loads(drawing.scene) if drawing.scene else {"marks": []}
    for mark in scene["marks"]:
        if mark[6] in paths:
            mark[1] += " differs"
    return replace(drawing, scene=json.dumps(scene) if drawing.scene else "")
