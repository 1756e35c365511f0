"""One cell at one moment: what it is, what it wants, and why it does or does not act."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.sorting.cells.report import CellReport, CellSpec
from engines.sorting.settings.presets import PRESETS


def frames(spec: CellSpec) -> Iterator[CellReport]:
    """The run is repeated up to the step (it is the same, byte for byte), then looked at."""
    from engines.sorting.cells.inspection import report

    yield report(spec)


EXPERIMENT = Experiment(
    spec=CellSpec,
    frames=frames,
    card=Card(
        title="Why did this cell move?",
        claim="What a single cell sees, wants and may do at a moment of the run.",
        paper="none",
    ),
    presets={name: CellSpec(run=run) for name, run in PRESETS.items()},
    listed=False,
)
