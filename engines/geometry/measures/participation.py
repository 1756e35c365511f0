"""Participation ratio of all that was sampled: of many stimuli and units, of which a few are seen.

Of few the plain ratio is far too small: 1 / ratio grows by about 1 / stimuli and by 1 / units (5.05
where 8.32 is true). Chun, Canatar, Chung & Lee 2025 (arXiv 2509.26560) estimate numerator and
denominator from products of entries whose stimuli all differ and whose units differ, which is
unbiased for each; with an unknown mean these are four stimuli. Kong & Valiant 2017 estimate moments
of the covariance so, over stimuli alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy  # its parts load when used

from engines.contract import InputError
from engines.geometry.measures.checking import centred, finite, named

Sampled = Literal["stimuli and units", "units", "stimuli"]
SAMPLED: tuple[Sampled, ...] = ("stimuli and units", "units", "stimuli")
N_GROUPS = 20
"""So many groups are left out in turn; each of a single stimulus or unit where there are fewer."""


@dataclass(frozen=True)
class Corrected:
    """A corrected participation ratio and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def participation_ratio_corrected(
    activations: np.ndarray, sampled: Sampled = "stimuli and units"
) -> float:
    """The participation ratio of all the stimuli and units that these were drawn from.

    Args:
        activations: float[stimulus, unit].
        sampled: what was drawn at random from many; what was not is taken as all there is.

    Returns:
        nan where nothing varies, or where the estimated denominator is not positive.

    Raises:
        InputError: fewer than four stimuli or two units where these were sampled, or nan.
    """
    known = named(sampled, SAMPLED, "choice of what was sampled")
    y = _checked(activations, known)
    return _ratio(y, y @ y.T, known)


def corrected_with_interval(
    activations: np.ndarray, sampled: Sampled = "stimuli and units"
) -> Corrected:
    """As `participation_ratio_corrected`, with the interval of a jackknife of its logarithm.

    Up to `N_GROUPS` groups of stimuli are left out in turn, and as many of units; variances and
    biases of both add up, and Student's t has Satterthwaite's degrees of freedom. nan where a part
    is undefined.
    """
    known = named(sampled, SAMPLED, "choice of what was sampled")
    y = _checked(activations, known)
    gram = y @ y.T
    value = _ratio(y, gram, known)
    axes = [k for k, axis in enumerate(("stimuli", "units")) if axis in known]
    parts = [_without_each(y, gram, axis, known) for axis in axes]
    if not value > 0.0 or not all((part > 0.0).all() and len(part) > 2 for part in parts):
        return Corrected(value, float("nan"), float("nan"))
    spread = np.array([(len(p) - 1) * np.log(p).var() for p in parts])
    left = np.array([len(p) - 1 for p in parts])
    total = float(spread.sum())
    freedom = total**2 / max(float((spread**2 / left).sum()), 1e-300)
    half = float(scipy.stats.t.ppf(0.975, max(freedom, 1.0))) * np.sqrt(total)
    bias = sum((len(p) - 1) * float(np.log(p).mean() - np.log(value)) for p in parts)
    low, high = (float(np.exp(np.log(value) - bias + side * half)) for side in (-1.0, 1.0))
    return Corrected(value, min(low, value), max(high, value))


def _checked(activations: np.ndarray, sampled: str) -> np.ndarray:
    x = finite(activations, "participation ratio")
    least = (4 if "stimuli" in sampled else 2, 2 if "units" in sampled else 1)
    if x.ndim != 2 or x.shape[0] < least[0] or x.shape[1] < least[1]:
        raise InputError(
            f"a participation ratio over sampled {sampled} needs at least {least[0]} stimuli and "
            f"{least[1]} units, got {' x '.join(map(str, x.shape))}"
        )
    return centred(x)


def _ratio(y: np.ndarray, gram: np.ndarray, sampled: str) -> float:
    """From centred activations [stimulus, unit] and their Gram matrix.

    U is the unbiased squared trace of the covariance and H the unbiased trace of its square, both
    over four different stimuli; of a single unit they are the same, and pairs of a unit with
    itself are taken off.
    """
    n, size = len(y), np.einsum("ij,ij->i", y, y)
    total, fourth, squares = float(size.sum()), float((size**2).sum()), float((gram**2).sum())
    own = np.einsum("ij,ij->j", y, y)
    if "stimuli" not in sampled:
        above, below, alone = total**2, squares, own**2
    else:
        tuples = n * (n - 1) * (n - 2) * (n - 3)
        above = ((n * n - 3 * n + 1) * total**2 - n * (n - 1) * fourth + 2 * squares) / tuples
        below = ((n - 1) * (n - 2) * squares - n * (n - 1) * fourth + total**2) / tuples
        each = np.einsum("ij,ij->j", y**2, y**2)
        alone = ((n * n - 3 * n + 3) * own**2 - n * (n - 1) * each) / tuples
    if "units" in sampled:
        above, below = above - float(alone.sum()), below - float(alone.sum())
    return above / below if below > 1e-12 * abs(above) and above > 0.0 else float("nan")


def _without_each(y: np.ndarray, gram: np.ndarray, axis: int, sampled: str) -> np.ndarray:
    """float64[group]: the ratio without each of some groups of stimuli (axis 0) or units (1).

    Groups are every so-many-th, so that neighbours do not go together.
    """
    count = y.shape[axis]
    n_groups = min(N_GROUPS, count)
    found = []
    for k in range(n_groups):
        kept = np.arange(count) % n_groups != k
        if kept.sum() < (4 if axis == 0 else 2):
            return np.zeros(0)
        if axis == 0:
            part = y[kept] - y[kept].mean(axis=0)
            inner = gram[np.ix_(kept, kept)]
            rows = inner.mean(axis=0)
            found.append(_ratio(part, inner - rows - rows[:, None] + rows.mean(), sampled))
        else:
            out = y[:, ~kept]
            found.append(_ratio(y[:, kept], gram - out @ out.T, sampled))
    return np.array(found)
