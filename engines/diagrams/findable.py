"""Architectures of the library by name, for the page's search."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Findable
from engines.diagrams.experiments.drawing.write import EXPERIMENT
from engines.diagrams.library import LIBRARY


def findable() -> Iterator[Findable]:
    """Every entry of the library, opened as a diagram."""
    for entry in LIBRARY.values():
        spec = EXPERIMENT.presets[entry.title]
        yield Findable("architecture", entry.title, entry.source, "diagrams/write", spec)
