"""Layouts, orders and neurites of a wiring; it serves the explore view."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.drawing.spec import LayoutSpec
from engines.contract import Card, Experiment, Result


def frames(spec: LayoutSpec) -> Iterator[Result]:
    """The drawing at once."""
    from engines.connectome.drawing.wiring import drawing_of

    yield drawing_of(spec)


EXPERIMENT = Experiment(
    spec=LayoutSpec,
    frames=frames,
    card=Card("Drawings of a wiring", "Where its neurons are drawn and in what order.", "none"),
    listed=False,
)
