"""What each estimator says of a layer: I(T; X) and I(T; Y) of networks side by side."""

from __future__ import annotations

import numpy as np

from engines.geometry.information.spec import ESTIMATORS, EXACT, FIXED, KERNELS, MASS
from engines.lab.statistics.information import (
    bit_words,
    equal_mass_bins,
    even_bins,
    information,
    kernel_information,
    words,
)

N_CENTRES = 64
"""Inputs over which the kernels' logarithm is averaged; every one is held against all."""


def plane(
    values: np.ndarray, labels: np.ndarray, *, n_bins: int, width: float
) -> np.ndarray:  # fmt: skip
    """float64[estimator, 2]: I(T; X) and I(T; Y) in bits of one layer of one network at a moment.

    nan for the bins on the run's range, which is known at the end of a run only.

    Args:
        values: float[input, unit].
        labels: int64[input].
        n_bins: of every unit.
        width: of the kernels, as a share of the layer's standard deviation.
    """
    found = np.full((len(ESTIMATORS), 2), np.nan)
    found[FIXED] = information(words(even_bins(values, n_bins, -1.0, 1.0)), labels)
    found[MASS] = information(words(equal_mass_bins(values, n_bins)), labels)
    sd = width * float(values.std(dtype=np.float64))
    found[KERNELS] = kernel_information(values, labels, sd, n_centres=N_CENTRES)
    found[EXACT] = information(bit_words(values), labels)
    return found


def on_range(values: np.ndarray, labels: np.ndarray, n_bins: int) -> np.ndarray:
    """float64[moment, 2]: bins on the range that a layer's values have in the whole run.

    Args:
        values: float[moment, input, unit].
        labels: int64[input].
        n_bins: of every unit.
    """
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.zeros((len(values), 2))
    return np.array(
        [information(words(even_bins(now, n_bins, low, high)), labels) for now in values]
    )
