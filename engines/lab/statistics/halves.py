"""Random halves: intervals for statistics that drawing units twice would bend.

A bootstrap draws units twice. Where a statistic compares units with each other (a distance of a
unit to itself is 0) that moves it to one side, and its percentiles can miss the estimate itself.
Halves hold each unit once; their deviations have the size of the estimate's own and are laid
around the estimate (the delete-half jackknife of Shao & Wu 1989).
"""

from __future__ import annotations

import numpy as np


def halves(n: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """int64[draw, n // 2]: different ones in each draw; of a single one, that one."""
    return parts(n, max(1, n // 2), n_draws, rng)


def parts(n: int, m: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """int64[draw, m]: m different ones of n in each draw, in random order."""
    return rng.permuted(np.broadcast_to(np.arange(n), (n_draws, n)), axis=1)[:, :m]


def around(
    value: float, drawn: np.ndarray, *, share: float = 0.5,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> tuple[float, float]:  # fmt: skip
    """95 % interval around an estimate, from its values for random parts of the data.

    Args:
        value: the estimate for all the data.
        drawn: float64[draw], the same for parts; nan where undefined, and nan comes back where
            more than half are.
        share: how large the parts are; half the data deviate as the estimate itself does.
        within: the least and the greatest value that can be.
    """
    scale = float(np.sqrt(share / (1.0 - share))) if share < 1.0 else 1.0
    low, high = (value + scale * q for q in ends(drawn - defined_mean(drawn)))
    return float(np.maximum(low, within[0])), float(np.minimum(high, within[1]))


def ends(values: np.ndarray) -> tuple[float, float]:
    """2.5 and 97.5 %; nan where fewer than half are defined."""
    finite = values[np.isfinite(values)]
    if not len(finite) or 2 * len(finite) < len(values):
        return float("nan"), float("nan")
    return float(np.quantile(finite, 0.025)), float(np.quantile(finite, 0.975))


def defined_mean(values: np.ndarray) -> float:
    """Mean of those that are defined; nan where none is."""
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
