"""How far networks moved while they learnt: figures, curves and tables of every start.

Arrays are float64[measure, moment, start, seed], measures as in ``MEASURES``.
"""

from __future__ import annotations

import numpy as np

from engines.contract import Estimate
from engines.contract.pictures import Axis, Bars, Curves, Table
from engines.lab.statistics import mean_over, paired

MEASURES = {
    "kernel": "tangent kernel, alignment with its start",
    "representation": "representation, alignment with its start",
    "change": "change of recurrent weights, Frobenius norm",
    "loss": "loss",
    "accuracy": "share right",
}
_ALIGNED = {"kernel": "tangent kernel", "representation": "representation"}


def last_of(measured: np.ndarray, measure: str) -> np.ndarray:
    """float64[start, seed] at the end."""
    return measured[list(MEASURES).index(measure), -1]


def of(measured: np.ndarray, measure: str, start: int, name: str) -> Estimate:
    """A measure of one start at the end, over seeds."""
    values = last_of(measured, measure)[start]
    return mean_over(values, of=f"{MEASURES[measure]}, {name}", unit="networks")


def less(
    measured: np.ndarray, measure: str, start: int, other: int, seed: int, name: str
) -> Estimate:
    """One start less another, network by network of the same seed."""
    values = last_of(measured, measure)
    return paired(values[other], values[start], seed).estimate(name, "networks")


def alignments(measured: np.ndarray, names: tuple[str, ...], axis: str) -> Curves:
    """Both alignments of every start, with intervals over seeds and every network behind."""
    x = np.arange(len(names), dtype=float)
    lines, bands, clouds = {}, {}, {}
    for measure, name in _ALIGNED.items():
        found = [of(measured, measure, k, n) for k, n in enumerate(names)]
        lines[name] = np.array([e.value for e in found])
        bands[name] = (np.array([e.low for e in found]), np.array([e.high for e in found]))
        clouds[name] = last_of(measured, measure).T
    lines["nothing changed"] = np.ones(len(names))
    return Curves(
        "What is left of the start", x, lines, Axis(axis, ticks=_ticks(names)),
        Axis("alignment"), bands=bands, clouds=clouds,
    )  # fmt: skip


def changes(measured: np.ndarray, names: tuple[str, ...], axis: str) -> Curves:
    """How far recurrent weights moved."""
    found = [of(measured, "change", k, n) for k, n in enumerate(names)]
    line = np.array([e.value for e in found])
    band = np.array([e.low for e in found]), np.array([e.high for e in found])
    y = Axis("Frobenius norm")
    return Curves(
        "How far weights moved", np.arange(len(names), dtype=float), {"networks": line},
        Axis(axis, ticks=_ticks(names)), y, bands={"networks": band},
        clouds={"networks": last_of(measured, "change").T},
    )  # fmt: skip


def through_time(
    measured: np.ndarray, steps: np.ndarray, names: tuple[str, ...], measure: str, title: str,
    level: tuple[str, float] | None = None,
) -> Curves:  # fmt: skip
    """A measure of every start through training, with every network behind."""
    values = measured[list(MEASURES).index(measure)]
    lines = {name: values[:, k].mean(axis=1) for k, name in enumerate(names)}
    clouds = {name: values[:, k].T for k, name in enumerate(names)}
    if level:
        lines[level[0]] = np.full(len(steps), level[1])
    y = Axis("alignment" if measure in _ALIGNED else MEASURES[measure])
    return Curves(title, steps.astype(float), lines, Axis("training steps"), y, clouds=clouds)


def spectra(values: np.ndarray, names: tuple[str, ...]) -> Curves:
    """Singular values float64[start, direction] of the matrices that networks start from."""
    lines = {
        name: np.where(row > 1e-9, row, np.nan) for name, row in zip(names, values, strict=True)
    }
    x = np.arange(1, values.shape[1] + 1, dtype=float)
    y = Axis("share of all")
    return Curves("Singular values of the start", x, lines, Axis("direction"), y)


def table(measured: np.ndarray, names: tuple[str, ...], ranks: np.ndarray, title: str) -> Table:
    """Every start in numbers."""
    short = ("kernel", "representation", "change", "accuracy")
    columns = {"start": names, "effective rank": np.round(ranks, 1)}
    columns |= {
        MEASURES[m]: tuple(str(of(measured, m, k, n)) for k, n in enumerate(names)) for m in short
    }
    return Table(title, columns)


def lesions(shares: np.ndarray, asked: str, n_cut: int) -> Bars:
    """Shares right float64[lesion, seed]: whole, cut, and the range of random lesions as large."""
    mean = shares.mean(axis=1)
    heights, low, high = list(mean[:2]), [np.nan, np.nan], [np.nan, np.nan]
    names = ["whole", asked or "random share"]
    if len(random := mean[2:]):
        heights.append(random.mean())
        low.append(random.min())
        high.append(random.max())
        names.append(f"{len(random)} random, lowest to highest")
    return Bars(
        f"{n_cut} neurons cut after learning", np.array(heights),
        Axis("", ticks=_ticks(tuple(names))), Axis("share right"),
        whiskers=(np.array(low), np.array(high)),
    )  # fmt: skip


def _ticks(names: tuple[str, ...]) -> tuple[tuple[float, str], ...]:
    return tuple((float(k), name) for k, name in enumerate(names))
