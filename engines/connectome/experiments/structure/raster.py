"""A window of a large wiring as pixels; it serves the large view."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.large.spec import RasterSpec
from engines.contract import Card, Experiment, Frame, Result


def frames(spec: RasterSpec) -> Iterator[Frame | Result]:
    """From coarse to fine."""
    from engines.connectome.large.raster import raster_frames

    yield from raster_frames(spec)


EXPERIMENT = Experiment(
    spec=RasterSpec,
    frames=frames,
    card=Card("A window of a large wiring", "Edges per pixel.", "none"),
    listed=False,
)
