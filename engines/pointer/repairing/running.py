"""One run: the tour before, every move and its repair, and random moves to judge repairs by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from engines.pointer.dividing.methods import Method, steps
from engines.pointer.dividing.neighbours import neighbour_lists
from engines.pointer.dividing.search import length_of
from engines.pointer.instances.distributions import drawn
from engines.pointer.model import Distribution
from engines.pointer.repairing.asked import Move, RepairSpec
from engines.pointer.repairing.mending import repaired
from engines.pointer.repairing.results import RepairFrame, Repairs, Trials

_ANEW = Method("greedy edge", polish=True)
"""How a tour is made from nothing; as good as the one that is repaired."""
_SAME_SEARCH = Method("greedy edge", polish=True, n_stages=0)
"""2-opt and Or-opt over the whole, as the repair has them around what moved."""
_EXAMPLE = (0.3, 0.7), (0.6, 0.4)


def frames_of(spec: RepairSpec) -> Iterator[RepairFrame | Repairs]:
    """A frame as soon as the last move is repaired; random moves after that."""
    points, tour = solved(spec.distribution, spec.n_cities, spec.seed)
    told = (points, tour, np.zeros(0, np.int64), 0.0)
    places, order = points, tour
    for move in spec.moves or (example(points, spec.reach),):
        before = (places, order)
        places, moved = after_move(places, move)
        order, seconds = timed_repair(places, order, moved)
        told = (*before, moved, seconds)
    nothing = float("nan")
    frame = RepairFrame(
        spec, told[0], told[1], places, order, told[2], length_of(places, told[1]),
        length_of(places, order), nothing, (told[3], nothing), fraction=0.1,
    )  # fmt: skip
    # Whoever drags sees the repair at once; solving anew takes fifty times as long.
    yield frame
    anew, anew_seconds = timed_anew(places, spec.seed)
    seconds = told[3], anew_seconds
    frame = replace(frame, anew_length=length_of(places, anew), seconds=seconds, fraction=0.2)
    yield frame
    key = (spec.distribution, spec.n_cities, spec.seed, spec.reach, spec.n_trials)
    rows: list[tuple[float, ...]] = list(_tried.get(key, ()))
    for k in range(len(rows), spec.n_trials):
        rows.append(trial(spec, k))
        yield frame.at(0.2 + 0.8 * (k + 1) / spec.n_trials)
    _remember(key, rows)
    found = np.array(rows, np.float64).reshape(-1, 7)
    yield Repairs(frame, Trials(found[:, :4], found[:, 4:]))


_tried: dict[tuple[object, ...], tuple[tuple[float, ...], ...]] = {}
"""Trials of the last settings: dragging a city does not ask for them again."""
_KEPT = 8


def _remember(key: tuple[object, ...], rows: list[tuple[float, ...]]) -> None:
    while len(_tried) >= _KEPT:
        _tried.pop(next(iter(_tried)))
    _tried[key] = tuple(rows)


@lru_cache(maxsize=4)
def solved(distribution: Distribution, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Cities float64[city, 2] and a short tour int64[city]."""
    _warm()
    points = np.clip(drawn(distribution, n, seed), 0.0, 1.0)
    return points, timed_anew(points, seed)[0]


@lru_cache(maxsize=1)
def _warm() -> None:
    """Compile before anything is timed."""
    points = np.random.default_rng(0).random((30, 2))
    tour, _ = timed_anew(points, 0)
    timed_repair(points, tour, np.array([3]))


def example(points: np.ndarray, reach: float) -> Move:
    """The move that is shown before anybody has made one."""
    start, (x, y) = _EXAMPLE
    return int(np.argmin(np.hypot(*(points - start).T))), x, y, reach


def after_move(points: np.ndarray, move: Move) -> tuple[np.ndarray, np.ndarray]:
    """Where all cities lie after a move, float64[city, 2], and which have moved, int64[_].

    Those within the reach go along by 1 - (distance / reach)^2 of the way, inside the square; at
    least four cities stay.
    """
    city, x, y, reach = move
    away = np.hypot(*(points - points[city]).T)
    share = np.clip(1 - (away / max(reach, 1e-9)) ** 2, 0.0, 1.0)
    share[city] = 1.0
    moved = np.argsort(away, kind="stable")[: len(points) - 4]
    moved = moved[share[moved] > 0]
    places = points.copy()
    way = share[moved, None] * (np.array([x, y]) - points[city])
    places[moved] = np.clip(points[moved] + way, 0.0, 1.0)
    return places, moved


def timed_repair(
    points: np.ndarray, tour: np.ndarray, moved: np.ndarray
) -> tuple[np.ndarray, float]:
    """The repaired tour and its CPU seconds, finding neighbours included."""
    began = time.thread_time()
    found = repaired(points, neighbour_lists(points), tour, moved)
    return found, time.thread_time() - began


def timed_anew(points: np.ndarray, seed: int, method: Method = _ANEW) -> tuple[np.ndarray, float]:
    """A tour from nothing and its CPU seconds."""
    *_, last = steps(points, method, seed)
    return last.after, last.cpu_seconds


def trial(spec: RepairSpec, k: int) -> tuple[float, ...]:
    """A random move: the four lengths and three times of `Trials`."""
    points, tour = solved(spec.distribution, spec.n_cities, spec.seed)
    rng = np.random.Generator(
        np.random.Philox(key=[spec.seed, spec.n_cities], counter=[0, 0, 2, k])
    )
    x, y = rng.random(2)
    places, moved = after_move(points, (int(rng.integers(len(points))), x, y, spec.reach))
    mended, seconds = timed_repair(places, tour, moved)
    anew, anew_seconds = timed_anew(places, spec.seed)
    searched, searched_seconds = timed_anew(places, spec.seed, _SAME_SEARCH)
    found = (length_of(places, order) for order in (tour, mended, searched, anew))
    return (*found, seconds, searched_seconds, anew_seconds)
