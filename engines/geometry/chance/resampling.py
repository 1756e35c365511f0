"""How far a similarity may be off by chance, and what stimuli paired at random give.

Intervals come from random halves (the delete-half jackknife of Shao & Wu 1989, whose deviations
have the right size as they are), laid around the estimate. A bootstrap would draw stimuli twice,
and a stimulus is at distance 0 from itself, which pulls CKA and RSA up; drawing units twice makes
them noisier, which pulls both down, so that its percentiles can miss the estimate itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy  # its parts load when used

from engines.contract import InputError
from engines.geometry.chance.batched_similarities import (
    correlation_pairs,
    rdm_similarities,
    similarities,
)
from engines.geometry.chance.rows import Rows
from engines.geometry.measures.similarity import KEPT, check_directions, directions
from engines.lab.statistics.halves import around, defined_mean, ends, halves

CONFIDENCE, STABILITY = "95 % confidence", "stability, not confidence"
"""An interval that covers the truth at its rate (tested), or how far halves of the data agree."""
ABOUT = f"{CONFIDENCE}, about"
"""One that held 88 to 100 % of planted truths, by their kind and number."""
COVERED = ("CKA, debiased", "RSA, Spearman")
Resampled = Literal["auto", "stimuli", "units"]
N_DRAWS = 200
N_DRAWS_LEAST = 20
STIMULI_LEAST = 16
"""With fewer, halves are too small and units are drawn instead."""
HALF_MAX = 256
FLOP_BUDGET = 5e10
CHUNK = 4_000_000


@dataclass(frozen=True)
class Chance:
    """What resampling says about one similarity."""

    low: float
    high: float
    """95 % interval."""
    control: float
    """Mean over permutations of the second one's stimuli."""
    control_low: float
    control_high: float
    """95 % of the permutations."""
    p: float
    """Share of permutations, with the data themselves, that are at least as alike."""


def resampled_axis(over: Resampled, n_stimuli: int) -> Literal["stimuli", "units"]:
    """What is drawn: stimuli from `STIMULI_LEAST` on, else units, unless one is asked for."""
    if over != "auto":
        return over
    return "stimuli" if n_stimuli >= STIMULI_LEAST else "units"


def n_draws_within(n_stimuli: int, n_units: int, n_pairs: int) -> int:
    """As many draws as the budget allows, `N_DRAWS_LEAST` to `N_DRAWS`."""
    rank = min(n_stimuli, n_units)
    cost = 12.0 * n_stimuli * n_units * rank * max(n_pairs, 1)
    return int(np.clip(FLOP_BUDGET / max(cost, 1.0), N_DRAWS_LEAST, N_DRAWS))


def kind_of_interval(measure: str, axis: str) -> str:
    """`CONFIDENCE` where the interval covers at its rate, else `STABILITY`.

    Procrustes, CCA, SVCCA, PWCCA and biased CKA are themselves far from the truth with few
    stimuli, so that an interval around them cannot hold it; halves of the units say how much the
    choice of units matters and nothing about stimuli.
    """
    return CONFIDENCE if axis == "stimuli" and measure in COVERED else STABILITY


def estimator_in_words(axis: str, n_draws: int, measure: str, rows: Rows) -> str:
    """How an interval was made and what it is."""
    return (
        f"{kind_of_interval(measure, axis)}: {n_draws} random halves of the {axis}; control: "
        f"{n_draws} {rows.in_words}"
    )


def chance(
    x: np.ndarray, y: np.ndarray, measure: str, value: float, *,
    axis: str, n_draws: int, seed: int, rows: Rows | None = None,
) -> Chance:  # fmt: skip
    """Interval and permutation control of ``value``, the similarity of two [stimulus, unit].

    nan where fewer than half of the draws are defined.

    Raises:
        InputError: halves too small for canonical correlations; see `check_directions`.
    """
    rng = np.random.default_rng([seed % 2**32, 11])
    if not np.isfinite(value):
        return Chance(*(float("nan"),) * 6)
    rows = rows or Rows()
    known = _defined(x, measure) & _defined(y, measure)
    x, y = (_turned(a[known], measure, axis) for a in (x, y))
    rows = rows.only(known)
    n = len(x)
    if axis == "stimuli":
        one, other = (directions(a, measure) if measure in KEPT else 0 for a in (x, y))
        drawn, share = rows.parts(n, n_draws, max(HALF_MAX, 2 * (one + other)), rng)
        if measure in KEPT:
            check_directions(one, other, drawn.shape[1], n)
        spread = _similarities(x, y, drawn, drawn, measure)
    else:
        spread = _over_units(x, y, measure, n_draws, rng)
        share = 0.5
    low, high = around(value, spread, share=share, within=range_of(measure))
    if measure in KEPT and np.isnan(low):
        raise InputError(
            f"{measure} is undefined in most halves of the {axis}, where some directions correlate "
            "perfectly whatever the data are; bring more stimuli, or use debiased CKA or Procrustes"
        )
    same = np.broadcast_to(np.arange(n), (n_draws, n))
    null = _similarities(x, y, same, rows.orders(n, n_draws, rng), measure)
    null = null[np.isfinite(null)]
    sign = -1.0 if measure == "Procrustes angle" else 1.0
    p = (1 + int((sign * null >= sign * value).sum())) / (1 + len(null))
    p = p if rows.has_p(n) else float("nan")
    return Chance(low, high, defined_mean(null), *ends(null), p)


def range_of(measure: str) -> tuple[float, float]:
    """Where the values of a measure lie."""
    return (0.0, np.pi) if measure.startswith("Procrustes") else (-np.inf, 1.0)


def _defined(x: np.ndarray, measure: str) -> np.ndarray:
    """bool[stimulus]: a constant stimulus has no correlation distance."""
    whole = np.ones(len(x), bool)
    return np.ptp(x, axis=1) > 0.0 if measure.startswith("RSA") else whole


def _turned(x: np.ndarray, measure: str, axis: str) -> np.ndarray:
    """Fewer columns with the same inner products, where units are not drawn."""
    x = np.asarray(x, np.float64)
    if axis == "units" or measure.startswith("RSA") or x.shape[1] < len(x):
        return x
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    return u * s


def _similarities(
    x: np.ndarray, y: np.ndarray, rows: np.ndarray, others: np.ndarray, measure: str
) -> np.ndarray:
    """float64[draw]: stimuli ``rows`` [draw, m] of x against ``others`` of y, in chunks."""
    m = rows.shape[1]
    size = max(1, CHUNK // (m * max(m, x.shape[1], y.shape[1])))
    found = []
    whole = measure.startswith("RSA")
    one, two = (_square_rdm(a) for a in (x, y)) if whole else (x, y)
    if measure == "RSA, Spearman" and m == len(x):  # all stimuli in another order keep their ranks
        one, two, measure = _ranked(one), _ranked(two), "RSA, cosine"
    i, j = np.triu_indices(m, 1)
    for at in range(0, len(rows), size):
        a, b = rows[at : at + size], others[at : at + size]
        if whole:
            found.append(rdm_similarities(one[a[:, i], a[:, j]], two[b[:, i], b[:, j]], measure))
        else:
            found.append(similarities(one[a], two[b], measure))
    return np.concatenate(found)


def _square_rdm(x: np.ndarray) -> np.ndarray:
    matrix = np.zeros((len(x), len(x)))
    matrix[np.triu_indices(len(x), 1)] = correlation_pairs(x[None])[0]
    return matrix + matrix.T


def _ranked(square: np.ndarray) -> np.ndarray:
    """Ranks of the pairs, less their mean; the diagonal is 0."""
    upper = np.triu_indices(len(square), 1)
    ranks = scipy.stats.rankdata(square[upper])
    found = np.zeros_like(square)
    found[upper] = ranks - ranks.mean()
    return found + found.T


def _over_units(
    x: np.ndarray, y: np.ndarray, measure: str, n_draws: int, rng: np.random.Generator
) -> np.ndarray:
    """float64[draw]: all stimuli, seen by a random half of the units of each."""
    size = max(1, CHUNK // (len(x) * max(len(x), x.shape[1], y.shape[1])))
    found = []
    for at in range(0, n_draws, size):
        n = min(size, n_draws - at)
        a, b = (v[:, halves(v.shape[1], n, rng)] for v in (x, y))
        found.append(similarities(np.moveaxis(a, 1, 0), np.moveaxis(b, 1, 0), measure))
    return np.concatenate(found)
