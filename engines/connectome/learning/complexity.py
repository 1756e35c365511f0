"""How complex trains of spikes are (Lempel & Ziv 1976), and trains that differ in nothing else.

Counted as Kaspar & Schuster 1987 do, Easily calculable measure for the complexity of
spatiotemporal patterns.
"""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel
from engines.connectome.memory.readout import read, readout

RATE = 0.2
"""Odds of a spike in a step, in either class."""
_NOISE = 0.1
"""With which a line reckons, in mean deviations of what it reads."""


@kernel
def phrases(train: np.ndarray) -> int:
    """Phrases of bool[step]: each is the shortest that did not occur in all before its last step.

    An unfinished last phrase counts.
    """
    n, begin, found = len(train), 0, 0
    while begin < n:
        longest = 0
        for start in range(begin):
            k = 0
            while begin + k < n and train[start + k] == train[begin + k]:
                k += 1
            longest = max(longest, k)
        begin += longest + 1
        found += 1
    return found


@kernel
def _every(spikes: np.ndarray, found: np.ndarray) -> None:
    """Fill int64[example, channel] from bool[example, step, channel]."""
    for i in range(spikes.shape[0]):
        for c in range(spikes.shape[2]):
            found[i, c] = phrases(spikes[i, :, c])


def complexities(spikes: np.ndarray) -> np.ndarray:
    """int64[example, channel]: phrases of each train, from bool[example, step, channel]."""
    found = np.zeros((len(spikes), spikes.shape[2]), np.int64)
    _every(spikes, found)
    return found


def trains(
    rng: np.random.Generator, n: int, n_steps: int, n_channels: int, again: float
) -> tuple[np.ndarray, np.ndarray]:
    """Spikes bool[example, step, channel] and whether they come in bursts, bool[example].

    In either class a channel spikes at `RATE`; in bursts another spike follows a spike with odds
    ``again``, else with those of any step.
    """
    bursts = rng.random(n) < 0.5
    follow = np.where(bursts, again, RATE)[:, None]
    begin = RATE * (1.0 - follow) / (1.0 - RATE)
    spikes = np.zeros((n, n_steps, n_channels), bool)
    now = rng.random((n, n_channels)) < RATE
    for t in range(n_steps):
        spikes[:, t] = now
        now = rng.random((n, n_channels)) < np.where(now, follow, begin)
    return spikes, bursts


def dealt(rng: np.random.Generator, spikes: np.ndarray) -> np.ndarray:
    """The same with the spikes of every train dealt to other steps."""
    return rng.permuted(spikes, axis=1)


def spread(spikes: np.ndarray) -> np.ndarray:
    """float64[example, 1]: squared distance of counts from their mean, summed over trains.

    Bursts leave that mean as it is and let counts spread.
    """
    n_steps = spikes.shape[1]
    return ((spikes.sum(axis=1) - RATE * n_steps) ** 2).sum(axis=1, keepdims=True)


def pairs(spikes: np.ndarray) -> np.ndarray:
    """int64[example, channel]: spikes of each train that follow right after another."""
    return (spikes[:, 1:] & spikes[:, :-1]).sum(axis=1)


def told(features: np.ndarray, bursts: np.ndarray, n_learnt: int) -> float:
    """Share right of what nobody learnt from, by a line fitted to the first ``n_learnt``.

    ``features`` float64[example, feature].
    """
    x, wanted = features.astype(float), np.where(bursts, 1.0, -1.0)[:, None]
    line = readout(x[:n_learnt], wanted[:n_learnt], _NOISE)
    said = read(x[n_learnt:], line)[:, 0] > 0.0
    return float((said == bursts[n_learnt:]).mean())
