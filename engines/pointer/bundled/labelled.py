"""Labelled instances for long trainings, drawn by other processes while a network learns.

Tours and paths come with their cities in the order in which they are visited, so that what is
taught is always 0, 1, 2 ...: a set pointer cannot see the order of its input.
"""

from __future__ import annotations

import multiprocessing as mp
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.queues import Queue
from typing import Any

import numpy as np

from engines.pointer.dividing.neighbours import neighbour_lists
from engines.pointer.dividing.paths import searched_path
from engines.pointer.dividing.search import improve
from engines.pointer.dividing.starts import greedy_edge
from engines.pointer.kernels.hulls import hulls
from engines.pointer.kernels.tours import canonical, distances, nearest_neighbour, tours
from engines.pointer.pathing.windows import in_unit_square, with_roles

EXACT_MAX, FROM_EVERY_CITY_MAX = 10, 40
_ROUNDS, _KICKS_PER_CITY, _N_NEAR = 4, 2, 8
_TURN = 0.618034
_LARGE = 400
"""Cities of the sets that windows are cut from."""
_WAITING_MAX = 64
"""Chunks that wait before the workers pause."""


def tour_example(rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
    """Uniform cities along a short counter-clockwise tour: float32[instance, city, 2].

    Exact to 10 cities, the best of searches from every city to 40; above, 2-opt, Or-opt and kicks
    with the tour held open at four places in turn.
    """
    points = rng.random((n_instances, n, 2))
    if n <= FROM_EVERY_CITY_MAX:
        found = tours(points, EXACT_MAX)
    else:
        found = np.array([kicked_tour(p, int(rng.integers(2**31))) for p in points])
    return np.take_along_axis(points, found[:, :, None], 1).astype(np.float32)


def kicked_tour(points: np.ndarray, seed: int) -> np.ndarray:
    """A short tour by 2-opt, Or-opt and kicks, canonical: int64[city]."""
    n = len(points)
    order = nearest_neighbour(distances(points), 0)
    for k in range(_ROUNDS):
        rolled = np.roll(order, -round(k * n * _TURN))
        kicks = _KICKS_PER_CITY * n
        order = rolled[searched_path(points[rolled], _N_NEAR, kicks, (seed + k) % 2**31)]
    return canonical(points, order)


def path_example(rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
    """Windows of tours, solved between their ends: float32[instance, city, 4].

    Columns are x, y, whether this is the first city, whether the last. The window fills the unit
    square along its longer side.
    """
    found: list[np.ndarray] = []
    while len(found) < n_instances:
        cities = rng.random((_LARGE, 2))
        near = neighbour_lists(cities)
        tour = greedy_edge(cities, near)
        if rng.random() < 0.5:
            improve(cities, near, tour, -1, -1)
        begin = int(rng.integers(_LARGE))
        for k in range(_LARGE // n):
            window = cities[np.roll(tour, -(begin + k * n))[:n]]
            kicks = _KICKS_PER_CITY * n
            path = searched_path(window, _N_NEAR, kicks, int(rng.integers(2**31)))
            found.append(with_roles(in_unit_square(window[path])))
    return np.array(found[:n_instances], np.float32)


def hull_example(rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
    """Uniform points and their hulls: float32[instance, point, 3].

    The third column is the target of that step, then n, which means stopping, then -1.
    """
    points = rng.random((n_instances, n, 2))
    found = hulls(points)
    size = (found >= 0).sum(axis=1)
    inside = size < n
    found[inside, size[inside]] = n
    return np.concatenate([points, found[:, :, None]], axis=2).astype(np.float32)


@dataclass(frozen=True)
class Kind:
    """What is labelled, and how many points instances have."""

    example: Callable[[np.random.Generator, int, int], np.ndarray]
    numbers: tuple[int, ...]
    """Numbers of points; each as often as the others."""
    chunk: int
    """Instances that travel together."""
    turning: bool = True
    """Whether a tour, seen from another city of it, is another instance."""


_STEPS = (5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50)
KINDS: Mapping[str, Kind] = {
    "tour": Kind(tour_example, (*_STEPS, 60, 70, 80, 90, 100, 100), 64),
    "path": Kind(path_example, (10, 15, 20, 30, 40, 50, 60, 80, 100), 64, turning=False),
    "hull": Kind(hull_example, tuple(range(5, 51)), 512, turning=False),
}


def chunks(kind: str, n_workers: int, seed: int) -> Iterator[tuple[int, np.ndarray]]:
    """Numbers of points and chunks, without an end; the workers stop with the iterator."""
    context = mp.get_context("spawn")
    queue: Queue[Any] = context.Queue(_WAITING_MAX)
    workers = [
        context.Process(target=_work, args=(kind, seed, k, queue), daemon=True)
        for k in range(n_workers)
    ]
    for worker in workers:
        worker.start()
    try:
        while True:
            yield queue.get()
    finally:
        for worker in workers:
            worker.terminate()


def _work(kind: str, seed: int, worker: int, queue: Queue[Any]) -> None:
    asked = KINDS[kind]
    rng = np.random.Generator(np.random.Philox(key=[seed, worker]))
    while True:
        n = int(rng.choice(asked.numbers))
        queue.put((n, asked.example(rng, asked.chunk, n)))
