"""A finished run: its swap log, exact in both directions, and the curves along it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from engines.contract import Result
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.contract.sending import Gift, Matrix
from engines.sorting.settings.shares import ALGOTYPES
from engines.sorting.settings.spec import SortSpec
from engines.sorting.trajectory.traits import traits_at

StopReason = Literal["sorted", "quiescent", "livelock", "budget", "cancelled", "empty"]

KEYFRAME_EVERY = 4096
"""Swaps between two stored orders: a seek replays at most half of them."""

CONTACTS_CELLS_MAX, CONTACTS_MAX = 1_000, 300_000
"""More cells or swaps are not told as a wiring."""

STOP_SENTENCES: dict[StopReason, str] = {
    "sorted": "The array is sorted.",
    "quiescent": "No cell could ever act again.",
    "livelock": "The same states return for ever: swaps go on without any progress.",
    "budget": "The swap or activation budget is used up; raise it under Limits to go on.",
    "cancelled": "Stopped by hand; this is the part that was computed.",
    "empty": "There is nothing to sort.",
}


@dataclass(frozen=True, eq=False)
class ArrayState:
    """The array after ``step`` swaps; every array but ``order`` is indexed by cell."""

    step: int
    order: np.ndarray
    """Cell at every position; a cell is named by its first position."""
    algotype: np.ndarray
    descending: np.ndarray
    frozen: np.ndarray


@dataclass(frozen=True, eq=False)
class Trajectory(Result):
    """One run from start to stop. A *step* is a number of swaps: 0 is the start.

    ``left``, ``right`` and ``activation`` hold one number per swap; ``errors`` and ``same_type``
    one per step (so one more). Edits by hand are in the log too, at the swaps ``hand_swaps``.
    """

    spec: SortSpec
    value: np.ndarray
    """float64[cell]: what the cell holds, for drawing; for text the rank."""
    rank: np.ndarray
    """int32[cell]: dense rank of the value, what the cells compare."""
    label: tuple[str, ...]
    """The texts, when own values are text; else empty."""
    algotype: np.ndarray
    """uint8[cell] at the start: 0 bubble, 1 insertion, 2 selection."""
    descending: np.ndarray
    """bool[cell] at the start."""
    frozen: np.ndarray
    """uint8[cell] at the start: 0 no, 1 movable, 2 immovable."""
    left: np.ndarray
    """Left position of every swap (int16 when it fits, else int32)."""
    right: np.ndarray
    """Right position of every swap, or empty when every swap is adjacent: left + 1."""
    activation: np.ndarray
    """Activations made up to and including each swap: 1 for the first (uint32 or uint64)."""
    errors: np.ndarray
    """Monotonicity error [step]: neighbours in the wrong order, strictly."""
    same_type: np.ndarray
    """Neighbours of one algotype [step]: the numerator of aggregation."""
    keyframe_swaps: np.ndarray
    keyframes: np.ndarray
    """[keyframe, position]: the cell at every position at ``keyframe_swaps``."""
    moves: np.ndarray
    """int64[cell]: swaps the cell took part in."""
    detours: np.ndarray
    """int32[event, 3]: start, trough and end step of every delayed-gratification event."""
    hand_swaps: np.ndarray
    """Swap indices made by hand; they are in the log but in no ledger."""
    edit_steps: np.ndarray
    """Step at which each edit of the spec was made; -1 when the run ended before."""
    trait_changes: np.ndarray
    """int64[change, column]: from which step on which cell is what, by an edit, by nudges or by
    the switch of algotype, in the order made; columns and causes as in `traits`."""
    measured_descending: bool
    """Direction of ``errors``: the majority's at the start, ascending when it is a tie."""
    n_paper_steps: int
    n_reads: int
    n_activations: int
    stop: StopReason
    cycle: tuple[int, int] = (0, 0)
    """Of a livelock: first step of the cycle and its period in swaps; else (0, 0)."""

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.rank)

    @property
    def n_steps(self) -> int:
        """Swaps in the log, those by hand included: the last step."""
        return len(self.left)

    @property
    def n_swaps(self) -> int:
        """Swaps the cells made themselves."""
        return len(self.left) - len(self.hand_swaps)

    @property
    def sentence(self) -> str:
        """Why the run stopped, for people."""
        return STOP_SENTENCES[self.stop]

    def right_of(self, swaps: slice) -> np.ndarray:
        """Right positions of these swaps, also when they are not stored."""
        return self.right[swaps] if len(self.right) else self.left[swaps] + 1

    def at(self, step: int) -> ArrayState:
        """The array after ``step`` swaps, changes of cells at that step included.

        Raises:
            IndexError: the run has no such step.
        """
        if not 0 <= step <= self.n_steps:
            raise IndexError(f"step {step} is outside this run's 0 to {self.n_steps}")
        algotype, descending, frozen = traits_at(
            self.trait_changes, step, self.algotype, self.descending, self.frozen
        )
        return ArrayState(step, self._order_at(step), algotype, descending, frozen)

    def _order_at(self, step: int) -> np.ndarray:
        nearest = min(len(self.keyframe_swaps) - 1, (step + KEYFRAME_EVERY // 2) // KEYFRAME_EVERY)
        start = int(self.keyframe_swaps[nearest])
        order = self.keyframes[nearest].tolist()
        swaps = slice(min(start, step), max(start, step))
        pairs = list(zip(self.left[swaps].tolist(), self.right_of(swaps).tolist(), strict=True))
        # A swap undoes itself, so going back is the same log read backwards.
        for a, b in pairs if step >= start else reversed(pairs):
            order[a], order[b] = order[b], order[a]
        return np.array(order, np.int32)

    def gives(self) -> tuple[Gift, ...]:
        """Who swapped with whom, where there are not too many to be told at once."""
        if not 2 <= self.n_cells <= CONTACTS_CELLS_MAX or not 0 < self.n_steps <= CONTACTS_MAX:
            return ()
        return (Gift("Who swapped with whom", Matrix, self.contacts),)

    def contacts(self) -> Matrix:
        """How often every two cells swapped, [cell, cell] in both directions."""
        weights = np.zeros((self.n_cells, self.n_cells))
        order = self._order_at(0).tolist()
        swaps = slice(0, self.n_steps)
        for a, b in zip(self.left.tolist(), self.right_of(swaps).tolist(), strict=True):
            one, other = order[a], order[b]
            weights[one, other] += 1
            weights[other, one] += 1
            order[a], order[b] = other, one
        names = tuple(f"cell {k + 1}, rank {rank}" for k, rank in enumerate(self.rank.tolist()))
        return Matrix(f"Contacts of {self.n_cells} cells", weights, names)

    def sortedness(self) -> np.ndarray:
        """float64[step]: percent of cells that follow the order (100 for 0 or 1 cell)."""
        n = self.n_cells
        if n == 0:
            return np.full(len(self.errors), 100.0)
        first_cell = 0 if self.spec.sortedness_no_plus1 else 1
        return 100.0 * (n - 1 + first_cell - self.errors.astype(np.float64)) / n

    def aggregation(self, *, per_pair: bool = False) -> np.ndarray:
        """float64[step]: share of cells whose right neighbour has the same algotype.

        The paper divides by n; ``per_pair`` divides by the n - 1 pairs. Undefined (nan) below
        two cells.
        """
        n = self.n_cells
        if n < 2:
            return np.full(len(self.same_type), np.nan)
        return self.same_type / float(n - 1 if per_pair else n)

    @cached_property
    def ledger(self) -> dict[str, int]:
        """The counters side by side: what each one calls work."""
        return {
            "swaps": self.n_swaps,
            "paper steps": self.n_paper_steps,
            "reads": self.n_reads,
            "activations": self.n_activations,
        }

    def pictures(self) -> tuple[Picture, ...]:
        """Curves along the run, space and time, the final array and the ledgers."""
        steps = _spread(self.n_steps, 2000)
        curves = Curves(
            "Order and clusters along the run",
            steps,
            {
                "sortedness": self.sortedness()[steps],
                "aggregation": 100.0 * self.aggregation()[steps],
            },
            Axis("swaps"),
            Axis("share of cells", "%"),
        )
        ledger = Table(
            "What it cost",
            {name: np.array([count]) for name, count in self.ledger.items()},
        )
        final = self.at(self.n_steps).order
        bars = Bars(
            f"The array at the end: {self.stop}",
            self.value[final],
            Axis("position"),
            Axis("value"),
            tuple(ALGOTYPES[kind] for kind in self.algotype[final]),
        )
        return (curves, self._space_time(), bars, ledger)

    def _space_time(self) -> Heatmap:
        steps = _spread(self.n_steps, 200)
        columns = [self.value[self._order_at(int(step))] for step in steps]
        return Heatmap(
            "Space and time",
            np.stack(columns, axis=1) if self.n_cells else np.zeros((0, len(steps))),
            Axis("time", "share of the run"),
            Axis("position"),
            Axis("value"),
        )


def _spread(last: int, most: int) -> np.ndarray:
    """At most ``most`` steps from 0 to ``last``, both included."""
    return np.unique(np.linspace(0, last, min(last + 1, most)).astype(np.int64))
