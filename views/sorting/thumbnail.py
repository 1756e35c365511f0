"""The workbench at a glance: a small array that sorts itself for ever."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

from engines.running.compute import Compute
from engines.sorting.model import AlgotypeShare, SortSpec, Trajectory
from views.kit.thumbnail import LoopingPicture, looping_script
from views.sorting.lanes import lane_payload


class Thumbnail(LoopingPicture):
    """Plays one trajectory in a loop."""

    question = SortSpec(
        n_cells=60,
        algotypes=(AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection")),
        seed=3,
    )
    _esm: ClassVar[str | PathLike[str]] = looping_script(
        "views.sorting", "lane.js", "pictures.js", "thumbnail.js"
    )

    def packed(self, result: Trajectory) -> bytes:
        """The trajectory."""
        return lane_payload(result, "")


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
