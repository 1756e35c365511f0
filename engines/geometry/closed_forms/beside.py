"""What all systems have in common: a formula, draws in groups, and their ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.contract.pictures import Axis, Curves
from engines.lab.statistics import half_widths, mean_over


@dataclass(frozen=True, eq=False)
class Beside:
    """``theory`` float64[x], ``drawn`` float64[group, x]; nan where there is none of it."""

    name: str
    theory: np.ndarray
    drawn: np.ndarray

    def mean(self, k: int, of: str) -> Estimate:
        """What was drawn at the k-th x, mean over groups."""
        return mean_over(self.drawn[:, k], of=of, unit="groups of draws")

    def ratio(self, k: int, of: str) -> Estimate:
        """What was drawn over what the formula says."""
        shares = self.drawn[:, k] / self.theory[k]
        return mean_over(shares, of=f"{of}, drawn over theory", unit="groups of draws")


@dataclass(frozen=True, eq=False)
class Overlay:
    """A few such lines over the same x; ``log`` draws powers of ten."""

    title: str
    x: np.ndarray
    x_axis: Axis
    y_label: str
    rows: tuple[Beside, ...]
    log: bool = False

    def row(self, name: str) -> Beside:
        """One of them by its name."""
        return next(row for row in self.rows if row.name == name)

    def picture(self, *, large: bool = False) -> Curves:
        """Lines are formulas, dots means of groups, bands their 95 % intervals.

        On powers of ten a band that reaches below the lowest of them ends there.
        """
        lines = {row.name: self._scaled(row.theory) for row in self.rows}
        dots = {row.name: self._scaled(row.drawn.mean(axis=0)) for row in self.rows}
        bands = {}
        for row in self.rows:
            mean, half = row.drawn.mean(axis=0), half_widths(row.drawn, axis=0)
            low = mean - half
            if self.log:
                low = np.maximum(low, 10.0 ** _powers(lines, dots)[0])
            bands[row.name] = (self._scaled(low), self._scaled(mean + half))
        return Curves(self.title, self.x, lines, self.x_axis, self._y_axis(lines, dots), bands,
                      dots=dots, large=large)  # fmt: skip

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        if not self.log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values > 0, np.log10(values), np.nan)

    def _y_axis(self, *drawn: dict[str, np.ndarray]) -> Axis:
        if not self.log:
            return Axis(self.y_label)
        low, high = _powers(*drawn)
        step = max(1, round((high - low) / 6))
        powers = np.arange(low, high + 1, step)
        return Axis(self.y_label, ticks=tuple((float(k), f"{10.0**k:g}") for k in powers))


def _powers(*drawn: dict[str, np.ndarray]) -> tuple[float, float]:
    """Of ten, below and above all that is drawn."""
    every = np.concatenate([values for one in drawn for values in one.values()])
    return float(np.floor(np.nanmin(every))), float(np.ceil(np.nanmax(every)))
