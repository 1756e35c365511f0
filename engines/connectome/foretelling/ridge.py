"""The next frame from this one: how far persistence, own pasts, all neurons and a wiring get.

Ridge regression (Hoerl and Kennard 1970) per neuron on the neurons that a mask lets it see. Its
strength is chosen on the last part of the training frames, never on the test.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from engines.contract import InputError

STRENGTHS = np.geomspace(0.1, 1e5, 13)
"""Ridge strengths that are tried, in units of a z-scored neuron's variance per frame."""
INNER = 0.7
"""Share of the training frames that is learnt from while the strength is chosen."""


@dataclass(frozen=True, eq=False)
class Frames:
    """Pairs of frames, learnt from or tested on: float64[frame, neuron] each."""

    now: np.ndarray
    then: np.ndarray

    def first(self, n: int) -> Frames:
        """The first n pairs."""
        return Frames(self.now[:n], self.then[:n])

    def last(self, n: int) -> Frames:
        """The last n pairs."""
        return Frames(self.now[-n:], self.then[-n:])


def pairs_of_frames(traces: np.ndarray) -> Frames:
    """Each frame float64[time, neuron] but the last, and the one after it."""
    return Frames(traces[:-1], traces[1:])


def explained(then: np.ndarray, foretold: np.ndarray) -> float:
    """R2 over all neurons and frames: 1 is all, 0 no more than each neuron's mean tells."""
    left = np.sum((then - foretold) ** 2)
    return float(1.0 - left / np.sum((then - then.mean(axis=0)) ** 2))


def persistence(test: Frames) -> float:
    """R2 of saying that the next frame is this one."""
    return explained(test.then, test.now)


def ridge(train: Frames, mask: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Weights float64[strength, to, from] within bool[to, from], of data that are centred here.

    Solves (C + s I) w = c for every neuron at once per set of inputs, by the eigenvectors of C.
    """
    now, then = train.now - train.now.mean(axis=0), train.then - train.then.mean(axis=0)
    same, cross = now.T @ now, now.T @ then
    found = np.zeros((len(strengths), *mask.shape))
    if mask.all():
        value, vector = np.linalg.eigh(same)
        turned = vector.T @ cross
        for k, s in enumerate(strengths):
            found[k] = (vector @ (turned / (value + s)[:, None])).T
        return found
    for to, seen in enumerate(mask):
        places = np.flatnonzero(seen)
        if not len(places):
            continue
        value, vector = np.linalg.eigh(same[np.ix_(places, places)])
        turned = (vector.T @ cross[places, to])[None] / (value[None] + strengths[:, None])
        found[:, to, places] = turned @ vector.T
    return found


def foretold(train: Frames, weight: np.ndarray, test: Frames) -> np.ndarray:
    """The next frames by one matrix of weights, with the means of training."""
    from scipy import sparse

    now = test.now - train.now.mean(axis=0)
    # A wiring has one weight in thirty; multiplying by zeros would take most of the time.
    few = np.count_nonzero(weight) < 0.1 * weight.size
    said = (sparse.csr_array(weight) @ now.T).T if few else now @ weight.T
    return train.then.mean(axis=0) + said


@dataclass(frozen=True, eq=False)
class Foretelling:
    """What a mask foretells: R2 on the test, the chosen strength, float64[to, from] weights."""

    r2: float
    strength: float
    weight: np.ndarray
    train: Frames

    def says(self, test: Frames) -> np.ndarray:
        """The next frames."""
        return foretold(self.train, self.weight, test)


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def by_mask(
    train: Frames, test: Frames, mask: np.ndarray, strengths: np.ndarray = STRENGTHS
) -> Foretelling:
    """Ridge within a mask bool[to, from]; its strength by an inner split of the training frames.

    Raises:
        InputError: fewer than ten training frames.
    """
    n = len(train.now)
    if n < 10:
        raise InputError(f"{n} frames are too few to learn from; at least 10 are needed")
    # Hundreds of small decompositions: where others compute too, threads of BLAS wait for each
    # other (170 times as long at a load of ten).
    with _threads().limit(limits=1):
        return _fitted(train, test, mask, strengths)


def _fitted(train: Frames, test: Frames, mask: np.ndarray, strengths: np.ndarray) -> Foretelling:
    n = len(train.now)
    inner = train.first(int(INNER * n))
    judged = train.last(n - len(inner.now))
    tried = ridge(inner, mask, strengths)
    score = [explained(judged.then, foretold(inner, w, judged)) for w in tried]
    best = int(np.argmax(score))
    # As many more frames as there are, so much more a strength weighs.
    strength = strengths[best] * n / len(inner.now)
    weight = ridge(train, mask, np.array([strength]))[0]
    return Foretelling(explained(test.then, foretold(train, weight, test)), strength, weight, train)
