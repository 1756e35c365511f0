"""Some cells change their algotype in the middle of a run, all at once."""

from __future__ import annotations

import numpy as np

from engines.sorting.chance import rng
from engines.sorting.kernels import state
from engines.sorting.settings.shares import ALGOTYPES
from engines.sorting.settings.spec import SortSpec


def switching_cells(spec: SortSpec, algotype: np.ndarray, frozen: np.ndarray) -> np.ndarray:
    """The cells that change: of the drawn active cells those that do not follow it already.

    As many active cells are drawn as the fraction says, rounded (halves up); which ones are the
    first in a random order of all cells that depends on nothing but the seed.
    """
    drawn = rng.shuffled(spec.seed, rng.SWITCH, len(frozen))
    drawn = drawn[frozen[drawn] == 0]
    drawn = drawn[: int(spec.switch_fraction * len(drawn) + 0.5)]
    return np.sort(drawn[algotype[drawn] != ALGOTYPES.index(spec.switch_to)])


def switch(spec: SortSpec, cells: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Change the cells that switch, in place; answers which. The burst under way ends.

    A cell that switches starts its ideal position anew, at the border from which it sorts.
    """
    chosen = switching_cells(spec, cells[state.ALGOTYPE], cells[state.FROZEN])
    cells[state.ALGOTYPE, chosen] = ALGOTYPES.index(spec.switch_to)
    cells[state.IDEAL, chosen] = np.where(cells[state.DOWN, chosen], spec.n_cells - 1, 0)
    numbers[state.LEFT_IN_BURST] = 0
    return chosen
