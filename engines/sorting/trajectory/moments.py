"""Moments of a run: the array at one step, and how a run is shown while it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from engines.contract import Frame, Spec, knob
from engines.contract.pictures import Axis, Bars, Picture
from engines.sorting.settings.shares import ALGOTYPES
from engines.sorting.settings.spec import SortSpec
from engines.sorting.trajectory.trajectory import StopReason

STOPS: tuple[StopReason, ...] = (
    "sorted",
    "quiescent",
    "livelock",
    "budget",
    "cancelled",
    "empty",
)
"""In the order of their codes in `Ensemble.stop`."""


@dataclass(frozen=True, eq=False)
class SortFrame(Frame):
    """A moment of a run; at most 1 kB when packed for 100 cells."""

    step: int
    """Swaps in the log so far."""
    order: np.ndarray
    """Cell at every position (uint16, or uint32 for more than 65,536 cells)."""
    rank: np.ndarray
    """Dense rank of every cell (same type as order)."""
    algotype: np.ndarray
    """uint8[cell], now."""
    frozen: np.ndarray
    """uint8[cell], now."""
    error: int
    sortedness: float
    """Percent."""
    aggregation: float
    """Share of cells whose right neighbour has the same algotype; nan below two cells."""
    n_swaps: int
    n_paper_steps: int
    n_reads: int
    n_activations: int

    def pictures(self) -> tuple[Picture, ...]:
        """The array as bars."""
        return (
            Bars(
                "The array now",
                self.rank[self.order].astype(np.float64),
                Axis("position"),
                Axis("rank"),
                tuple(ALGOTYPES[kind] for kind in self.algotype[self.order]),
            ),
        )


class LiveSpec(Spec):
    """A run shown while it is computed, paced by the clock."""

    run: SortSpec = knob(SortSpec(), label="Run", help="What runs.")
    swaps_per_second: Annotated[float, Field(gt=0.0, le=1e9)] = knob(
        120.0, label="Speed", help="Swaps shown per second.", unit="swaps/s", soft=(1.0, 100_000.0)
    )
