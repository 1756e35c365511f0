"""A city as a grid of streets, and how long it takes from stop to stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when used

SIDE = 12
"""Crossings along a side of the city."""
_BRIDGES = 2
"""Besides the two at its ends."""


@dataclass(frozen=True)
class City:
    """Streets between crossings, from one to another."""

    places: np.ndarray
    """float64[crossing, 2] in the unit square."""
    streets: np.ndarray
    """int64[street, 2]: from, to; a street that goes both ways is two."""
    minutes: np.ndarray
    """float64[street]."""
    fast: np.ndarray
    """bool[street]."""
    river: float
    """Its height; nan without one."""

    @property
    def times(self) -> scipy.sparse.csr_matrix:
        """Minutes along streets, float64[crossing, crossing], sparse."""
        n = len(self.places)
        return scipy.sparse.csr_matrix((self.minutes, tuple(self.streets.T)), shape=(n, n))


def drawn_city(rng: np.random.Generator, *, one_way: float, river: bool, speed: float) -> City:
    """A city in which every crossing can be reached from every other.

    Args:
        rng: what it is drawn with.
        one_way: chance that an inner street goes one way only; those along the edge go both ways.
        river: whether one runs through from left to right, with bridges at its ends and two more.
        speed: of fast roads over that of others; every fourth row and column is one.
    """
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    places = np.stack([x.ravel(), y.ravel()], axis=1) / (SIDE - 1)
    at = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    bank = int(rng.integers(3, SIDE - 4)) if river else -1
    inner = rng.permutation(np.arange(1, SIDE - 1))[:_BRIDGES]
    bridges = {0, SIDE - 1, *inner.tolist()}
    rows = []
    for along, lines in ((0, at), (1, at.T)):
        for k, line in enumerate(lines):
            edge = k in (0, SIDE - 1)
            ways = 0 if edge or rng.random() >= one_way else int(rng.integers(1, 3))
            steps = np.stack([line[:-1], line[1:]], axis=1)
            if along == 1 and bank >= 0 and k not in bridges:
                steps = np.delete(steps, bank, axis=0)
            is_fast = np.full(len(steps), k % 4 == 1)
            rows += [(steps, is_fast)] if ways != 2 else []
            rows += [(steps[:, ::-1], is_fast)] if ways != 1 else []
    streets = np.concatenate([steps for steps, _ in rows])
    fast = np.concatenate([each for _, each in rows])
    pace = rng.uniform(0.8, 1.25, SIDE)  # slower and faster quarters, by row
    minutes = pace[streets.min(axis=1) // SIDE] / np.where(fast, speed, 1.0)
    height = (bank + 0.5) / (SIDE - 1) if river else float("nan")
    return City(places, streets, minutes, fast, height)


def stops_of(rng: np.random.Generator, n: int) -> np.ndarray:
    """Crossings where the tour stops, no two the same: int64[stop]."""
    return rng.permutation(SIDE * SIDE)[:n]


def minutes_between(city: City, stops: np.ndarray) -> np.ndarray:
    """Fastest minutes float64[from, to] between stops (Dijkstra 1959)."""
    return scipy.sparse.csgraph.dijkstra(city.times, indices=stops)[:, stops]


def way(city: City, start: int, end: int) -> np.ndarray:
    """The crossings of the fastest way, both ends included: int64[crossing]."""
    _, before = scipy.sparse.csgraph.dijkstra(city.times, indices=start, return_predecessors=True)
    found = [end]
    while found[-1] != start:
        found.append(int(before[found[-1]]))
    return np.array(found[::-1])


def triangle_share(between: np.ndarray) -> float:
    """Share of ordered triples of stops for which going straight is no longer than by a third."""
    n = len(between)
    by = between[:, :, None] + between[None]
    straight = between[:, None] <= by * (1 + 1e-12)
    i, j, k = np.ogrid[:n, :n, :n]
    return float(straight[(i != j) & (j != k) & (i != k)].mean())


def asymmetry(between: np.ndarray) -> float:
    """Mean of |there - back| over there + back, of all pairs of stops: 0 where both are one."""
    pairs = np.triu_indices(len(between), 1)
    one, other = between[pairs], between.T[pairs]
    both = one + other
    apart = np.divide(np.abs(one - other), both, out=np.zeros_like(both), where=both > 0)
    return float(apart.mean())
