"""How cells change in the course of a run: by hand, by nudges, by a switch of algotype."""

from __future__ import annotations

import numpy as np

STEP, CELL, ALGOTYPE, DOWN, FROZEN, CAUSE = range(6)
"""Columns of trait changes: from this step on the cell is that."""
BY_NUDGE, BY_SWITCH = -1, -2
"""Causes other than an edit by hand, which is named by its place among the spec's edits."""


class TraitLog:
    """The changes so far, in the order in which they were made."""

    def __init__(self) -> None:
        """Nothing has changed."""
        self._rows: list[tuple[int, ...]] = []

    def add(
        self,
        step: int,
        cells: np.ndarray,
        algotype: np.ndarray,
        down: np.ndarray,
        frozen: np.ndarray,
        cause: int,
    ) -> None:
        """These cells are now what the arrays, indexed by cell, say."""
        traits = (np.asarray(trait)[cells].tolist() for trait in (algotype, down, frozen))
        for cell, *now in zip(cells.tolist(), *traits, strict=True):
            self._rows.append((step, cell, *map(int, now), cause))

    def rows(self) -> np.ndarray:
        """int64[change, column]."""
        return np.array(self._rows, np.int64).reshape(-1, 6)


def traits_at(
    changes: np.ndarray,
    step: int,
    algotype: np.ndarray,
    descending: np.ndarray,
    frozen: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Algotype, direction and frozen state [cell] at a step, from those at the start."""
    made = changes[changes[:, STEP] <= step]
    cells, traits = made[:, CELL], (algotype.copy(), descending.copy(), frozen.copy())
    for trait, column in zip(traits, (ALGOTYPE, DOWN, FROZEN), strict=True):
        trait[cells] = made[:, column]  # of several changes of one cell the last one stays
    return traits


def regrouping_steps(changes: np.ndarray) -> set[int]:
    """Steps at which algotypes may change; a nudge changes none."""
    return set(changes[changes[:, CAUSE] != BY_NUDGE, STEP].tolist())
