"""The workbench at a glance: multi-head attention, axis after axis."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import param
from panel.custom import JSComponent

from engines.diagrams.drawing.formats.palette import LOOK
from engines.diagrams.specs.drawing import Drawing, DrawSpec
from engines.running.compute import Compute, Job
from views.diagrams.components import colours_script
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.runner import Asker


class Thumbnail(JSComponent):
    """Draws the opening diagram and lights one axis after the other."""

    scene = param.String(default="", doc="The scene as JSON; empty until it has come.")

    _esm: ClassVar[str | PathLike[str]] = (
        tokens_script()
        + colours_script()
        + esm("views.diagrams", "drawing.js", "thumbnail.js", shared=("base.js",))
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.diagrams", "thumbnail.css"), LOOK]

    def __init__(self, compute: Compute, owner: str) -> None:
        """Asks for its drawing at once; shows a quiet ground until the engine answers."""
        super().__init__(sizing_mode="stretch_both")
        self._asker = Asker(compute, owner, "diagrams-thumbnail", self._hear)
        self._asker.ask(DrawSpec())

    def _hear(self, job: Job) -> None:
        if isinstance(job.result, Drawing):
            self.scene = job.result.scene


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
