"""Scores that never come alone: n, estimator, seed, interval, and a control beside each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.geometry.chance.resampled_dichotomies import parallelism_null, parallelisms
from engines.geometry.chance.resampling import (
    ABOUT,
    STABILITY,
    STIMULI_LEAST,
    range_of,
)
from engines.geometry.measures.dichotomies import parallelism
from engines.geometry.measures.dimension import participation_ratio
from engines.geometry.measures.participation import (
    Sampled,
    corrected_with_interval,
    participation_ratio_corrected,
)
from engines.geometry.measures.similarity import cka, cka_debiased, procrustes_angle, rsa
from engines.lab.statistics.halves import around, halves

N_DRAWS = 200


@dataclass(frozen=True)
class Score:
    """One number and all that is needed to believe it."""

    name: str
    value: float
    low: float
    high: float
    """What random halves of the units span; how it was made is in ``estimator``."""
    control: float
    control_kind: str
    n: int
    estimator: str
    seed: int
    note: str = ""
    p: float = float("nan")
    """Share of controls at least as large, where the control is drawn often."""
    start: float = float("nan")
    """The same before any learning, where the control is another one; nan where not known."""
    interval: str = STABILITY
    """What the interval is: most say nothing of units or stimuli that were not seen."""


def interval_over_units(
    score: Callable[[np.ndarray], float],
    activations: np.ndarray,
    value: float,
    seed: int,
    n_draws: int = N_DRAWS,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> tuple[float, float]:
    """What a score spans over random halves of the units; stimuli stay: they were chosen."""
    drawn = halves(activations.shape[1], n_draws, np.random.default_rng(seed))
    found = np.array([score(activations[:, units]) for units in drawn])
    return around(value, found, within=within)


def scored(
    name: str,
    score: Callable[[np.ndarray], float],
    activations: np.ndarray,
    control: np.ndarray | None,
    seed: int,
    estimator: str,
    n_draws: int = N_DRAWS,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> Score:
    """A score of [stimulus, unit], and of a control: another moment, or units shuffled.

    Without a control every unit's values are permuted over stimuli, which keeps the units and
    destroys what they represent together.
    """
    kind = "random start" if control is not None else "shuffled units"
    other = control if control is not None else shuffled(activations, seed)
    try:
        value = score(activations)
        low, high = interval_over_units(score, activations, value, seed, n_draws, within)
        null = score(other)
    except InputError as error:
        nan = float("nan")
        return Score(name, nan, nan, nan, nan, kind, len(activations), estimator, seed, str(error))
    note = "" if np.isfinite(value) else "undefined: nothing varies"
    return Score(
        name, value, low, high, null, kind, len(activations), estimator, seed, note
    )  # fmt: skip


def shuffled(activations: np.ndarray, seed: int) -> np.ndarray:
    """Each unit's values in an order of its own."""
    return np.random.default_rng([seed, 7]).permuted(activations, axis=0)


def one_hot(values: tuple[str, ...]) -> np.ndarray:
    """float64[stimulus, class]."""
    kinds = sorted(set(values))
    return np.array([[float(v == kind) for kind in kinds] for v in values])


def layer_scores(
    x: np.ndarray, control: np.ndarray | None, column: tuple[str, ...], seed: int
) -> tuple[Score, ...]:
    """Scores of one layer at one moment; ``column`` are the stimuli's labels."""
    made = f"{N_DRAWS} random halves of the units"
    found = [
        scored(
            "participation ratio", participation_ratio, x, control, seed, made, within=(1.0, np.inf)
        )
    ]
    found.append(_participation_of_many(x, control, seed))
    if 1 < len(set(column)) < len(column):
        y = one_hot(column)
        for name, score in (("class CKA, debiased", cka_debiased), ("class CKA, biased", cka)):
            found.append(
                scored(
                    name, lambda a, s=score: s(a, y), x, control, seed, made, within=range_of(name)
                )
            )
    right = np.array([v == column[0] for v in column]) if column else np.zeros(0, bool)
    if 4 <= len(column) <= 64 and 2 * int(right.sum()) == len(column) and len(set(column)) == 2:
        found.append(_parallelism(x, control, right, seed))
    return tuple(found)


def _participation_of_many(x: np.ndarray, control: np.ndarray | None, seed: int) -> Score:
    """Of all that stimuli and units were drawn from; a few stimuli were chosen and are all."""
    sampled: Sampled = "stimuli and units" if len(x) >= STIMULI_LEAST else "units"
    name, made = f"participation ratio of many {sampled}", f"jackknife over {sampled}"
    kind = "random start" if control is not None else "shuffled units"
    nan = float("nan")
    try:
        found = corrected_with_interval(x, sampled)
        other = control if control is not None else shuffled(x, seed)
        level = participation_ratio_corrected(other, sampled)
    except InputError as error:
        return Score(name, nan, nan, nan, nan, kind, len(x), made, seed, str(error))
    note = "" if np.isfinite(found.value) else "undefined: more dimensions than can be told apart"
    return Score(
        name, found.value, found.low, found.high, level, kind, len(x), made, seed, note,
        interval=ABOUT,
    )  # fmt: skip


def _parallelism(x: np.ndarray, control: np.ndarray | None, right: np.ndarray, seed: int) -> Score:
    """With its level in noise, which is not 0: units shuffled as often as p needs."""
    exact = "exact maximum" if len(x) <= 12 else "lower bound by assignment"
    n_draws = 40 if len(x) > 12 else N_DRAWS
    value = parallelism(x, right)
    drawn = halves(x.shape[1], n_draws, np.random.default_rng(seed))
    spread = parallelisms(np.moveaxis(x[:, drawn], 1, 0), right)
    low, high = around(value, spread, within=(-1.0, 1.0))
    null, p = parallelism_null(x, right, value, n_draws, seed)
    made = f"{exact}; {n_draws} random halves of the units; p = {p:.3g} of {n_draws} shuffles"
    level, kind = float(null.mean()), "shuffled units"
    if control is not None:
        level, kind = parallelism(control, right), "random start"
    return Score("parallelism", value, low, high, level, kind, len(x), made, seed, p=p)


def pair_scores(
    x: np.ndarray,
    y: np.ndarray,
    seed: int,
    start: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[Score, ...]:
    """How alike two layers are; the control pairs each stimulus with another one.

    ``start``: both layers before any learning, which are often alike too.
    """
    moved = y[np.random.default_rng([seed, 3]).permutation(len(y))]
    made = f"{N_DRAWS} random halves of the units"
    found = []
    for name, score in (
        ("CKA, debiased", cka_debiased),
        ("CKA, biased", cka),
        ("Procrustes angle (rad)", procrustes_angle),
        ("RSA, Spearman", rsa),
    ):
        try:
            value = score(x, y)
            low, high = interval_over_units(
                lambda a, s=score: s(a, y), x, value, seed, within=range_of(name)
            )
            null = score(x, moved)
        except InputError as error:
            nan = float("nan")
            found.append(Score(name, nan, nan, nan, nan, "stimuli permuted", len(x), made, seed,
                               str(error)))  # fmt: skip
            continue
        found.append(Score(name, value, low, high, null, "stimuli permuted", len(x), made, seed,
                           start=_before(score, start)))  # fmt: skip
    return tuple(found)


def _before(
    score: Callable[[np.ndarray, np.ndarray], float], start: tuple[np.ndarray, np.ndarray] | None
) -> float:
    """A start that has no such score takes nothing from the layers that learnt."""
    try:
        return score(*start) if start else float("nan")
    except InputError:
        return float("nan")
