"""Pictures of what is expected: maps of trials and steps, courses, what follows each cue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap
from engines.lab.statistics import half_widths

_TRIAL, _STEP = Axis("trials"), Axis("steps after the cue began")


def course(
    title: str, arms: Sequence[str], values: np.ndarray, axis: Axis, switch: int
) -> Curves:  # fmt: skip
    """One line for each arm of float64[arm, network, trial], trials counted from the switch."""
    x = np.arange(1.0, values.shape[2] + 1) - switch
    known = np.isfinite(values)
    n = known.sum(axis=1)
    mean = np.where(n > 0, np.where(known, values, 0.0).sum(axis=1) / np.maximum(n, 1), np.nan)
    half = half_widths(values, axis=1)
    bands = {arm: (mean[k] - half[k], mean[k] + half[k]) for k, arm in enumerate(arms)}
    lines = {arm: mean[k] for k, arm in enumerate(arms)}
    return Curves(title, x, lines, Axis("trials after the switch"), axis, bands=bands)


def expectation(arm: str, values: np.ndarray, comes: tuple[int, int], switch: int) -> Heatmap:
    """The first event float64[trial, step], and where it comes before and from the switch on."""
    n, (first, later) = len(values), comes
    where = [[first, 0], [first, switch], [np.nan, np.nan], [later, switch], [later, n]]
    return Heatmap(f"When the first event is expected, {arm}", values, _STEP, _TRIAL,
                   Axis("expected"), diverging=True,
                   over={"when it comes": np.add(where, (0.5, 0.0))})  # fmt: skip


def by_cue(arm: str, chances: np.ndarray, values: np.ndarray) -> Curves:
    """Both events after each cue: float64[cue, step, event]."""
    lines = {
        f"{event}, odds {odds:g}": values[k, :, e]
        for e, event in enumerate(("first", "second"))
        for k, odds in enumerate(chances if e == 0 else 1.0 - chances)
    }
    x = np.arange(values.shape[1], dtype=float)
    return Curves(f"Expected before the switch, {arm}", x, lines, _STEP, Axis("expected"))


def waits(arms: Sequence[str], values: np.ndarray) -> Bars:
    """Trials until the new time leads: float64[arm, network]."""
    mean, half = values.mean(axis=1), half_widths(values, axis=1)
    ticks = tuple((float(k), arm) for k, arm in enumerate(arms))
    return Bars("How long the old time is expected", mean, Axis("", ticks=ticks),
                Axis("trials after the switch"), whiskers=(mean - half, mean + half))  # fmt: skip
