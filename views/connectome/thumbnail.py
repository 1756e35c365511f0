"""The workbench at a glance: the worm's wiring, hub after hub."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import param
from panel.custom import JSComponent

from engines.connectome.model import Drawing, LayoutSpec, Wiring, WiringSpec
from engines.running.compute import Compute, Job
from views.connectome.payloads import drawing_payload, wiring_payload
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.runner import Asker


class Thumbnail(JSComponent):
    """Draws the worm's graph and lights up one hub after the other."""

    wiring = param.Bytes(default=b"", doc="What `wiring_payload` made; empty until it has come.")
    drawing = param.Bytes(default=b"", doc="What `drawing_payload` made.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.connectome", "data.js", "thumbnail.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.connectome", "thumbnail.css")]

    def __init__(self, compute: Compute, owner: str) -> None:
        """Asks for the worm at once; shows a quiet ground until the engine answers."""
        super().__init__(sizing_mode="stretch_both")
        self._askers = [
            Asker(compute, owner, "connectome-thumbnail-wiring", self._hear),
            Asker(compute, owner, "connectome-thumbnail-drawing", self._hear),
        ]
        self._askers[0].ask(WiringSpec())
        self._askers[1].ask(LayoutSpec())

    def _hear(self, job: Job) -> None:
        if isinstance(job.result, Wiring):
            self.wiring = wiring_payload(job.result)
        elif isinstance(job.result, Drawing):
            self.drawing = drawing_payload(job.result)


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
