"""Self-sorting arrays: every cell of an array follows its own sorting rule.

>>> trajectory = simulate(SortSpec(n_cells=20, algotypes="bubble"))
>>> trajectory.stop, trajectory.n_swaps == inversions(trajectory.rank)
('sorted', True)
"""

from engines.sorting.celltrace import CellTrace, trace
from engines.sorting.cycles import Cycle, cycle_of
from engines.sorting.ensemble import ensemble
from engines.sorting.measures import MEASURES, measure
from engines.sorting.model import (
    PRESETS,
    AlgotypeShare,
    Edit,
    Ensemble,
    EnsembleSpec,
    SortSpec,
    Trajectory,
)
from engines.sorting.simulate import estimated_swaps, inversions, simulate

__all__ = [
    "MEASURES",
    "PRESETS",
    "AlgotypeShare",
    "CellTrace",
    "Cycle",
    "Edit",
    "Ensemble",
    "EnsembleSpec",
    "SortSpec",
    "Trajectory",
    "cycle_of",
    "ensemble",
    "estimated_swaps",
    "inversions",
    "measure",
    "simulate",
    "trace",
]
