"""Methods: a start, perhaps a polish of the whole, and stages of windows, each step timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.pointer.dividing import starts
from engines.pointer.dividing.asked import Conquer, Start, ThousandsSpec
from engines.pointer.dividing.neighbours import neighbour_lists
from engines.pointer.dividing.search import improve
from engines.pointer.dividing.windows import conquered, cuts

_EXACT_WINDOW, _NETWORK_WINDOW = 11, 20
_OTHER_CONQUESTS: tuple[Conquer, ...] = ("exact", "network")
_STAGE_APART = 20_011
"""More than there are windows, so that no two draw the same kicks."""


@dataclass(frozen=True)
class Method:
    """How a tour is made."""

    start: Start
    polish: bool = False
    conquer: Conquer = "local search"
    window: int = 100
    shifted: bool = True
    n_stages: int = 10
    n_kicks: int = 25
    own: tuple[int, ...] = ()
    """The tour that it starts with, where the start is an own tour."""


@dataclass(frozen=True)
class Step:
    """A tour on its way."""

    name: str
    """What was done last: start, polish or stage."""
    before: np.ndarray
    """int64[city]."""
    after: np.ndarray
    """int64[city]."""
    begins: np.ndarray
    """int64[window]: places at which windows begin; those of the first stage before any."""
    saved: np.ndarray
    """float64[window]: what each was shortened by, in the plane."""
    cpu_seconds: float
    """Of this thread since the cities were there."""


def as_asked(spec: ThousandsSpec) -> Method:
    """The method of the knobs."""
    return Method(
        spec.start, spec.polish, spec.conquer, spec.window_used, spec.shifted, spec.n_stages,
        spec.n_kicks, spec.own_tour if spec.start == "own tour" else (),
    )  # fmt: skip


def compared(spec: ThousandsSpec) -> dict[str, Method]:
    """What the knobs are held against: other starts, other conquests, and controls.

    Named by their start; *fixed* cuts at the same places, *exact* solves windows of 11 exactly,
    *network* has a network answer windows of 20, *2-opt* improves the whole by 2-opt and Or-opt
    before it is divided.
    """
    window, stages, kicks = spec.window, spec.n_stages, spec.n_kicks

    def method(start: Start, *, polish: bool = False, shifted: bool = True) -> Method:
        return Method(start, polish, "local search", window, shifted, stages, kicks)

    return {
        "nearest": method("nearest neighbour"),
        "nearest, fixed": method("nearest neighbour", shifted=False),
        "nearest, exact": Method(
            "nearest neighbour", conquer="exact", window=_EXACT_WINDOW, n_stages=stages
        ),
        "nearest, network": Method(
            "nearest neighbour", conquer="network", window=_NETWORK_WINDOW, n_stages=stages
        ),
        "nearest, 2-opt": method("nearest neighbour", polish=True),
        "greedy": method("greedy edge"),
        "greedy, fixed": method("greedy edge", shifted=False),
        "greedy, 2-opt": method("greedy edge", polish=True),
        "heat map": method("heat map"),
        "heat, shuffled": method("heat map, shuffled"),
        "random": method("random order"),
    }


def steps(points: np.ndarray, method: Method, seed: int) -> Iterator[Step]:
    """A step after the start, after the polish and after every stage."""
    n, began = len(points), time.thread_time()
    near = neighbour_lists(points)
    own = np.array(method.own, np.int64)
    tour = own if method.own else started(points, near, method.start, seed)
    first = cuts(n, method.window, 0, shifted=method.shifted)
    spent = time.thread_time() - began
    none = np.zeros(len(first))
    yield Step("start", tour, tour, first, none, spent)
    if method.polish:
        before, tour, began = tour, tour.copy(), time.thread_time()
        improve(points, near, tour, -1, -1)
        spent += time.thread_time() - began
        yield Step("polish", before, tour, first, none, spent)
    for stage in range(method.n_stages):
        before, tour, began = tour, tour.copy(), time.thread_time()
        begins = cuts(n, method.window, stage, shifted=method.shifted)
        drawn = (seed * 1_000_003 + stage * _STAGE_APART) % 2**32
        saved = _conquered(points, tour, begins, method, drawn)
        spent += time.thread_time() - began
        yield Step(f"stage {stage + 1}", before, tour, begins, saved, spent)


def _conquered(
    points: np.ndarray, tour: np.ndarray, begins: np.ndarray, method: Method, seed: int
) -> np.ndarray:
    """Every window solved in place; what each was shortened by: float64[window]."""
    if method.conquer == "network":
        from engines.pointer.pathing import network

        return network.conquered(points, tour, begins)
    return conquered(points, tour, begins, method.conquer == "exact", method.n_kicks, seed)


def started(points: np.ndarray, near: np.ndarray, start: Start, seed: int) -> np.ndarray:
    """The first tour: int64[city]."""
    match start:
        case "greedy edge":
            return starts.greedy_edge(points, near)
        case "nearest neighbour":
            return starts.nearest_neighbour(points, near, 0)
        case "space-filling":
            return starts.space_filling(points)
        case "heat map" | "heat map, shuffled":
            from engines.pointer.dividing.heat import hottest_first

            return hottest_first(points, near, shuffled_by=None if start == "heat map" else seed)
        case _:
            return starts.random_order(len(points), seed)


def warm() -> None:
    """Compile what methods run, so that no method pays for it."""
    points = np.random.default_rng(0).random((40, 2))
    first_tours: tuple[Start, ...] = ("greedy edge", "nearest neighbour", "heat map")
    for start in first_tours:
        for _ in steps(points, Method(start, True, "local search", 11, n_stages=1), 0):
            pass
    for conquer in _OTHER_CONQUESTS:
        for _ in steps(points, Method("space-filling", True, conquer, 11, n_stages=1), 0):
            pass
