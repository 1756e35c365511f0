"""Pictures of predictive codes: returns, likeness to successors, maps of places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap
from engines.lab.statistics import half_widths

FOLLOWS = "correlation with successors' distances"


def course(
    title: str, arms: Sequence[str], steps: np.ndarray, values: np.ndarray, axis: Axis
) -> Curves:
    """Means over networks of float64[step, arm, network], with 95 % t intervals."""
    mean, half = values.mean(axis=2), half_widths(values, axis=2)
    lines = {arm: mean[:, k] for k, arm in enumerate(arms)}
    bands = {arm: (mean[:, k] - half[:, k], mean[:, k] + half[:, k]) for k, arm in enumerate(arms)}
    return Curves(title, steps.astype(float), lines, Axis("steps of learning"), axis,
                  bands=bands)  # fmt: skip


def likeness(arms: Sequence[str], drawn: np.ndarray, learnt: np.ndarray) -> Bars:
    """How closely codes follow successors: float64[network] as drawn, float64[arm, network]."""
    rows = np.concatenate([drawn[None], learnt])
    mean, half = rows.mean(axis=1), half_widths(rows, axis=1)
    ticks = tuple((float(k), name) for k, name in enumerate(("as drawn", *arms)))
    return Bars("Distances of codes beside those of successors", mean, Axis("", ticks=ticks),
                Axis(FOLLOWS), whiskers=(mean - half, mean + half))  # fmt: skip


def near(title: str, distances: np.ndarray, place: int) -> Heatmap:
    """How far every place is from one of them: float64[..., place, place], over the mean."""
    mean = (distances / distances.mean(axis=(-1, -2), keepdims=True)).reshape(
        -1, *distances.shape[-2:]
    ).mean(axis=0)  # fmt: skip
    return _map(title, mean[place], "distance over the mean")


def values(title: str, worth: np.ndarray) -> Heatmap:
    """What the best move of every place is said to be worth: float[place, move]."""
    return _map(title, worth.max(axis=1), "worth")


def _map(title: str, of_place: np.ndarray, said: str) -> Heatmap:
    side = round(len(of_place) ** 0.5)
    return Heatmap(title, of_place.reshape(side, side), Axis("column"), Axis("row"), Axis(said),
                   square=True)  # fmt: skip
