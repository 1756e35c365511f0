"""Places along a route, known by small groups of cells that compete, each for its own stretch.

After Hussaini, Milford & Fischer 2023 (ensembles of compact, region-specific and regularised
spiking networks): every group learns a stretch of the route without being told of the others; at
the end the groups vote. Cells that fire at places outside their stretch are hyperactive and may be
removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

N_PIXELS = 120
_ROUGH, _COMMON = 3.0, 1.0
"""Deviation over pixels of the Gaussian that smooths views; size of what all views share."""
_RATE, _TIRED = 0.1, 0.02
"""Of learning; how much a winner's threshold rises."""
_GAIN, _BASE = 300.0, 0.3
"""Spikes per view at a drive of one above the threshold, and the threshold of a cell at rest."""


def views(rng: np.random.Generator, n_places: int) -> np.ndarray:
    """float64[place, pixel], neighbours alike and all with something shared.

    A place's view is half that of the place before. What is its own has a deviation of one, and
    about 1.3 together with what is shared.
    """
    fresh = _smooth(rng.standard_normal((n_places, N_PIXELS)))
    made = fresh.copy()
    for k in range(1, n_places):
        made[k] = (made[k - 1] + np.sqrt(3.0) * fresh[k]) / 2.0
    return made + _COMMON * _smooth(rng.standard_normal((1, N_PIXELS)))


def again(rng: np.random.Generator, seen: np.ndarray, change: float) -> np.ndarray:
    """The same places another day: other light everywhere, and something else in each view.

    ``change`` is the deviation of both together; that of a place's own is one.
    """
    light = _smooth(rng.standard_normal((1, N_PIXELS)))
    return seen + change * (light + rng.standard_normal(seen.shape)) / np.sqrt(2.0)


def encoded(seen: np.ndarray) -> np.ndarray:
    """float64[place, input] of length 1: what is brighter and what is darker than a view's mean."""
    apart = seen - seen.mean(axis=1, keepdims=True)
    made = np.concatenate([np.maximum(apart, 0.0), np.maximum(-apart, 0.0)], axis=1)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def _smooth(noise: np.ndarray) -> np.ndarray:
    reach = np.arange(N_PIXELS)
    apart = np.abs(reach[:, None] - reach)
    kernel = np.exp(-(np.minimum(apart, N_PIXELS - apart) ** 2) / (2 * _ROUGH**2))
    return noise @ (kernel / np.linalg.norm(kernel, axis=0))


@dataclass(frozen=True, eq=False)
class Groups:
    """What the groups learnt: ``weight`` float64[group, cell, input], ``threshold`` [group, cell].

    ``stretch`` bool[group, place] says which places a group went along; ``spikes`` float64[group,
    cell, place] are mean counts at every place of the route as it was learnt.
    """

    weight: np.ndarray
    threshold: np.ndarray
    stretch: np.ndarray
    spikes: np.ndarray

    @cached_property
    def place(self) -> np.ndarray:
        """int64[group, cell]: the place of its own stretch at which a cell fires most."""
        own = np.where(self.stretch[:, None], self.spikes, -1.0)
        return own.argmax(axis=2)

    @cached_property
    def outside(self) -> np.ndarray:
        """float64[group, cell]: mean spikes at places outside the own stretch."""
        out = ~self.stretch[:, None]
        return (self.spikes * out).sum(axis=2) / out.sum(axis=2)


def learnt(
    rng: np.random.Generator, seen: np.ndarray, n_groups: int, n_cells: int, n_rounds: int
) -> Groups:
    """Groups that went along their stretch of float64[place, pixel] so often, see `learning`."""
    *_, last = learning(rng, seen, n_groups, n_cells, n_rounds)
    assert last is not None
    return last


def learning(
    rng: np.random.Generator, seen: np.ndarray, n_groups: int, n_cells: int, n_rounds: int
) -> Iterator[Groups | None]:
    """None after every round along the stretches; the groups last.

    In every view the cell of a group that is driven most above its threshold wins, moves towards
    the view and becomes harder to drive. Who never won is still easy to drive, by anything.
    """
    x = encoded(seen)
    n_places = len(x)
    stretch = np.arange(n_places) * n_groups // n_places == np.arange(n_groups)[:, None]
    places = [np.flatnonzero(one) for one in stretch]
    weight = rng.random((n_groups, n_cells, x.shape[1]))
    weight /= np.linalg.norm(weight, axis=2, keepdims=True)
    tired, each = np.zeros((n_groups, n_cells)), np.arange(n_groups)
    for _ in range(n_rounds):
        orders = [rng.permutation(one) for one in places]
        for k in range(max(map(len, orders))):
            now = x[[one[k % len(one)] for one in orders]]
            drive = np.einsum("gci,gi->gc", weight, now) - tired
            winner = drive.argmax(axis=1)
            moved = weight[each, winner] + _RATE * (now - weight[each, winner])
            weight[each, winner] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
            tired[each, winner] += _TIRED
        yield None
    yield Groups(weight, tired, stretch, mean_spikes(weight, tired, x))


def mean_spikes(weight: np.ndarray, threshold: np.ndarray, x: np.ndarray) -> np.ndarray:
    """float64[group, cell, place]: cells fire above their threshold, the more the nearer."""
    drive = weight @ x.T - threshold[..., None]
    return _GAIN * np.maximum(drive - _BASE, 0.0)


def scores(groups: Groups, counts: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """float64[query, place]: mean spikes of the cells of a place that are kept; 0 without any.

    Args:
        groups: what was learnt.
        counts: int64[group, cell, query].
        kept: bool[group, cell].
    """
    n_places = groups.stretch.shape[1]
    place, heard = groups.place[kept], counts[kept]
    order = np.argsort(place, kind="stable")
    those, first = np.unique(place[order], return_index=True)
    total = np.zeros((n_places, counts.shape[2]))
    if len(those):
        total[those] = np.add.reduceat(heard[order], first, axis=0)
    return total.T / np.maximum(np.bincount(place, minlength=n_places), 1)


def matched(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which place float64[query, place] says, and how sure: spikes above those of the second."""
    two = np.partition(score, -2, axis=1)[:, -2:]
    return score.argmax(axis=1), two[:, 1] - two[:, 0]


def kept_after(outside: np.ndarray, share: float) -> np.ndarray:
    """bool[group, cell] without the share of cells that fire most outside their stretch."""
    n_gone = round(share * outside.size)
    kept = np.ones(outside.size, bool)
    kept[np.argsort(-outside.ravel(), kind="stable")[:n_gone]] = False
    return kept.reshape(outside.shape)


def precision_recall(right: np.ndarray, sure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall float64[query] when the surest so many are answered.

    ``right`` bool[query]. Recall is the share of all queries that are answered and right.
    """
    order = np.argsort(-sure, kind="stable")
    hits = np.cumsum(right[order])
    n = np.arange(1, len(right) + 1)
    return hits / n, hits / len(right)


def recall_at_full_precision(right: np.ndarray, sure: np.ndarray) -> float:
    """Share of queries that are answered before the first mistake; of equally sure ones all count.

    A mistake that is as sure as right answers takes these with it.
    """
    wrong = sure[~right]
    level = wrong.max() if len(wrong) else -np.inf
    return float((right & (sure > level)).mean())
