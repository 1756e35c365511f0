"""Groups of neurons and regimes of time at once: counts whose rate both together decide.

After Wei 2023, Bayesian bi-clustering of neural spiking activity with latent structures; here the
numbers of groups and regimes are given, and rates within a regime are constant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.connectome.grouping.means import by_means
from engines.connectome.kernels.jit import kernel
from engines.connectome.recordings.chain import filtered, posterior
from engines.contract import InputError

SHAPE, SCALE = 1.0, 1.0
"""Gamma prior of rates: an exponential of mean 1 spike per bin."""
BLOCKS, WIDTHS = (1, 5, 10, 20, 50), (0, 1, 2, 3, 5, 10)
"""Of k-means, in bins: lengths of what is summed, and deviations of what smooths."""
_STAYS = 10.0
"""Bins' worth by which regimes are expected to last; leaving counts 1 for every other regime."""


@dataclass(frozen=True, eq=False)
class Planted:
    """Counts int64[bin, neuron], int64[neuron] groups, int64[bin] regimes, and their rates."""

    counts: np.ndarray
    group: np.ndarray
    regime: np.ndarray
    rate: np.ndarray


def planted(
    rng: np.random.Generator, n_neurons: int, n_bins: int, *, n_groups: int = 3, n_regimes: int = 3,
    mean: float, spread: float, stay: float,
) -> Planted:  # fmt: skip
    """Poisson counts; log rates of every group in every regime are normal around ``mean``.

    Groups are equally large to one neuron; regimes last, each bin with probability ``stay``.
    """
    group = rng.permutation(np.arange(n_neurons) % n_groups)
    regime = np.zeros(n_bins, np.int64)
    moves, others = rng.random(n_bins) > stay, rng.integers(1, max(2, n_regimes), n_bins)
    for t in range(1, n_bins):
        regime[t] = (regime[t - 1] + moves[t] * others[t]) % n_regimes
    rate = mean * np.exp(spread * rng.normal(size=(n_groups, n_regimes)))
    return Planted(rng.poisson(rate[group][:, regime].T), group, regime, rate)


@dataclass(frozen=True, eq=False)
class Grouped:
    """A draw: int64[neuron] groups, int64[bin] regimes, rates, moves, and its log probability."""

    group: np.ndarray
    regime: np.ndarray
    rate: np.ndarray
    """float64[group, regime], spikes per bin."""
    moves: np.ndarray
    """float64[regime, regime]: probability of each move."""
    log_joint: float

    def read(self, counts: np.ndarray, left: np.ndarray) -> np.ndarray:
        """int64[bin]: the likeliest regime by the neurons bool[neuron] that are looked at.

        Nothing is learnt again.
        """
        return seen(self, counts, left).argmax(axis=1)


def seen(made: Grouped, counts: np.ndarray, left: np.ndarray) -> np.ndarray:
    """float64[bin, regime]: probabilities, given all bins."""
    logs = emission(counts[:, left], made.group[left], made.rate)
    equal = np.full(len(made.moves), 1.0 / len(made.moves))
    return posterior(logs[None], equal, made.moves).state[0]


def emission(counts: np.ndarray, group: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """float64[bin, regime]: log likelihood of a bin's counts but for what no rate changes."""
    of = np.eye(len(rate))[group]
    return (counts @ of) @ np.log(rate) - of.sum(axis=0) @ rate


def checked(counts: np.ndarray, n_groups: int, n_regimes: int) -> None:
    """Raise InputError for fewer neurons or bins than groups or regimes."""
    n_bins, n = counts.shape
    if n < n_groups or n_bins < n_regimes:
        raise InputError(
            f"{n} neurons and {n_bins} bins cannot fill {n_groups} groups and {n_regimes} regimes; "
            "ask for fewer"
        )


def drawn(
    rng: np.random.Generator, counts: np.ndarray, n_groups: int, n_regimes: int, n_rounds: int
) -> Iterator[Grouped]:
    """Gibbs's rounds from a random start: regimes, rates, groups, moves, each given the rest.

    Args:
        rng: draws.
        counts: int[bin, neuron].
        n_groups: how many groups of neurons, all equally likely.
        n_regimes: how many regimes of time.
        n_rounds: how often all are drawn.
    """
    n_bins, n = counts.shape
    group, regime = rng.integers(0, n_groups, n), rng.integers(0, n_regimes, n_bins)
    moves = np.full((n_regimes, n_regimes), 1.0 / n_regimes)
    favour = np.ones((n_regimes, n_regimes)) + _STAYS * np.eye(n_regimes)
    for _ in range(n_rounds):
        of, at = np.eye(n_groups)[group], np.eye(n_regimes)[regime]
        spikes = of.T @ counts.T @ at
        places = np.outer(of.sum(axis=0), at.sum(axis=0))
        rate = np.maximum(rng.gamma(SHAPE + spikes) / (1.0 / SCALE + places), 1e-12)
        by_group = (counts.T @ at) @ np.log(rate).T - at.sum(axis=0) @ rate.T
        group = (by_group + rng.gumbel(size=by_group.shape)).argmax(axis=1)
        logs = emission(counts, group, rate)
        regime = path(logs, moves, rng.random(n_bins))
        went = np.zeros((n_regimes, n_regimes))
        np.add.at(went, (regime[:-1], regime[1:]), 1.0)
        moves = rng.gamma(favour + went)
        moves /= moves.sum(axis=1, keepdims=True)
        fits = logs[np.arange(n_bins), regime].sum() + (went * np.log(moves)).sum()
        prior = ((SHAPE - 1.0) * np.log(rate) - rate / SCALE).sum()
        lasting = ((favour - 1.0) * np.log(moves)).sum()
        yield Grouped(group, regime, rate, moves, float(fits + prior + lasting))


def path(logs: np.ndarray, moves: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """int64[bin]: regimes drawn given float64[bin, regime] log likelihoods and float64[bin] odds.

    Forward filtering, backward sampling (Carter & Kohn 1994); all first regimes are as likely.
    """
    ahead = filtered(logs, np.full(len(moves), 1.0 / len(moves)), moves)
    return _sampled(ahead, np.ascontiguousarray(moves), uniform)


@kernel
def _sampled(ahead: np.ndarray, moves: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """int64[bin], drawn from the last bin back."""
    n_bins, n = ahead.shape
    found = np.empty(n_bins, np.int64)
    odds = np.empty(n)
    for t in range(n_bins - 1, -1, -1):
        total = 0.0
        for i in range(n):
            odds[i] = ahead[t, i]
            if t < n_bins - 1:
                odds[i] *= moves[i, found[t + 1]]
            total += odds[i]
        level, here = uniform[t] * total, 0.0
        found[t] = n - 1
        for i in range(n):
            here += odds[i]
            if level < here:
                found[t] = i
                break
    return found


def groups_by_means(counts: np.ndarray, n_groups: int, seed: int) -> Iterator[np.ndarray]:
    """int64[neuron] labels of k-means on roots of counts summed over `BLOCKS` of bins, each."""
    for length in BLOCKS:
        # A neuron is told by five blocks at least.
        if length == 1 or length * 5 <= len(counts):
            summed = np.add.reduceat(counts, np.arange(0, len(counts), length), axis=0)
            yield by_means(np.sqrt(summed.T), n_groups, seed)


def regimes_by_means(counts: np.ndarray, n_regimes: int, seed: int) -> Iterator[np.ndarray]:
    """int64[bin] labels of k-means on roots of counts smoothed by Gaussians of `WIDTHS`, each."""
    from scipy.ndimage import gaussian_filter1d

    for width in WIDTHS:
        smooth = gaussian_filter1d(counts.astype(float), width, axis=0) if width else counts
        yield by_means(np.sqrt(smooth), n_regimes, seed)
