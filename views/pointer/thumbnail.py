"""The workbench at a glance: a network that walks around a hull for ever."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

from engines.pointer.answering.results import Answer
from engines.pointer.model import SolveSpec
from engines.running.compute import Compute
from views.kit.thumbnail import LoopingPicture, looping_script
from views.pointer.scene import scene


class Thumbnail(LoopingPicture):
    """Plays the steps of one answer in a loop."""

    question = SolveSpec(n_points=30, seed=7)
    _esm: ClassVar[str | PathLike[str]] = looping_script(
        "views.pointer", "plane.js", "thumbnail.js"
    )

    def packed(self, result: Answer) -> bytes:
        """The points and the steps."""
        return scene(result)


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
