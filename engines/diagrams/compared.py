"""What to compare, and what comes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

from engines.contract import Result, Spec, knob
from engines.contract.pictures import Picture, Table
from engines.diagrams.library import LIBRARY
from engines.diagrams.spec import TEXT_MAX, Drawing, DrawSpec


class CompareSpec(Spec):
    """Two texts."""

    text: str = knob(
        LIBRARY["post-norm"].text,
        label="First text",
        help="The diagram to start from.",
        widget="hidden",
        max_length=TEXT_MAX,
    )
    other: str = knob(
        LIBRARY["pre-norm"].text,
        label="Second text",
        help="The diagram to compare with it.",
        widget="hidden",
        max_length=TEXT_MAX,
    )
    width: int = knob(
        1100,
        label="Line width",
        help="Where long diagrams wrap, in pixels of the picture.",
        unit="px",
        group="Look",
        ge=300,
        le=100_000,
        soft=(500, 3000),
        step=50,
    )


@dataclass(frozen=True, eq=False)
class ComparedDrawings(Result):
    """Both drawings with what differs marked in their scenes, and the differences in words."""

    first: Drawing
    second: Drawing
    differences: tuple[tuple[str, str, str], ...]
    """(what, operation, where)."""
    wires: tuple[tuple[str, str, str], ...]
    delta: tuple[tuple[str, str], ...]
    """(quantity, polynomial) by which the second costs more."""

    def pictures(self) -> tuple[Picture, ...]:
        """The differences as a table."""
        rows = self.differences
        columns = {
            name: tuple(row[k] for row in rows)
            for k, name in enumerate(("what", "operation", "where"))
        }
        return (Table("Differences", columns),)


def compared_drawings(spec: CompareSpec) -> ComparedDrawings:
    """Draw both and align them; mistakes of a text are in its drawing."""
    from engines.diagrams.check import judged
    from engines.diagrams.compare import comparison, told
    from engines.diagrams.draw import drawing

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
        _marked(first, gone), _marked(second, new), told(found, one, other), found.wires, delta
    )


def _marked(drawing: Drawing, paths: set[str]) -> Drawing:
    """The drawing with the operations of some paths marked as different."""
    from dataclasses import replace

    scene = json.loads(drawing.scene) if drawing.scene else {"marks": []}
    for mark in scene["marks"]:
        if mark[6] in paths:
            mark[1] += " differs"
    return replace(drawing, scene=json.dumps(scene) if drawing.scene else "")
