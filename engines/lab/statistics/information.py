"""Mutual information of inputs with a deterministic code of them, by bins or by kernels, in bits.

All inputs count as equally likely, so a code T of X that is a function of X has I(T; X) = H(T), and
with labels I(T; Y) = H(T) - H(T | Y). A continuous code that keeps inputs apart holds log2 n bits
whatever its values are: what bins and kernels measure is how finely T is read.
"""

from __future__ import annotations

import numpy as np

from engines.contract import InputError

PER_BIN = 10
"""With fewer samples per bin than this, an estimate is close to log n whatever the values are."""
_LARGEST = 2**62


def even_bins(values: np.ndarray, n_bins: int, low: float, high: float) -> np.ndarray:
    """int64 like ``values``: the number of its bin of equal width; what lies outside is clipped.

    Raises:
        InputError: no bins, or a range that is empty.
    """
    if n_bins < 1 or not low < high:
        raise InputError(
            f"bins need a range and a number, got {n_bins} on [{low:g}, {high:g}]; take at least "
            "one bin and a low end below the high one"
        )
    place = (values.astype(np.float64) - low) * (n_bins / (high - low))
    return np.clip(place, 0, n_bins - 1).astype(np.int64)


def equal_mass_bins(values: np.ndarray, n_bins: int) -> np.ndarray:
    """int64 like ``values``: bins that hold equally many *different* values.

    Values that occur more than once count once, as in the entropy-based adaptive binning of
    Chelombiev, Houghton & O'Donnell 2019, so a ReLU's zeros do not take half of the bins.

    Raises:
        InputError: no bins.
    """
    if n_bins < 1:
        raise InputError(f"bins need a number, got {n_bins}; take at least one")
    flat = values.ravel()
    order = np.argsort(flat)
    lined = flat[order]
    rank = np.concatenate([[0], np.cumsum(lined[1:] != lined[:-1])])
    bins = np.empty(len(flat), np.int64)
    bins[order] = rank * n_bins // (rank[-1] + 1)
    return bins.reshape(values.shape)


def words(bins: np.ndarray) -> np.ndarray:
    """int64[sample]: one number for each different row of int64[sample, unit]."""
    found, n_found = np.zeros(len(bins), np.int64), 1
    for column in bins.T:
        first = int(column.min())
        n_here = int(column.max()) - first + 1
        if n_found * n_here > _LARGEST:
            found = np.unique(found, return_inverse=True)[1].reshape(-1)
            n_found = len(bins)
        found, n_found = found * n_here + (column - first), n_found * n_here
    return found


def bit_words(values: np.ndarray) -> np.ndarray:
    """int64[sample]: one number for each different row of floats [sample, unit], to the last bit.

    The two zeros count as one.
    """
    exact = (values.astype(np.float64) + 0.0).view(np.uint64)
    # A sum of odd multiples is different for different rows, but for one in 2^64 of pairs.
    odd = np.random.Generator(np.random.Philox(0)).integers(0, 2**63, exact.shape[1], np.uint64)
    mixed = exact ^ (exact >> np.uint64(29))
    return (mixed * (2 * odd + np.uint64(1))).sum(axis=1, dtype=np.uint64).view(np.int64)


def entropy_bits(samples: np.ndarray) -> float:
    """Entropy of the empirical distribution of int64[sample], in bits."""
    lined = np.sort(samples)
    ends = np.flatnonzero(np.concatenate([lined[1:] != lined[:-1], [True]]))
    counts = np.diff(np.concatenate([[-1], ends])).astype(np.float64)
    return float(np.log2(len(samples)) - (counts * np.log2(counts)).sum() / len(samples))


def information(code: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """I(T; X) and I(T; Y) in bits of a code int64[sample] with labels int64[sample].

    Raises:
        InputError: other numbers of samples.
    """
    if len(code) != len(labels):
        raise InputError(
            f"a code of {len(code)} samples has {len(labels)} labels; give each sample one"
        )
    whole, left = entropy_bits(code), 0.0
    for label in np.unique(labels):
        here = code[labels == label]
        left += len(here) / len(code) * entropy_bits(here)
    return whole, max(0.0, whole - left)


def kernel_information(
    values: np.ndarray, labels: np.ndarray, sd: float, *, n_centres: int = 0
) -> tuple[float, float]:
    """I(T; X) and I(T; Y) in bits when Gaussian noise of this SD is added to T, from above.

    The pairwise bound of Kolchinsky & Tracey 2017 with kernels of the noise's own width:
    I(T; X) <= -mean over i of log2 mean over j of exp(-|t_i - t_j|² / (2 sd²)).

    Args:
        values: float[sample, unit].
        labels: int64[sample].
        sd: of the noise; 0 counts as no spread, which holds nothing where all values are equal.
        n_centres: the mean over i is taken over so many samples, evenly spaced; 0 takes all.

    Raises:
        InputError: an SD below 0.
    """
    if sd < 0:
        raise InputError(f"the noise has an SD of {sd:g}; give one of 0 or more")
    if sd == 0:
        return information(bit_words(values), labels)
    n = len(values)
    points = values.astype(np.float32) / np.float32(sd)
    n_centres = min(n_centres or n, n)
    picked = np.arange(n_centres) * n // n_centres
    squared = (points**2).sum(1)
    gap = squared[picked, None] + squared - 2.0 * (points[picked] @ points.T)
    gap *= np.float32(-0.5)
    near = np.exp(np.minimum(gap, 0.0, out=gap), out=gap)
    kind = np.unique(labels, return_inverse=True)[1].reshape(-1)
    each = np.eye(int(kind.max()) + 1, dtype=np.float32)[kind]
    sums = (near @ each).astype(np.float64)
    every = sums.sum(axis=1) / n
    own = kind[picked]
    same = sums[np.arange(n_centres), own] / np.bincount(kind)[own]
    return float(-np.log2(every).mean()), float(np.log2(same / every).mean())
