"""The shared data types of self-sorting arrays: everything a view needs, no heavy import."""

from engines.sorting.cells.report import CellReport, CellSpec
from engines.sorting.cells.trace import BY, CellTrace, TraceSpec
from engines.sorting.ensembles.results import Ensemble, EnsembleFrame, EnsembleSpec
from engines.sorting.settings.edits import Edit
from engines.sorting.settings.presets import PRESETS
from engines.sorting.settings.shares import ALGOTYPES, AlgotypeShare
from engines.sorting.settings.spec import (
    IMMOVABLE,
    MOVABLE,
    NOT_FROZEN,
    SortSpec,
    cells_per_share,
    measured_descending,
)
from engines.sorting.trajectory.cycles import Cycle, cycle_of
from engines.sorting.trajectory.moments import STOPS, LiveSpec, SortFrame
from engines.sorting.trajectory.trajectory import (
    KEYFRAME_EVERY,
    STOP_SENTENCES,
    ArrayState,
    StopReason,
    Trajectory,
)

__all__ = [
    "ALGOTYPES",
    "BY",
    "IMMOVABLE",
    "KEYFRAME_EVERY",
    "MOVABLE",
    "NOT_FROZEN",
    "PRESETS",
    "STOPS",
    "STOP_SENTENCES",
    "AlgotypeShare",
    "ArrayState",
    "CellReport",
    "CellSpec",
    "CellTrace",
    "Cycle",
    "Edit",
    "Ensemble",
    "EnsembleFrame",
    "EnsembleSpec",
    "LiveSpec",
    "SortFrame",
    "SortSpec",
    "StopReason",
    "TraceSpec",
    "Trajectory",
    "cells_per_share",
    "cycle_of",
    "measured_descending",
]
