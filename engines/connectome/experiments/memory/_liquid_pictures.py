"""Pictures of liquids: branching and telling, settling, rasters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Points
from engines.lab.statistics import half_widths

_SHORT = ("astrocyte", "mean", "tuned", "fixed", "input")
_KINDS = ("constant plasticity", "fixed weights")


def tried(settings: np.ndarray, sigma: np.ndarray, chosen: np.ndarray) -> Points:
    """Every setting of every network, and the astrocytes, which nobody set.

    ``settings`` float64[kind, setting, network, 2], ``sigma`` and ``chosen`` float64[network].
    """
    own = np.stack([sigma, chosen], axis=1)
    n_each = settings[0, ..., 0].size
    kind = (*(name for name in _KINDS for _ in range(n_each)), *("astrocyte",) * len(own))
    xy = np.concatenate([settings.reshape(-1, 2), own])
    there = np.flatnonzero(np.isfinite(xy).all(axis=1))
    return Points("How activity branches, and what it tells", xy[there],
                  Axis("branching, spikes after over spikes before"),
                  Axis("right, choosing digits"),
                  tuple(kind[k] for k in there))  # fmt: skip


def bars(arms: Sequence[str], told: np.ndarray) -> Bars:
    """Share right in the exam of float64[arm, network], with intervals where enough came."""
    n_came = np.isfinite(told).sum(axis=1)
    mean = np.where(n_came > 0, np.nansum(told, axis=1) / np.maximum(n_came, 1), np.nan)
    half = np.full(len(arms), np.nan)
    if (n_came == told.shape[1]).all():
        half = half_widths(told, axis=1)
    ticks = tuple((float(k), _SHORT[k]) for k in range(len(arms)))
    return Bars("Digits told, of those nobody learnt from", mean, Axis("", ticks=ticks),
                Axis("share right"), whiskers=(mean - half, mean + half))  # fmt: skip


def levels(names: Sequence[str], level: np.ndarray, up: float) -> Curves:
    """What is taken away while weights settle: float64[arm, network, picture]."""
    lines = {name: _mean(level[k]) for k, name in enumerate(names)}
    lines["what is added"] = np.full(level.shape[2], up)
    return Curves("What plasticity takes away, while weights settle", _pictures(level), lines,
                  Axis("digits shown"), Axis("taken away per trace"),
                  clouds={names[0]: level[0]})  # fmt: skip


def ratios(names: Sequence[str], balance: np.ndarray) -> Curves:
    """Spikes of the liquid for each that comes in: float64[arm, network, picture]."""
    lines = {name: _mean(balance[k]) for k, name in enumerate(names)}
    lines["as many as come in"] = np.ones(balance.shape[2])
    clouds = {name: balance[k] for k, name in enumerate(names)}
    return Curves("How loud the liquid is, while weights settle", _pictures(balance), lines,
                  Axis("digits shown"), Axis("spikes for each that comes in"),
                  clouds=clouds)  # fmt: skip


def raster(title: str, spikes: np.ndarray) -> Heatmap:
    """Spikes bool[step, neuron] of one digit, time to the right."""
    return Heatmap(title, spikes.T.astype(float), Axis("time", "ms"), Axis("neuron"),
                   Axis("spikes"))  # fmt: skip


def _pictures(values: np.ndarray) -> np.ndarray:
    return np.arange(1.0, values.shape[2] + 1)


def _mean(values: np.ndarray) -> np.ndarray:
    """float64[picture] over networks that came."""
    there = np.isfinite(values[:, 0])
    return values[there].mean(axis=0) if there.any() else np.full(values.shape[1], np.nan)
