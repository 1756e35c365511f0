"""How alike two representations of the same stimuli are; every function takes [stimulus, unit].

Linear CKA after Kornblith et al. 2019, its debiased form with the unbiased HSIC of Song et al.
2012, Procrustes after Williams et al. 2021, SVCCA after Raghu et al. 2017, PWCCA after Morcos et
al. 2018.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy  # its parts load when used: a reader of files needs none

from engines.contract import InputError
from engines.geometry.measures.checking import centred, finite, named
from engines.geometry.measures.rdm import rdm, upper_triangle

MEASURES = (
    "CKA, debiased",
    "CKA, biased",
    "Procrustes angle",
    "CCA",
    "SVCCA",
    "PWCCA",
    "RSA, Spearman",
    "RSA, Kendall",
    "RSA, cosine",
)
KEPT = {"CCA": 1.0, "SVCCA": 0.99, "PWCCA": 1.0}
"""Share of the variance that measures of canonical correlations keep."""


def similarity(x: np.ndarray, y: np.ndarray, measure: str) -> float:
    """One of `MEASURES` by its name, in any case; nan where it is undefined (no variance).

    Raises:
        InputError: a measure that is not there, too few stimuli, or nan.
    """
    return _BY_NAME[named(measure, MEASURES, "similarity")](x, y)


def _same_stimuli(x: np.ndarray, y: np.ndarray, least: int, name: str) -> None:
    if len(x) != len(y):
        raise InputError(
            f"both representations must hold the same stimuli, got {len(x)} and {len(y)}"
        )
    if len(x) < least:
        raise InputError(f"{name} needs at least {least} stimuli, got {len(x)}")


def _pair(x: np.ndarray, y: np.ndarray, least: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    _same_stimuli(x, y, least, name)
    return centred(finite(x, name)), centred(finite(y, name))


def cka(x: np.ndarray, y: np.ndarray) -> float:
    """Linear CKA, biased: towards 1 when units outnumber stimuli. nan without variance."""
    x, y = _pair(x, y, 2, "CKA")
    if x.shape[1] + y.shape[1] <= 2 * len(x):  # whichever products are smaller
        cross, own_x, own_y = (np.linalg.norm(a) for a in (y.T @ x, x.T @ x, y.T @ y))
        return _ratio(cross**2, own_x * own_y)
    k, gram = x @ x.T, y @ y.T
    return _ratio(float((k * gram).sum()), np.linalg.norm(k) * np.linalg.norm(gram))


def cka_debiased(x: np.ndarray, y: np.ndarray) -> float:
    """Linear CKA from the unbiased HSIC: 0 on average for independent data, may be negative.

    nan without variance, or where an unbiased self-similarity is not positive.
    """
    x, y = _pair(x, y, 4, "debiased CKA")
    cross, own = hsic(x, y), hsic(x, x) * hsic(y, y)
    return _ratio(cross, np.sqrt(own)) if own > 0.0 else float("nan")


def hsic(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased HSIC with linear kernels, Song et al. 2012, from whichever products are smaller."""
    n = len(x)
    if n < 4:
        raise InputError(f"unbiased HSIC needs at least 4 stimuli, got {n}")
    if x.shape[1] + y.shape[1] <= 2 * n:
        trace, sums = _features(x, y)
    else:
        trace, sums = _grams(x, y)
    total = sums[0].sum() * sums[1].sum() / ((n - 1) * (n - 2))
    return float((trace + total - 2.0 / (n - 2) * (sums[0] @ sums[1])) / (n * (n - 3)))


def _features(x: np.ndarray, y: np.ndarray) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
    """Trace of the product and row sums of the kernels, diagonals left out; O(n p^2)."""
    own_x, own_y = (np.einsum("ij,ij->i", a, a) for a in (x, y))
    trace = float((x.T @ y).ravel() @ (x.T @ y).ravel() - own_x @ own_y)
    sums = tuple(a @ a.sum(axis=0) - own for a, own in ((x, own_x), (y, own_y)))
    return trace, (sums[0], sums[1])


def _grams(x: np.ndarray, y: np.ndarray) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
    k, gram = x @ x.T, y @ y.T
    np.fill_diagonal(k, 0.0)
    np.fill_diagonal(gram, 0.0)
    return float((k * gram).sum()), (k.sum(axis=0), gram.sum(axis=0))


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole > 0.0 else float("nan")


def procrustes_cosine(x: np.ndarray, y: np.ndarray) -> float:
    """Nuclear norm of X'Y over the norms: the cosine of `procrustes_angle`, 1 for a rotation."""
    x, y = _pair(x, y, 2, "Procrustes")
    nuclear = np.linalg.norm(x.T @ y, "nuc") if x.shape[1] <= len(x) else _nuclear(x, y)
    return _ratio(float(nuclear), float(np.linalg.norm(x) * np.linalg.norm(y)))


def _nuclear(x: np.ndarray, y: np.ndarray) -> float:
    """As the nuclear norm of X'Y, from bases of the two row spaces (n x n at most)."""
    left = np.linalg.svd(x, full_matrices=False)
    right = np.linalg.svd(y, full_matrices=False)
    core = (left[0] * left[1]).T @ (right[0] * right[1])
    return float(np.linalg.norm(core, "nuc"))


def procrustes_angle(x: np.ndarray, y: np.ndarray) -> float:
    """Angular shape distance in radians, 0 to pi/2; a metric up to rotation, shift and scale."""
    return float(np.arccos(np.clip(procrustes_cosine(x, y), -1.0, 1.0)))


def _orthonormal(x: np.ndarray, kept: float) -> tuple[np.ndarray, np.ndarray]:
    """Left singular vectors and their shares of variance, the least that keep this share."""
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    share = s**2 / max((s**2).sum(), 1e-300)
    n_kept = min(int(np.searchsorted(np.cumsum(share), kept - 1e-12)) + 1, len(s))
    n_kept = min(n_kept, int((s > s[0] * 1e-10).sum()) if s[0] > 0.0 else 0)
    return u[:, :n_kept], s[:n_kept]


def canonical_correlations(x: np.ndarray, y: np.ndarray, *, kept: float = 1.0) -> np.ndarray:
    """Canonical correlations, largest first, after keeping a share of each one's variance.

    Raises:
        InputError: so many directions that in halves of the stimuli some would correlate
            perfectly whatever the data are; see `check_directions`.
    """
    x, y = _pair(x, y, 3, "CCA")
    bases = _orthonormal(x, kept)[0], _orthonormal(y, kept)[0]
    check_directions(bases[0].shape[1], bases[1].shape[1], len(x) // 2, len(x))
    return np.clip(np.linalg.svd(bases[0].T @ bases[1], compute_uv=False), 0.0, 1.0)


def check_directions(one: int, other: int, n_half: int, n: int) -> None:
    """Halves of the stimuli must hold the directions of both, side by side.

    Two subspaces of dimensions p and q among n - 1 share p + q - (n - 1) directions whatever the
    data are. Where halves are that small nothing tells how sure a value is, and the whole is far
    from the truth (60 stimuli of 30 directions each: .66 for .23).

    Raises:
        InputError: ``n_half`` of the ``n`` stimuli are too few.
    """
    if one + other > n_half - 1:
        raise InputError(
            f"CCA of {one} and {other} directions needs halves of at least {one + other + 1} "
            f"stimuli, got {n_half} of {n}: with fewer, some directions correlate perfectly "
            "whatever the data are; bring more stimuli or fewer units, or use debiased CKA or "
            "Procrustes"
        )


def directions(x: np.ndarray, measure: str) -> int:
    """How many directions a measure of canonical correlations keeps of a representation."""
    return _orthonormal(centred(x), KEPT.get(measure, 1.0))[0].shape[1]


def cca(x: np.ndarray, y: np.ndarray) -> float:
    """Mean canonical correlation; 1 for any invertible linear map."""
    return _mean(canonical_correlations(x, y))


def svcca(x: np.ndarray, y: np.ndarray) -> float:
    """Mean canonical correlation of the directions that keep 99 % of the variance."""
    return _mean(canonical_correlations(x, y, kept=KEPT["SVCCA"]))


def pwcca(x: np.ndarray, y: np.ndarray) -> float:
    """Canonical correlations weighted by how much of ``x`` each of its directions explains."""
    rho = canonical_correlations(x, y)
    if not len(rho):
        return float("nan")
    x, y = _pair(x, y, 3, "CCA")
    basis, other = _orthonormal(x, 1.0)[0], _orthonormal(y, 1.0)[0]
    turned, _, _ = np.linalg.svd(basis.T @ other, full_matrices=False)
    weight = np.abs((basis @ turned[:, : len(rho)]).T @ x).sum(axis=1)
    return float((weight * rho).sum() / weight.sum())


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


COMPARISONS = ("Spearman", "Kendall", "cosine", "Pearson", "tau-a", "rho-a")
"""Kendall is tau-a; rho-a is Spearman's with ties broken at random, on average."""


class LeftOut(UserWarning):
    """Stimuli that a number could not use."""


def rsa(
    x: np.ndarray, y: np.ndarray, comparison: str = "Spearman", kind: str = "correlation"
) -> float:
    """Agreement of two representations' RDMs; see `compare_rdms`."""
    _same_stimuli(x, y, 3, "RSA")
    return compare_rdms(rdm(x, kind), rdm(y, kind), comparison)


def compare_rdms(one: np.ndarray, other: np.ndarray, comparison: str = "Spearman") -> float:
    """One of `COMPARISONS`, in any case, over pairs that both RDMs define.

    Warns:
        LeftOut: how many stimuli, or pairs, only one of them defines.

    Raises:
        InputError: a comparison that is not there, RDMs of other stimuli, fewer than 3 pairs.
    """
    comparison = named(comparison, COMPARISONS, "comparison of RDMs")
    if np.shape(one) != np.shape(other):
        raise InputError(
            f"two RDMs must be of the same stimuli, got {np.shape(one)}, {np.shape(other)}"
        )
    a, b = upper_triangle(one), upper_triangle(other)
    known = np.isfinite(a) & np.isfinite(b)
    if not known.all():
        warnings.warn(_left_out(one, other, int((~known).sum())), LeftOut, stacklevel=2)
    a, b = a[known], b[known]
    if len(a) < 3:
        raise InputError(f"RSA needs at least 3 pairs of stimuli that both define, got {len(a)}")
    if comparison in ("Kendall", "tau-a"):
        return _kendall_tau_a(a, b)
    if comparison in ("Spearman", "rho-a"):
        a, b = scipy.stats.rankdata(a), scipy.stats.rankdata(b)
    if comparison != "cosine":
        a, b = a - a.mean(), b - b.mean()
    if comparison == "rho-a":
        n = len(a)
        return float(12.0 * (a @ b) / (n**3 - n))
    a, b = (v / (float(np.abs(v).max()) or 1.0) for v in (a, b))
    return _ratio(float(a @ b), float(np.linalg.norm(a) * np.linalg.norm(b)))


def _left_out(one: np.ndarray, other: np.ndarray, n_pairs: int) -> str:
    lone = ~np.eye(len(one), dtype=bool) & ~(np.isfinite(one) & np.isfinite(other))
    n = int((lone.sum(axis=1) == len(one) - 1).sum())
    rest = n_pairs - (n * (len(one) - n) + n * (n - 1) // 2)
    told = [f"{n} stimuli left out"] * (n > 0) + [f"{rest} pairs left out"] * (rest > 0)
    return f"{' and '.join(told)} of {len(one)} stimuli: not both RDMs define them"


def _kendall_tau_a(a: np.ndarray, b: np.ndarray) -> float:
    """Concordant minus discordant pairs over all pairs; ties count for neither."""
    tau_b = float(np.asarray(scipy.stats.kendalltau(a, b))[0])
    n_pairs = len(a) * (len(a) - 1) / 2
    untied = [n_pairs - _tied_pairs(values) for values in (a, b)]
    return tau_b * float(np.sqrt(untied[0] * untied[1])) / n_pairs


def _tied_pairs(values: np.ndarray) -> float:
    counts = np.unique(values, return_counts=True)[1]
    return float((counts * (counts - 1) / 2).sum())


_BY_NAME = {
    "CKA, debiased": cka_debiased,
    "CKA, biased": cka,
    "Procrustes angle": procrustes_angle,
    "CCA": cca,
    "SVCCA": svcca,
    "PWCCA": pwcca,
    "RSA, Spearman": rsa,
    "RSA, Kendall": lambda x, y: rsa(x, y, "Kendall"),
    "RSA, cosine": lambda x, y: rsa(x, y, "cosine"),
}
