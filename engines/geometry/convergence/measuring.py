"""One pair of networks at one layer: what of one is found again in the other."""

from __future__ import annotations

import numpy as np

from engines.geometry.convergence.partners import (
    Scored,
    agreement_of_groups,
    assigned,
    correlations,
    explained,
    groups,
    lasso,
)
from engines.geometry.convergence.spec import PENALTIES

MEASURES = (
    "matched correlation",
    "largest correlation",
    "assigned to the largest",
    "groups agree",
    "groups of the same sizes at random agree",
    *(f"R² of a sparse sum, penalty {p:g}" for p in PENALTIES),
    *(f"units in a sparse sum, penalty {p:g}" for p in PENALTIES),
)
MATCHED, LARGEST, SAME, GROUPS, AT_RANDOM = range(5)
R2 = slice(5, 5 + len(PENALTIES))
USED = slice(5 + len(PENALTIES), 5 + 2 * len(PENALTIES))


def measured(one: Scored, other: Scored, n_groups: int, rng: np.random.Generator) -> np.ndarray:
    """float64[measure]: of a pair of networks, in the order of `MEASURES`.

    Sparse sums predict each unit of the second network from units of the first, fitted on some
    stimuli and judged on others: median R² and median number of units used.
    """
    found = np.full(len(MEASURES), np.nan)
    if not len(one.units) or not len(other.units):
        return found
    correlation = correlations(one, other)
    rows, columns = assigned(correlation)
    found[MATCHED] = correlation[rows, columns].mean()
    found[LARGEST] = correlation.max(axis=1).mean()
    found[SAME] = np.mean(correlation.argmax(axis=1)[rows] == columns)
    of_one, of_other = groups(correlation, n_groups, int(rng.integers(2**31)))
    found[GROUPS] = agreement_of_groups(one, other, of_one, of_other)
    dealt = rng.permutation(of_one), rng.permutation(of_other)
    found[AT_RANDOM] = agreement_of_groups(one, other, *dealt)
    for k, penalty in enumerate(PENALTIES):
        weights = lasso(one.fitted, other.fitted, penalty)
        found[R2.start + k] = np.nanmedian(explained(one.held_out, other.held_out, weights))
        found[USED.start + k] = np.median((np.abs(weights) > 1e-8).sum(axis=0))
    return found
