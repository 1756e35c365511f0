"""One cell at one step, as the page reads it: what it is, what it wants, what stops it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Result, Spec, knob
from engines.contract.pictures import Picture, Table
from engines.sorting.settings.spec import SortSpec


class CellSpec(Spec):
    """Which cell of which run, and when."""

    run: SortSpec = knob(SortSpec(), label="Run", help="The run the cell lives in.")
    cell: int = knob(0, label="Cell", help="The cell, named by its first position.", ge=0)
    step: int = knob(0, label="Step", help="Swaps made before looking.", unit="swaps", ge=0)


@dataclass(frozen=True, eq=False)
class CellReport(Result):
    """One cell at one step: what it is, what it wants, and why it does or does not act."""

    spec: CellSpec
    step: int
    """Step looked at: the last one when the run ended earlier."""
    position: int
    value: float
    label: str
    rank: int
    algotype: str
    descending: bool
    frozen: str
    """"no", "movable" or "immovable"."""
    ideal_position: int
    """Where a selection cell wants to be; -1 for other cells."""
    moves: int
    """Swaps the cell has taken part in so far."""
    can_act: bool
    """Whether its next activation can change anything."""
    sees: np.ndarray
    """int32[read]: positions whose values it reads in its turn; a bubble cell's coin takes one."""
    sees_cell: np.ndarray
    """int32[read]: the cells there."""
    sees_value: np.ndarray
    """float64[read]: their values; for text the ranks."""
    wants: np.ndarray
    """int32[wish]: positions it would rather have, whether or not something stops it."""
    stopped_by: str
    """What stops it, in a few words; empty when nothing does."""
    sentence: str
    """Why it can or cannot act, in plain words."""

    def pictures(self) -> tuple[Picture, ...]:
        """The numbers as a table."""
        numbers = {
            "position": self.position,
            "value": self.value,
            "rank": self.rank,
            "ideal position": self.ideal_position,
            "moves": self.moves,
            "can act": int(self.can_act),
        }
        return (Table(self.sentence, {name: np.array([x]) for name, x in numbers.items()}),)
