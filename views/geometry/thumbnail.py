"""The workbench at a glance: eight points that a small network pulls apart, for ever."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import param
from panel.custom import JSComponent

from engines.compute import Compute, Job
from engines.geometry.model import StudioRun, StudioSpec
from views.geometry.payloads import film_bytes
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.runner import Asker

_RUN = StudioSpec(width=64, n_steps=600, n_seeds=1, n_snapshots=60)


class Thumbnail(JSComponent):
    """Plays one scatter in a loop."""

    film = param.Bytes(default=b"", doc="What `film_bytes` made; empty until it has come.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.geometry", "film.js", "pictures.js", "thumbnail.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.geometry", "thumbnail.css")]

    def __init__(self, compute: Compute, owner: str) -> None:
        """Asks for its run at once; shows a quiet ground until the engine answers."""
        super().__init__(sizing_mode="stretch_both")
        self._asker = Asker(compute, owner, "geometry-thumbnail", self._hear)
        self._asker.ask(_RUN)

    def _hear(self, job: Job) -> None:
        if isinstance(job.result, StudioRun):
            self.film = film_bytes(job.result.film, job.id, job.result.nets)


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
