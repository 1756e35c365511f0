"""Self-sorting arrays: every cell of an array follows its own sorting rule.

>>> from engines.sorting import SortSpec, inversions, simulate
>>> trajectory = simulate(SortSpec(n_cells=20, algotypes="bubble"))
>>> trajectory.stop, trajectory.n_swaps == inversions(trajectory.rank)
('sorted', True)
"""

from typing import TYPE_CHECKING

from engines.contract.offering import offered

if TYPE_CHECKING:
    from engines.sorting.calls import homeostatic, poset_pooling, sheet, trace
    from engines.sorting.cells.trace import CellTrace
    from engines.sorting.ensembles.ensemble import ensemble
    from engines.sorting.ensembles.pairs import Pair, PairSpec, pair
    from engines.sorting.ensembles.sweeps import Sweep, SweepSpec, sweep
    from engines.sorting.model import (
        PRESETS,
        AlgotypeShare,
        Edit,
        Ensemble,
        EnsembleSpec,
        SortSpec,
        Trajectory,
    )
    from engines.sorting.motion.simulate import estimated_swaps, inversions, simulate
    from engines.sorting.paper.page import PaperPage, PaperSpec, paper_page
    from engines.sorting.sheets.frames import GridResult
    from engines.sorting.sheets.spec import GridSpec
    from engines.sorting.trajectory.cycles import Cycle, cycle_of
    from engines.sorting.trajectory.measures import MEASURES, measure

__getattr__, __dir__, __all__ = offered(__name__)
