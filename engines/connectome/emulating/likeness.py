"""How alike two flows are in the long run: where they are, how fast, and by which linear pieces."""

from __future__ import annotations

import numpy as np

N_BINS, REACH = 16, 3.0
"""Of each axis, and how far bins reach to either side; what lies beyond is in the last one."""


def shares(samples: np.ndarray) -> np.ndarray:
    """float64[bin ** axis]: share of float64[..., axis] samples in each cube."""
    flat = samples.reshape(-1, samples.shape[-1])
    place = np.floor((flat + REACH) * (N_BINS / (2 * REACH)))
    place = np.clip(place, 0, N_BINS - 1).astype(np.int64)
    cube = np.ravel_multi_index(tuple(place.T), (N_BINS,) * flat.shape[1])
    return np.bincount(cube, minlength=N_BINS ** flat.shape[1]) / len(flat)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Share of time that two flows spend in the same places, 0 to 1 (samples [..., axis])."""
    return float(np.minimum(shares(a), shares(b)).sum())


def divergence(true: np.ndarray, made: np.ndarray) -> float:
    """Kullback and Leibler's divergence of the cubes of what is true from those of what is made.

    In nats; half a sample is added to each cube that either visits.
    """
    n = [one.size // one.shape[-1] for one in (true, made)]
    p, q = (shares(one) * size for one, size in zip((true, made), n, strict=True))
    here = (p > 0) | (q > 0)
    p, q = (one[here] + 0.5 for one in (p, q))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def spectra(samples: np.ndarray) -> np.ndarray:
    """float64[frequency, axis]: power of float64[run, step, axis], of sum 1, mean over runs.

    The mean of each run is taken away; an axis that does not move has no power.
    """
    moved = samples - samples.mean(axis=1, keepdims=True)
    power = (np.abs(np.fft.rfft(moved, axis=1)) ** 2).mean(axis=0)[1:]
    total = power.sum(axis=0)
    still = total <= len(power) * np.finfo(float).eps * (samples**2).sum(axis=(0, 1))
    return np.where(still, 0.0, power / np.where(still, 1.0, total))


def hellinger(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """float64[axis]: Hellinger's distance of distributions float64[place, axis], 0 to 1."""
    return np.sqrt(np.clip(1.0 - np.sqrt(p * q).sum(axis=0), 0.0, 1.0))


def apart(true: np.ndarray, made: np.ndarray) -> float:
    """Hellinger's distance of power spectra, mean over axes (float64[run, step, axis])."""
    return float(hellinger(spectra(true), spectra(made)).mean())


def pieces(state: np.ndarray, rectified: np.ndarray) -> np.ndarray:
    """int64[...]: which linear piece float64[..., unit] is in, one bit for each rectified unit."""
    on = state[..., rectified] > 0
    return (on * 2 ** np.arange(on.shape[-1])).sum(axis=-1).astype(np.int64)


def moves(piece: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The pieces that are visited most, int64[piece], and float64[from, to] how one is left.

    Args:
        piece: int64[run, step].
        most: at most as many pieces; moves from and to others are left out.
    """
    names, count = np.unique(piece, return_counts=True)
    names = names[np.argsort(-count, kind="stable")][:most]
    place = np.full(int(piece.max()) + 1, -1)
    place[names] = np.arange(len(names))
    here, then = place[piece[:, :-1]].ravel(), place[piece[:, 1:]].ravel()
    known = (here >= 0) & (then >= 0)
    table = np.zeros((len(names), len(names)))
    np.add.at(table, (here[known], then[known]), 1.0)
    total = table.sum(axis=1, keepdims=True)
    return names, np.divide(table, total, out=np.zeros_like(table), where=total > 0)
