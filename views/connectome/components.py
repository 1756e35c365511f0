"""The stages of the connectome workbench: pictures of one wiring on one selection."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm

_SCRIPTS = ("data.js", "graph.js", "matrix.js", "body.js", "table.js", "stage.js")
_CSS = stylesheet("views.connectome", "stage.css")


class Stage(JSComponent):
    """What every stage of a wiring knows; everything is sent once and linked in the browser."""

    __abstract = True

    wiring = param.Bytes(default=b"", doc="What `payloads.wiring_payload` made.")
    drawing = param.Bytes(default=b"", doc="What `payloads.drawing_payload` made.")
    numbers = param.Bytes(default=b"", doc="What `payloads.numbers_payload` made.")
    selected = param.List(default=[], doc="Places of the selected neurons, the last one last.")
    lit = param.List(default=[], doc="Neurons of motif instances, three after three.")
    paths = param.Dict(default={}, doc='{"columns": neurons per step, "edges": [pre, post, w]}.')
    layout = param.String(default="force", doc="Which drawing the graph uses.")
    order = param.String(default="class", doc="Which order the matrix uses.")
    colour = param.String(default="role", doc="What the colour of a neuron means.")
    camera = param.Dict(default={}, doc="What `views.kit.camera.lenses` gives, by picture.")
    swap_axes = param.Boolean(default=False, doc="Whether columns of the matrix are senders.")

    _stylesheets: ClassVar[list[str]] = [_CSS]


class WiringStage(Stage):
    """Graph, matrix, body and table."""

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.connectome", *_SCRIPTS, "start.js", shared=("base.js", "svg.js")
    )


class ActivityStage(Stage):
    """Graph, body, table and a raster, coloured by activity at the clock's time."""

    activity = param.Bytes(default=b"", doc="What `payloads.activity_payload` made.")
    clock_id = param.String(default="", doc="Names the clock shared with the timeline.")
    autoplay = param.Boolean(default=True, doc="Play as soon as activity comes.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.connectome",
        *_SCRIPTS,
        "activity.js",
        "start.js",
        shared=("base.js", "clock.js", "svg.js"),
    )


class RasterStage(JSComponent):
    """A large wiring as pixels, panned and zoomed by hand."""

    raster = param.Bytes(default=b"", doc="What `payloads.raster_payload` made.")
    window = param.List(default=[0.0, 0.0, 1.0, 1.0], doc="Left, bottom, width, height on show.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.connectome", "data.js", "large.js", shared=("base.js", "svg.js")
    )
    _stylesheets: ClassVar[list[str]] = [_CSS]

    def __init__(self, on_pick: Callable[[float, float], None], **params: Any) -> None:
        """``on_pick(x, y)`` is told where the picture was clicked, in the layout's units."""
        super().__init__(**params)
        self._on_pick = on_pick

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and data.get("kind") == "pick":
            self._on_pick(float(data["x"]), float(data["y"]))
