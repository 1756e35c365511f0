"""Moments of a sheet and what is kept of a whole run; no heavy import."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Points, Table
from engines.sorting.sheets.null import aggregation_null
from engines.sorting.sheets.spec import SHEET_ALGOTYPES, GridSpec

N_MOMENTS = 201
"""Moments that a run keeps: moment k is taken at swap floor(m k / 200) of its m swaps."""

MOST_POINTS = 2_500
"""Larger sheets show their algotypes as an image, which costs the same for any number."""

_ROW, _COLUMN, _SWAPS = Axis("row"), Axis("column"), Axis("swaps")


def sheet_pictures(
    spec: GridSpec, rank: np.ndarray, algotype: np.ndarray, order: np.ndarray
) -> tuple[Picture, ...]:
    """Values and algotypes of a sheet; ``order`` is the cell at every position."""
    shape = (spec.n_rows, spec.n_columns)
    values = rank[order].reshape(shape).astype(np.float64)
    kinds = algotype[order]
    sheet = Heatmap(
        "The values, small at the top left", values, _COLUMN, _ROW, Axis("rank"), square=True
    )
    if spec.n_cells > MOST_POINTS:
        codes = kinds.reshape(shape).astype(np.float64)
        title = "The algotypes: " + ", ".join(
            f"{code} {name}" for code, name in enumerate(SHEET_ALGOTYPES) if spec.parts[code]
        )
        return sheet, Heatmap(title, codes, _COLUMN, _ROW, Axis("algotype"), square=True)
    row, column = np.divmod(np.arange(spec.n_cells), spec.n_columns)
    xy = np.stack([column + 0.5, spec.n_rows - row - 0.5], axis=1)
    names = tuple(SHEET_ALGOTYPES[kind] for kind in kinds)
    up = Axis("row, from the bottom")
    return sheet, Points("The algotypes", xy, _COLUMN, up, names, square=True)


@dataclass(frozen=True, eq=False)
class GridFrame(Frame):
    """A moment of a run, with its curves so far."""

    spec: GridSpec
    rank: np.ndarray
    """Dense rank of every cell (uint16)."""
    algotype: np.ndarray
    """uint8[cell]."""
    order: np.ndarray
    """uint16[position]: the cell there, positions numbered along the rows."""
    step: np.ndarray
    """int64[moment]: swaps made at the moments up to this one."""
    error: np.ndarray
    """int64[moment]."""
    alike: np.ndarray
    """int64[moment]: neighbours of one algotype."""

    def pictures(self) -> tuple[Picture, ...]:
        """The sheet now and its curves up to now."""
        curves = process_curves(self.spec, self.algotype, self.step, self.error, self.alike)
        return (*sheet_pictures(self.spec, self.rank, self.algotype, self.order), curves)


def process_curves(
    spec: GridSpec, algotype: np.ndarray, step: np.ndarray, error: np.ndarray, alike: np.ndarray
) -> Curves:
    """Sortedness and aggregation over the swaps, with the exact label-permutation null."""
    mean, sd = aggregation_null(algotype, spec.n_rows, spec.n_columns)
    chance = np.full(len(step), 100.0 * mean)
    null = "aggregation, labels permuted"
    lines = {
        "sortedness": sortedness(spec, error),
        "aggregation": 100.0 * aggregation(spec, alike),
        null: chance,
    }
    bands = {null: (chance - 196.0 * sd, chance + 196.0 * sd)}
    title = "Sortedness and aggregation; band: 95 % of label permutations at one moment"
    return Curves(title, step, lines, _SWAPS, Axis("share of neighbours", "%"), bands)


def sortedness(spec: GridSpec, error: np.ndarray) -> np.ndarray:
    """Percent of the neighbours along rows and columns that do not descend; 100 without any."""
    if spec.n_pairs == 0:
        return np.full(len(error), 100.0)
    return 100.0 * (1.0 - error / spec.n_pairs)


def aggregation(spec: GridSpec, alike: np.ndarray) -> np.ndarray:
    """Share of the neighbours that have one algotype; nan without any."""
    return alike / spec.n_pairs if spec.n_pairs else np.full(len(alike), math.nan)


@dataclass(frozen=True, eq=False)
class GridResult(Result):
    """A whole run: its curves at every swap, its film, and its nulls."""

    spec: GridSpec
    rank: np.ndarray
    """int32[cell]: dense rank; a cell is named by its first position."""
    algotype: np.ndarray
    """uint8[cell]: index into SHEET_ALGOTYPES."""
    frozen: np.ndarray
    """uint8[cell]: 0, 1 movable, 2 immovable."""
    stop: str
    """"sorted", "quiescent" or "budget"."""
    n_activations: int
    """Up to the last change when the sheet came to rest."""
    errors: np.ndarray
    """int32[step]: descents after every swap."""
    alike: np.ndarray
    """int32[step]: neighbours of one algotype after every swap."""
    moment_step: np.ndarray
    """int64[moment]."""
    orders: np.ndarray
    """uint16[moment, position]: the film."""
    null_peaks: np.ndarray
    """int32[permutation]: greatest number of like neighbours with the labels permuted."""
    dg_net: float

    @property
    def n_swaps(self) -> int:
        """Swaps of the run."""
        return len(self.errors) - 1

    @property
    def peak_at(self) -> int:
        """Swaps made when aggregation is first at its greatest."""
        return int(np.argmax(self.alike))

    @property
    def peak_p(self) -> float:
        """One-sided p-value of the peak: (1 + permutations at least as high) / (1 + all)."""
        reached = int((self.null_peaks >= self.alike.max()).sum())
        return (1 + reached) / (1 + len(self.null_peaks))

    def sheet(self, moment: int = -1) -> np.ndarray:
        """int32[row, column]: the ranks at a kept moment, the last one unless said otherwise."""
        return self.rank[self.orders[moment]].reshape(self.spec.n_rows, self.spec.n_columns)

    def moments(self) -> tuple[GridFrame, ...]:
        """The film, one frame per kept moment but the last, which is the result itself."""
        steps = self.moment_step
        errors, alike = self.errors[steps].astype(np.int64), self.alike[steps].astype(np.int64)
        rank = self.rank.astype(np.uint16)
        return tuple(
            GridFrame(
                self.spec, rank, self.algotype, self.orders[k],
                steps[: k + 1], errors[: k + 1], alike[: k + 1],
            )
            for k in range(len(steps) - 1)
        )  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """The sheet at the end, its curves, and the numbers of the run."""
        step = self.moment_step
        curves = process_curves(self.spec, self.algotype, step, self.errors[step], self.alike[step])
        drawn = sheet_pictures(self.spec, self.rank, self.algotype, self.orders[-1])
        return (*drawn, curves, self.table())

    def table(self) -> Table:
        """The numbers of the run, one row each."""
        numbers = self.numbers()
        title = f"The run ended {self.stop}"
        return Table(title, {"measure": tuple(numbers), "value": np.array([*numbers.values()])})

    def numbers(self) -> dict[str, float]:
        """What is measured, by name."""
        spec, last = self.spec, np.array([-1])
        shares = 100.0 * aggregation(spec, self.alike)
        null_mean, null_sd = aggregation_null(self.algotype, spec.n_rows, spec.n_columns)
        return {
            "swaps": float(self.n_swaps),
            "activations": float(self.n_activations),
            "neighbours": float(spec.n_pairs),
            "error at the start": float(self.errors[0]),
            "error at the end": float(self.errors[-1]),
            "sortedness at the start (%)": float(sortedness(spec, self.errors[:1])[0]),
            "sortedness at the end (%)": float(sortedness(spec, self.errors[last])[0]),
            "delayed gratification (net)": self.dg_net,
            "aggregation at the start (%)": float(shares[0]),
            "aggregation at the end (%)": float(shares[-1]),
            "aggregation, labels permuted: mean (%)": 100.0 * null_mean,
            "aggregation, labels permuted: SD (%)": 100.0 * null_sd,
            "peak aggregation (%)": float(shares[self.peak_at]),
            "swaps at the peak": float(self.peak_at),
            "peak, labels permuted: mean (%)": float(
                100.0 * aggregation(spec, self.null_peaks).mean()
            ),
            "peak, one-sided p": self.peak_p,
        }
