"""The stage of the sorting workbench: arrays, their histories and their curves in the browser."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class SortingStage(JSComponent):
    """One to four arrays on one clock; every trajectory is sent once and played in the browser."""

    clock_id = param.String(doc="Names the clock shared with the timeline.")
    lanes = param.List(doc="One payload per array, see `views.sorting.lanes.lane_payload`.")
    frame = param.Bytes(default=b"", doc="A live moment of the first array; empty when none.")
    colour = param.Selector(
        default="algotype",
        objects=["value", "algotype", "displacement", "frozen"],
        doc="What the colour of a bar means.",
    )
    history = param.Selector(
        default="value",
        objects=["value", "algotype", "displacement", "frozen"],
        doc="What the colour of the picture of position through time means.",
    )
    clock_unit = param.Selector(
        default="swap",
        objects=["swap", "activation", "percent"],
        doc="What the clock counts; percent lets every array take equally long.",
    )
    selected = param.Integer(default=-1, doc="The selected cell, by its first position.")
    partner = param.Integer(default=-1, doc="A second marked cell.")
    keep_position = param.Boolean(default=False, doc="Keep the cursor when new lanes come.")
    start_at = param.Integer(default=-1, doc="Where the cursor is when new lanes come, if not -1.")
    n_movies = param.Integer(default=0, doc="Counted up to have the browser record one more film.")
    autoplay = param.Boolean(default=True, doc="Play as soon as lanes come.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.sorting",
        "lane.js",
        "pictures.js",
        "paths.js",
        "sound.js",
        "movie.js",
        "stage.js",
        shared=("base.js", "large.js", "clock.js", "svg.js"),
    )
    _stylesheets: ClassVar[list[str]] = [
        stylesheet("views.sorting", "stage.css"),
        stylesheet("views.kit", "large.css"),
    ]

    def __init__(
        self,
        on_click: Callable[[int, int, int], None],
        on_no_film: Callable[[], None] = lambda: None,
        **params: Any,
    ) -> None:
        """``on_click(lane, cell, step)`` is told which cell was clicked, and when in its run.

        ``on_no_film`` is told when this browser cannot record one.
        """
        super().__init__(**params)
        self._on_click, self._on_no_film = on_click, on_no_film

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if data.get("kind") == "no film":
            self._on_no_film()
        elif data.get("kind") == "click":
            self._on_click(int(data["lane"]), int(data["cell"]), int(data["step"]))
