"""One line for a notebook or a script: sheets, the way of one cell, and what learns."""

from __future__ import annotations

from typing import Any, cast

from engines.running import registry
from engines.sorting.cells.trace import CellTrace, TraceSpec
from engines.sorting.needs.results import NeedsResult
from engines.sorting.pooling.results import PoolResult
from engines.sorting.sheets.frames import GridResult
from engines.sorting.sheets.spec import GridSpec
from engines.sorting.trajectory.trajectory import Trajectory


def trace(trajectory: Trajectory, cell: int) -> CellTrace:
    """Every swap of one cell, and who made it.

    The log says who changed places but not whose turn it was, so the run is repeated (it is the
    same, byte for byte) and looked at after each of these swaps.

    Args:
        trajectory: a finished or stopped run.
        cell: the cell, named by its first position.

    Raises:
        SpecError: the run has no such cell.
    """
    from engines.sorting.cells.retrace import trace_of

    return trace_of(TraceSpec(run=trajectory.spec, cell=cell, n_steps=trajectory.n_steps))


def sheet(spec: GridSpec) -> GridResult:
    """Let a sheet of cells sort its rows and columns.

    >>> from engines.sorting import GridSpec, sheet
    >>> sheet(GridSpec(n_rows=3, n_columns=4)).stop
    'sorted'
    """
    from engines.sorting.sheets.simulation import frames_of

    *_, last = frames_of(spec)
    assert isinstance(last, GridResult)
    return last


def homeostatic(**fields: Any) -> NeedsResult:
    """Learners whose rate changes by what they take; ``.apart(one, other, interval)`` compares.

    Args:
        fields: of `NeedsSpec`: ``n_batches``, ``n_nets``, ``seed``.
    """
    experiment = registry.experiment("sorting/needs")
    return cast("NeedsResult", experiment.result(experiment.spec(**fields)))


def poset_pooling(**fields: Any) -> PoolResult:
    """Networks that pool by orders and otherwise; ``.apart(one, other)`` compares two ways.

    Args:
        fields: of `PoolSpec`: ``task``, ``n_steps``, ``n_nets``, ``seed``.
    """
    experiment = registry.experiment("sorting/pooling")
    return cast("PoolResult", experiment.result(experiment.spec(**fields)))
