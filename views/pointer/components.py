"""The stage of the pointer workbench: points that can be moved, and the pointer step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.pointer.model import N_POINTS_MAX
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm

Rows = tuple[tuple[float, float], ...]


class PointerStage(JSComponent):
    """The plane with its points beside the heat map of the pointer, on one clock."""

    clock_id = param.String(doc="Names the clock shared with the timeline.")
    scene = param.Bytes(default=b"", doc="What `views.pointer.scene.scene` made.")
    reference = param.Boolean(default=True, doc="Whether the reference is drawn.")
    selected = param.Integer(default=-1, doc="The selected point.")
    head = param.Integer(default=-1, doc="The head whose attention is drawn, layer by layer.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.pointer",
        "plane.js",
        "heat.js",
        "heads.js",
        "stage.js",
        shared=("base.js", "large.js", "clock.js", "svg.js"),
    )
    _stylesheets: ClassVar[list[str]] = [
        stylesheet("views.pointer", "stage.css"),
        stylesheet("views.kit", "large.css"),
    ]

    def __init__(
        self,
        on_points: Callable[[Rows, bool], None],
        on_select: Callable[[int], None],
        **params: Any,
    ) -> None:
        """``on_points(rows, held)`` is told all points after a change by hand.

        ``held`` says that a point is still being dragged; ``on_select`` is told when it is let go.
        """
        super().__init__(**params)
        self._on_points, self._on_select = on_points, on_select

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if data.get("kind") == "points":
            rows = rows_from_browser(data.get("points"))
            if rows is not None:
                self._on_points(rows, data.get("held") is True)
        elif data.get("kind") == "select" and type(data.get("point")) is int:
            self.selected = data["point"]
            self._on_select(data["point"])


def rows_from_browser(sent: Any) -> Rows | None:
    """Points as the browser sent them; None for anything that is not pairs of finite numbers."""
    if not isinstance(sent, list) or len(sent) > N_POINTS_MAX:
        return None
    rows = []
    for row in sent:
        if not isinstance(row, list) or len(row) != 2:
            return None
        if not all(type(v) in (int, float) and math.isfinite(v) for v in row):
            return None
        rows.append((float(row[0]), float(row[1])))
    return tuple(rows)
