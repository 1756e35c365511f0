"""One line for a notebook or a script: a sheet of cells, and the way of one cell."""

from __future__ import annotations

from engines.sorting.cells.trace import CellTrace, TraceSpec
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
