"""Spikes as counts: lists of times are binned, counts are checked."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError

BINS_MAX = 20_000_000


def counts_from_times(
    times_s: np.ndarray, owner: np.ndarray, names: tuple[str, ...], bin_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """Counts float64[bin, neuron] and the beginning of each bin in seconds.

    Args:
        times_s: float64[spike], rising within each neuron.
        owner: int64[spike], whose each spike is.
        names: of the neurons; one without a spike has zeros.
        bin_s: width of a bin.

    Raises:
        InputError: no spike, a time that is none, times out of order, or more bins than are held.
    """
    times, owner = np.asarray(times_s, float), np.asarray(owner)
    if not len(times):
        raise InputError("there is no spike; at least one is needed")
    _check_times(times, owner, names)
    start = bin_s * np.floor(times.min() / bin_s)
    n_bins = int((times.max() - start) // bin_s) + 1
    if n_bins * len(names) > BINS_MAX:
        raise InputError(
            f"{n_bins:,} bins of {bin_s:g} s for {len(names):,} neurons are more than are held; "
            "choose a longer interval, or give times in seconds"
        )
    counts = np.zeros((n_bins, len(names)))
    place = np.minimum(((times - start) // bin_s).astype(int), n_bins - 1)
    np.add.at(counts, (place, owner), 1.0)
    return counts, start + bin_s * np.arange(n_bins)


def _check_times(times: np.ndarray, owner: np.ndarray, names: tuple[str, ...]) -> None:
    wrong = np.flatnonzero(~np.isfinite(times))
    if len(wrong):
        raise InputError(f"spike {wrong[0] + 1:,} has no time; leave it out")
    order = np.argsort(owner, kind="stable")
    back = (np.diff(times[order]) < 0) & (np.diff(owner[order]) == 0)
    if back.any():
        at = int(np.flatnonzero(back)[0]) + 1
        who = owner[order][at]
        nth = at - int(np.searchsorted(owner[order], who)) + 1
        raise InputError(
            f"spike {nth:,} of {names[who]} at {times[order][at]:g} s is before the one before it; "
            "sort the times of each neuron"
        )


def check_counts(values: np.ndarray, names: tuple[str, ...]) -> None:
    """Counts float64[bin, neuron] are whole and not negative.

    Raises:
        InputError: the first that is none, by bin and neuron.
    """
    wrong = np.argwhere(~(values >= 0) | (values != np.floor(values)))
    if len(wrong):
        k, n = wrong[0]
        raise InputError(
            f"row {k + 1:,}, {names[n]}: {values[k, n]:g} is no count; counts are whole and not "
            "negative. Say that these are traces, or mend it"
        )


def are_counts(values: np.ndarray) -> bool:
    """Whether whole numbers from zero on, most of them small, look like spikes in bins."""
    there = values[np.isfinite(values)]
    if not len(there) or there.min() < 0 or there.max() < 1 or there.max() > 1_000:
        return False
    return bool(np.all(there == np.floor(there)) and np.mean(there == 0) > 0.2)
