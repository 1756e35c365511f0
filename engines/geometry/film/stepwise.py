"""Scikit-learn's t-SNE step by step, so that a map of thousands of points can be followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engines.geometry.film.neighbours import METHODS

N_STEPS, _GATHERED, _TOLD = 500, 250, 50
"""Steps in all, steps in which neighbours pull harder, and the most between two shares told."""
_HARDER = 12.0
_CPU_S, _OF_POINTS, _POWER = 9.9, 3_000, 1.3
"""Measured on one core: .27 s for 200 points, .73 for 400, 1.7 for 800, 3.9 for 1,500, 9.9."""

Drawn = float | np.ndarray
"""The share of its steps that a map has behind it, or the map."""


def seconds(n_points: int) -> float:
    """CPU seconds that one map takes.

    >>> [round(seconds(n), 1) for n in (200, 800, 3_000)]
    [0.3, 1.8, 9.9]
    """
    return _CPU_S * (n_points / _OF_POINTS) ** _POWER


def drawn(method: str, x: np.ndarray, neighbours: float, seed: int) -> Iterator[Drawn]:
    """Shares on the way, where a method can tell them, and float64[stimulus, 2] last."""
    if method in STEPWISE:
        yield from STEPWISE[method](x, neighbours, seed)
    else:
        yield METHODS[method](x, neighbours, seed)


def t_sne_steps(x: np.ndarray, neighbours: float, seed: int) -> Iterator[Drawn]:
    """The map of `neighbours.t_sne`, number for number; a share ten times a second or more often.

    The gradient and the joint probabilities are scikit-learn's own, and so is the descent: gains
    that grow where a step goes on, momentum 0.5 while neighbours pull harder and 0.8 after it.
    Scikit-learn ends early where the slope is below 1e-7, which no 500 steps have reached here.
    """
    from threadpoolctl import threadpool_limits

    n = len(x)
    with threadpool_limits(1):  # sums of several threads round otherwise
        near = _joint_probabilities(x, neighbours)
    start = np.random.RandomState(seed % 2**31).standard_normal(size=(n, 2)).astype(np.float32)
    places = 1e-4 * start.ravel()
    rate = np.float64(max(n / _HARDER / 4.0, 50.0))  # theirs; a plain float would round more
    step = 0
    for pull, last, momentum in ((_HARDER, _GATHERED, 0.5), (1.0, N_STEPS, 0.8)):
        near.data *= pull
        update, gains = np.zeros_like(places), np.ones_like(places)
        while step < last:
            slope = _slope(places, near, n)
            onward = update * slope < 0.0
            gains[onward] += 0.2
            gains[~onward] *= 0.8
            np.clip(gains, 0.01, np.inf, out=gains)
            slope *= gains
            update = momentum * update - rate * slope
            places += update
            step += 1
            if step % max(1, min(_TOLD, _OF_POINTS // n)) == 0:
                yield step / N_STEPS
        near.data /= pull
    yield places.reshape(n, 2).astype(np.float64)


def _joint_probabilities(x: np.ndarray, neighbours: float) -> Any:
    """How likely two points are to be neighbours, a sparse matrix [stimulus, stimulus]."""
    from sklearn.manifold import _t_sne as theirs
    from sklearn.neighbors import NearestNeighbors

    n_near = min(len(x) - 1, int(3.0 * neighbours + 1))
    found = NearestNeighbors(n_neighbors=n_near, n_jobs=1).fit(x)
    apart: Any = found.kneighbors_graph(mode="distance")
    apart.data **= 2
    return theirs._joint_probabilities_nn(apart, neighbours, 0)


def _slope(places: np.ndarray, near: Any, n: int) -> np.ndarray:
    """Of the divergence by places, by Barnes and Hut's sums."""
    from sklearn.manifold import _t_sne as theirs

    _, slope = theirs._kl_divergence_bh(
        places, near, 1, n, 2, angle=0.5, compute_error=False, num_threads=1
    )
    return slope


STEPWISE: dict[str, Callable[[np.ndarray, float, int], Iterator[Drawn]]] = {"t-SNE": t_sne_steps}
