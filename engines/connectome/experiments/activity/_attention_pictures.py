"""Pictures of attention over spikes: maps of pairs, how well they tell, and cells that are cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engines.contract import Estimate
from engines.contract.pictures import Axis, Bars, Curves, Heatmap
from engines.lab.statistics import half_widths, mean_over

READ = ("attention", "attention x value")


def maps_of(parts: Mapping[str, np.ndarray]) -> Heatmap:
    """Matrices [to, from] side by side, each over its largest; a cell upon itself is left out."""
    each, ticks, at = [], [], 0
    for name, values in parts.items():
        shown = np.where(np.eye(len(values), dtype=bool), np.nan, values)
        largest = np.nanmax(np.abs(shown))
        each += [shown / (largest or 1.0), np.full((len(values), 1), np.nan)]
        ticks.append((at + len(values) / 2, name))
        at += len(values) + 1
    return Heatmap("Who is heard by whom, first recording", np.concatenate(each[:-1], axis=1),
                   Axis("cell that is heard", ticks=tuple(ticks)), Axis("cell that hears"),
                   Axis("of the largest"), diverging=True)  # fmt: skip


def share_over(values: np.ndarray, of: str) -> Estimate:
    """Mean of float64[recording] between 0 and 1, its t interval cut there."""
    made = mean_over(values, of=of, unit="recordings")
    said = f"{made.estimator}, cut at 0 and 1"
    return replace(made, low=max(made.low, 0.0), high=min(made.high, 1.0), estimator=said)


def bars_of(
    title: str, values: np.ndarray, names: Sequence[str], axis: Axis, most: float = np.inf
) -> Bars:
    """Means of float64[recording, arm] with 95 % intervals, cut at ``most``."""
    mean, half = values.mean(axis=0), half_widths(values, axis=0)
    ticks, ends = (
        tuple((float(k), name) for k, name in enumerate(names)),
        (mean - half, mean + half),
    )
    return Bars(title, mean, Axis("", ticks=ticks), axis,
                whiskers=(ends[0], np.minimum(ends[1], most)))  # fmt: skip


def course_of(steps: np.ndarray, course: np.ndarray) -> Curves:
    """AUC as it learns, of float64[look, recording, (attention, carried)]."""
    lines = {name: course[:, :, k].mean(axis=1) for k, name in enumerate(READ)}
    clouds = {name: course[:, :, k].T for k, name in enumerate(READ)}
    return Curves("What is told as it learns", steps.astype(float), lines, Axis("steps"),
                  Axis("AUC, chance 0.5"), clouds=clouds)  # fmt: skip


def spikes_of(spikes: np.ndarray) -> Heatmap:
    """The first bins of an exam, bool[bin, cell]."""
    return Heatmap("Spikes nobody learnt from, first recording", spikes.T.astype(float),
                   Axis("bin"), Axis("cell"), Axis("spikes"))  # fmt: skip


def cut_of(left: np.ndarray, silent: np.ndarray, coupling: np.ndarray) -> tuple[Bars, Bars]:
    """What hiding cells costs each cell, and all of them beside as many others.

    ``left`` float64[lesion, cell] is in nats per bin, the asked one first.
    """
    driven = (coupling[:, silent] != 0).any(axis=1)
    kind = tuple("cut" if s else "driven by it" if d else "not driven"
                 for s, d in zip(silent, driven, strict=True))  # fmt: skip
    total, nan = left.sum(axis=1) * 1_000, float("nan")
    random, axis = total[1:], Axis("lost", "nats per 1,000 bins")
    each = Bars("Who is foretold worse without the cut cells", left[0] * 1_000, Axis("cell"), axis,
                kind, np.arange(1.0, len(silent) + 1))  # fmt: skip
    ticks = ((0.0, "this cut"), (1.0, f"{len(random)} random, lowest to highest"))
    ends = np.array([nan, random.min()]), np.array([nan, random.max()])
    both = Bars(f"All cells, when {silent.sum()} are cut", np.array([total[0], random.mean()]),
                Axis("", ticks=ticks), axis, ("cut", "control"), whiskers=ends)  # fmt: skip
    return each, both
