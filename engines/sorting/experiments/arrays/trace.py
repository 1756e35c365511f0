"""One cell's way through a run."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.sorting.cells.trace import CellTrace, TraceSpec
from engines.sorting.settings.presets import PRESETS


def frames(spec: TraceSpec) -> Iterator[CellTrace]:
    """The run is repeated and the cell is followed through its swaps."""
    from engines.sorting.cells.retrace import trace_of

    yield trace_of(spec)


EXPERIMENT = Experiment(
    spec=TraceSpec,
    frames=frames,
    card=Card(
        title="Where has this cell been?",
        claim="Every swap of a single cell: when, from where, with whom, and whose turn it was.",
        paper="none",
    ),
    presets={name: TraceSpec(run=run) for name, run in PRESETS.items()},
    listed=False,
)
