"""How far every method has come, on every instance, against its time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Progress:
    """Costs of all methods after each of their steps. Times are measured and differ by run."""

    names: tuple[str, ...]
    step_names: tuple[str, ...]
    """Of methods that have steps; the others have only the first."""
    seconds: np.ndarray
    """float64[method, instance, step]: CPU time of one thread; nan where there is no step."""
    costs: np.ndarray
    """float64[method, instance, step]: as the metric measures."""

    def row(self, name: str) -> np.ndarray:
        """Costs of a method: float64[instance, step]."""
        return self.costs[self.names.index(name)]

    def after(self, name: str, step: int) -> np.ndarray:
        """Costs of a method after one of its steps: float64[instance]."""
        return self.row(name)[:, step]

    @property
    def whole(self) -> np.ndarray:
        """Whether all methods have come to their end, by instance: bool[instance]."""
        return np.asarray(np.isfinite(self.costs).any(axis=2).all(axis=0))

    @property
    def cheapest(self) -> np.ndarray:
        """The least that any method found: float64[instance]."""
        return np.fmin.reduce(np.fmin.reduce(self.costs, axis=2), axis=0)

    @property
    def excess(self) -> np.ndarray:
        """Share by which costs lie above the cheapest: float64[method, instance, step]."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = self.costs / self.cheapest[None, :, None] - 1.0
        # The same routes in another order add up differently in the last digits.
        return np.where(np.isfinite(found), np.where(found < 1e-12, 0.0, found), np.nan)
