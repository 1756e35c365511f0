"""The workbench at a glance: a network that walks around a hull for ever."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import param
from panel.custom import JSComponent

from engines.compute import Compute, Job
from engines.pointer.model import SolveSpec
from engines.pointer.results import Answer
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.runner import Asker
from views.pointer.scene import scene

_RUN = SolveSpec(n_points=30, seed=7)


class Thumbnail(JSComponent):
    """Plays the steps of one answer in a loop."""

    scene = param.Bytes(default=b"", doc="What `views.pointer.scene.scene` made.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.pointer", "plane.js", "thumbnail.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.pointer", "thumbnail.css")]

    def __init__(self, compute: Compute, owner: str) -> None:
        """Asks for its answer at once; shows a quiet ground until the engine has it."""
        super().__init__(sizing_mode="stretch_both")
        self._asker = Asker(compute, owner, "pointer-thumbnail", self._hear)
        self._asker.ask(_RUN)

    def _hear(self, job: Job) -> None:
        if isinstance(job.result, Answer):
            self.scene = scene(job.result)


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
