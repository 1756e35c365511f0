"""How far every method has come, on every set of cities, against its time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Courses:
    """How far methods have come on every instance. Times are measured and differ between runs."""

    names: tuple[str, ...]
    seconds: np.ndarray
    """float64[method, instance, step]: CPU time of one thread; nan where there is no step."""
    lengths: np.ndarray
    """float64[method, instance, step]: as the metric measures."""
    reference: np.ndarray
    """float64[instance]: nan as long as it is not known."""
    reference_name: str

    @property
    def gaps(self) -> np.ndarray:
        """Share by which a tour is longer than the reference: [method, instance, step]."""
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = self.lengths / self.reference[None, :, None] - 1.0
        return np.where(np.isfinite(gap), gap, np.nan)

    @property
    def last(self) -> np.ndarray:
        """Gap of every method's last tour: float64[method, instance]."""
        return last_of(self.gaps)

    @property
    def first(self) -> np.ndarray:
        """Gap of every method's start: float64[method, instance]."""
        return self.gaps[:, :, 0]


def last_of(values: np.ndarray) -> np.ndarray:
    """The last finite value along the last axis; nan where there is none."""
    found = np.full(values.shape[:-1], np.nan)
    for k in range(values.shape[-1]):
        here = values[..., k]
        found = np.where(np.isfinite(here), here, found)
    return found
