"""Traces made ready: smoothed, turned into rates of change, resampled, z-scored.

Choices of smoothing are those of Simeon et al. 2024 (arXiv 2411.12091) and are counted in frames as
recorded, before resampling. Their derivative is called "residual" there.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from engines.connectome.opening.options import Animal, Opened
from engines.connectome.recordings.recording import Recording, recording
from engines.contract import InputError

Smoothing = Literal["none", "Gaussian 3", "Gaussian 5", "moving average 21", "exponential 0.1"]
Trace = Literal["activity", "derivative"]
VALUES_MAX = 30_000_000


def smoothed(traces: np.ndarray, how: Smoothing) -> np.ndarray:
    """Traces float64[time, neuron], smoothed in time; the ends are continued by their value."""
    from scipy.ndimage import gaussian_filter1d, uniform_filter1d
    from scipy.signal import lfilter

    match how:
        case "Gaussian 3" | "Gaussian 5":
            return gaussian_filter1d(traces, float(how[-1]), axis=0, mode="nearest")
        case "moving average 21":
            return uniform_filter1d(traces, 21, axis=0, mode="nearest")
        case "exponential 0.1":
            alpha = 0.1
            start = (1.0 - alpha) * traces[:1]
            found, _ = lfilter([alpha], [1.0, alpha - 1.0], traces, axis=0, zi=start)
            return np.asarray(found)
        case _:
            return traces


def derivative(traces: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Change per second float64[time, neuron]: central differences, exact for parabolas."""
    return np.gradient(traces, times_s, axis=0, edge_order=2)


def prepared(
    animal: Animal, *, title: str, dt_s: float = 0.0, trace: Trace = "activity",
    smoothing: Smoothing = "none",
) -> Recording:  # fmt: skip
    """A recording of one animal, smoothed, resampled to ``dt_s`` (0: as recorded) and z-scored.

    Raises:
        InputError: too few moments, or more than are held after resampling.
    """
    values, times = np.asarray(animal.values, float), np.asarray(animal.times_s, float)
    if len(times) < 3:
        raise InputError(f"there are {len(times)} moments; at least three are needed")
    step = dt_s or float(np.median(np.diff(times)))
    n_after = int((times[-1] - times[0]) / step) + 1
    if n_after * values.shape[1] > VALUES_MAX:
        raise InputError(
            f"every {step:g} s there would be {n_after:,} moments of {values.shape[1]:,} neurons; "
            "resample to longer steps"
        )
    if smoothing != "none" or trace != "activity":
        values = smoothed(_bridged(values, times), smoothing)
        values = derivative(values, times) if trace == "derivative" else values
    return recording(values, animal.neurons, times, dt_s=step, title=title)


def _bridged(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Missing values by straight lines; traces that are mostly missing stay so, to be named."""
    missing = ~np.isfinite(values)
    few = missing.any(axis=0) & (missing.mean(axis=0) <= 0.5)
    if not few.any():
        return values
    bridged = values.copy()
    for k in np.flatnonzero(few):
        there = ~missing[:, k]
        bridged[:, k] = np.interp(times, times[there], values[there, k])
    return bridged


def one_of(opened: Opened, animal: int) -> Animal:
    """One animal by its number, from 1.

    Raises:
        InputError: there are fewer.
    """
    if not 1 <= animal <= len(opened.animals):
        raise InputError(f"{opened.title} has {len(opened.animals)} animals, so there is no "
                         f"number {animal}")  # fmt: skip
    return opened.animals[animal - 1]


def together(opened: Opened, *, dt_s: float = 0.0) -> tuple[np.ndarray, tuple[str, ...], float]:
    """All animals as float64[animal, step, neuron], on the neurons and the time they share.

    Raises:
        InputError: fewer than four neurons in common.
    """
    step = dt_s or max(float(np.median(np.diff(a.times_s))) for a in opened.animals)
    made = [prepared(a, title=opened.title, dt_s=step) for a in opened.animals]
    shared = [n for n in made[0].names if all(n in one.names for one in made[1:])]
    if len(shared) < 4:
        raise InputError(
            f"the {len(made)} animals have {len(shared)} usable neurons in common; four are needed"
        )
    n_steps = min(len(one.traces) for one in made)
    places = [[one.names.index(n) for n in shared] for one in made]
    traces = np.stack([one.traces[:n_steps, p] for one, p in zip(made, places, strict=True)])
    return traces, tuple(shared), step
