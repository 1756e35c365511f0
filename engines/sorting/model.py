"""The shared data types of self-sorting arrays: everything a view needs, no heavy import."""

from engines.sorting.edits import Edit
from engines.sorting.frames import (
    STOPS,
    CellReport,
    CellSpec,
    Ensemble,
    EnsembleFrame,
    EnsembleSpec,
    LiveSpec,
    SortFrame,
)
from engines.sorting.presets import PRESETS
from engines.sorting.shares import ALGOTYPES, AlgotypeShare
from engines.sorting.spec import (
    IMMOVABLE,
    MOVABLE,
    NOT_FROZEN,
    SortSpec,
    cells_per_share,
    measured_descending,
)
from engines.sorting.trajectory import (
    KEYFRAME_EVERY,
    STOP_SENTENCES,
    ArrayState,
    StopReason,
    Trajectory,
)

__all__ = [
    "ALGOTYPES",
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
    "Edit",
    "Ensemble",
    "EnsembleFrame",
    "EnsembleSpec",
    "LiveSpec",
    "SortFrame",
    "SortSpec",
    "StopReason",
    "Trajectory",
    "cells_per_share",
    "measured_descending",
]
