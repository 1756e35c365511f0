"""The workbench at a glance: eight points that a small network pulls apart, for ever."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

from engines.geometry.model import StudioRun, StudioSpec
from engines.running.compute import Compute
from views.geometry.payloads import film_bytes
from views.kit.thumbnail import LoopingPicture, looping_script


class Thumbnail(LoopingPicture):
    """Plays one scatter in a loop."""

    question = StudioSpec(width=64, n_steps=600, n_seeds=1, n_snapshots=60)
    _esm: ClassVar[str | PathLike[str]] = looping_script(
        "views.geometry", "film.js", "pictures.js", "thumbnail.js"
    )

    def packed(self, result: StudioRun) -> bytes:
        """The points at every snapshot."""
        return film_bytes(result.film, "thumbnail", result.nets)


def thumbnail(compute: Compute, owner: str) -> Thumbnail:
    """The live picture of the workbench's card."""
    return Thumbnail(compute, owner)
