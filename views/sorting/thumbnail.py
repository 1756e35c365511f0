"""The workbench at a glance: a small array that sorts itself for ever."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import param
from panel.custom import JSComponent

from engines.compute import Compute, Job
from engines.sorting.model import AlgotypeShare, SortSpec, Trajectory
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.runner import Asker
from views.sorting.lanes import lane_payload

_RUN = SortSpec(
    n_cells=60,
    algotypes=(AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection")),
    seed=3,
)


class Thumbnail(JSComponent):
    """Plays one trajectory in a loop."""

    lane = param.Bytes(default=b"", doc="What `lane_payload` made; empty until it has come.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.sorting", "lane.js", "pictures.js", "thumbnail.js", shared=("base.js", "clock.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.sorting", "thumbnail.css")]

    def __init__(self, compute: Compute, owner: str) -> None:
        """Asks for its run at once; shows a quiet ground until the engine answers."""
        super().__init__(sizing_mode="stretch_both")
        self._asker = Asker(compute, owner, "sorting-thumbnail", self._hear)
        self._asker.ask(_RUN)

    def _hear(self, job: Job) -> None:
        if isinstance(job.result, Trajectory):
            self.lane = lane_payload(job.result, "")


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
