"""Every kind of order with its counts, drawn side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.diagrams.ordering.asked import PosetSpec


@dataclass(frozen=True, eq=False)
class PosetResult(Result):
    """[kind] throughout, those with few pairs first."""

    spec: PosetSpec
    lines: np.ndarray
    """bool[kind, n, n]: of the Hasse diagram, from the lower point to the upper."""
    height: np.ndarray
    """int64[kind, n]: of every point."""
    n_named: np.ndarray
    """int64[kind]: named orders of this kind."""
    n_pairs: np.ndarray
    """int64[kind]: pairs of which one lies below the other."""
    n_ideals: np.ndarray
    n_extensions: np.ndarray
    n_pieces: np.ndarray
    """int64[kind]: ideals that won for some input."""
    within: np.ndarray
    """float64[kind]: share of inputs whose numbers are in this order."""

    @property
    def n_kinds(self) -> int:
        """How many there are."""
        return len(self.n_named)

    def odd(self) -> Estimate:
        """Kinds whose filter has another number of pieces than ideals."""
        n = int((self.n_pieces != self.n_ideals).sum())
        return Estimate.exact("kinds with another number of pieces than ideals", n, "counted")

    def without_order(self) -> Estimate:
        """Kinds whose filter has fewer pieces than there are sets of points."""
        n = int((self.n_pieces != 2**self.spec.n_points).sum())
        return Estimate.exact("kinds with another number of pieces than sets", n, "counted")

    def off(self) -> Estimate:
        """The largest distance of a share from extensions over n!, in standard errors."""
        return self._distance(self.n_extensions, "largest distance in standard errors")

    def off_by_one(self) -> Estimate:
        """The same with the extensions of the kind before it."""
        return self._distance(np.roll(self.n_extensions, 1), "with extensions of the kind before")

    def _distance(self, n_extensions: np.ndarray, of: str) -> Estimate:
        p = n_extensions / math.factorial(self.spec.n_points)
        error = np.sqrt(p * (1 - p) / self.spec.n_inputs)
        z = np.divide(np.abs(self.within - p), error, out=np.zeros_like(p), where=error > 0)
        return Estimate.exact(of, float(z.max()), "counted")

    def pictures(self) -> tuple[Picture, ...]:
        """Hasse diagrams of all kinds, and what was counted."""
        return (self._drawn(), self._counts(), self.table())

    def _drawn(self) -> Curves:
        """Every kind in a place of its own, numbered from the top left."""
        columns = math.ceil(math.sqrt(self.n_kinds) * 2)
        x: list[float] = []
        y: list[float] = []
        dots: list[float] = []
        for kind in range(self.n_kinds):
            row, column = divmod(kind, columns)
            place = self._places(kind)
            place += np.array(
                (column * (self.spec.n_points - 0.5), -row * (self.spec.n_points - 0.4))
            )
            for low, high in zip(*np.nonzero(self.lines[kind]), strict=True):
                x.extend((place[low, 0], place[high, 0], place[high, 0]))
                y.extend((place[low, 1], place[high, 1], np.nan))
                dots.extend((np.nan,) * 3)
            x += place[:, 0].tolist()
            y += [np.nan] * len(place)
            dots += place[:, 1].tolist()
        name = "lies below"
        hidden = Axis("", ticks=((-1e3, ""),))  # none that is seen
        return Curves(
            f"The {self.n_kinds} kinds of order of {self.spec.n_points} points, the fewest pairs "
            "first", np.array(x), {name: np.array(y)}, hidden, hidden,
            dots={name: np.array(dots)}, square=True, large=True,
        )  # fmt: skip

    def _places(self, kind: int) -> np.ndarray:
        """float64[point, (x, y)]: by height, side by side within it."""
        height = self.height[kind]
        place = np.zeros((len(height), 2))
        place[:, 1] = height * 0.8
        for level in np.unique(height):
            at = np.flatnonzero(height == level)
            place[at, 0] = (np.arange(len(at)) - (len(at) - 1) / 2) * 0.8
        return place

    def _counts(self) -> Curves:
        kind = np.arange(1.0, self.n_kinds + 1)
        lines = {
            "ideals": self.n_ideals.astype(float),
            "linear extensions": self.n_extensions.astype(float),
            "pieces of the filter": self.n_pieces.astype(float),
        }
        return Curves("What hangs on an order", kind, lines, Axis("kind"), Axis("number"),
                      dots=lines)  # fmt: skip

    def table(self) -> Table:
        """Every kind."""
        total = math.factorial(self.spec.n_points)
        return Table(
            f"{int(self.n_named.sum()):,} orders of named points, {self.n_kinds} kinds",
            {
                "kind": np.arange(1, self.n_kinds + 1),
                "named": self.n_named,
                "pairs": self.n_pairs,
                "ideals": self.n_ideals,
                "pieces": self.n_pieces,
                "extensions": self.n_extensions,
                f"over {total}": self.n_extensions / total,
                "inputs in this order": self.within,
            },
        )


@dataclass(frozen=True, eq=False)
class PosetFrame(Frame):
    """How many kinds are done."""

    n_done: int
