"""Self-sorting arrays: every cell of an array follows its own sorting rule.

>>> trajectory = simulate(SortSpec(n_cells=20, algotypes="bubble"))
>>> trajectory.stop, trajectory.n_swaps == inversions(trajectory.rank)
('sorted', True)
"""

from engines.sorting.calls import sheet, trace
from engines.sorting.celltrace import CellTrace
from engines.sorting.cycles import Cycle, cycle_of
from engines.sorting.ensemble import ensemble
from engines.sorting.grid.frames import GridResult
from engines.sorting.grid.spec import GridSpec
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
from engines.sorting.pairs import Pair, PairSpec, pair
from engines.sorting.paper.page import PaperPage, PaperSpec, paper_page
from engines.sorting.simulate import estimated_swaps, inversions, simulate
from engines.sorting.sweeps import Sweep, SweepSpec, sweep

__all__ = [
    "MEASURES",
    "PRESETS",
    "AlgotypeShare",
    "CellTrace",
    "Cycle",
    "Edit",
    "Ensemble",
    "EnsembleSpec",
    "GridResult",
    "GridSpec",
    "Pair",
    "PairSpec",
    "PaperPage",
    "PaperSpec",
    "SortSpec",
    "Sweep",
    "SweepSpec",
    "Trajectory",
    "cycle_of",
    "ensemble",
    "estimated_swaps",
    "inversions",
    "measure",
    "pair",
    "paper_page",
    "sheet",
    "simulate",
    "sweep",
    "trace",
]
