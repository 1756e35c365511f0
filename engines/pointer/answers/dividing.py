"""Known answers of thousands of cities: brute force, local optima, and the table of floors."""

from __future__ import annotations

from functools import cache, partial
from itertools import permutations

import numpy as np

from engines.contract import KnownAnswer
from engines.pointer.dividing.asked import ThousandsSpec
from engines.pointer.dividing.references import A280_OPTIMUM, LKH_LENGTHS

_SEED = 12
_SETS = 20
_LKH = "elkai 2.0.1 (LKH), one run on each instance"


def dividing_answers() -> tuple[KnownAnswer, ...]:
    """Exact paths, local optima, a published optimum, and mean gaps of 20 sets of 1,000 cities.

    A floor is given as the middle of what is allowed, from 0 to the demand.
    """
    found = [
        KnownAnswer(
            f"exact path with fixed ends, largest difference, n = {n}",
            "brute force over (n - 2)! orders", 0.0, 1e-12, partial(path_difference, n),
        )
        for n in (5, 7, 9)
    ]  # fmt: skip
    found.append(
        KnownAnswer(
            "2-opt moves to one of 10 neighbours that still shorten a tour of 300 cities",
            "every move tried, edge by edge", 0.0, 0.0, moves_left,
        )
    )  # fmt: skip
    found.append(
        KnownAnswer(
            "a280, greedy edges, 2-opt and Or-opt, windows: gap in %", "TSPLIB95: optimum 2579",
            2.5, 2.5, a280_gap,
        )
    )  # fmt: skip
    floors = {
        "nearest, polish": 6.5,
        "greedy": 7.5,
        "greedy, 2-opt": 3.5,
    }
    found += [
        KnownAnswer(
            f"mean gap in % of {_SETS} sets of 1,000 cities: {name}, at most {most}", _LKH,
            most / 2, most / 2, partial(mean_gap, name), full=True,
        )
        for name, most in floors.items()
    ]  # fmt: skip
    return tuple(found)


def path_difference(n: int, n_paths: int = 5) -> float:
    """Largest difference from the shortest of all paths from the first point to the last."""
    from engines.pointer.dividing.paths import exact_path, path_length

    most = 0.0
    orders = np.array([(0, *inner, n - 1) for inner in permutations(range(1, n - 1))])
    for points in np.random.default_rng(_SEED).random((n_paths, n, 2)):
        steps = points[orders[:, 1:]] - points[orders[:, :-1]]
        shortest = float(np.linalg.norm(steps, axis=2).sum(axis=1).min())
        most = max(most, abs(path_length(points, exact_path(points)) - shortest))
    return most


def moves_left(n: int = 300) -> float:
    """Of a tour after local search: 2-opt moves, tried in plain numpy, that shorten it."""
    from engines.pointer.dividing.neighbours import neighbour_lists
    from engines.pointer.dividing.search import improve
    from engines.pointer.dividing.starts import nearest_neighbour

    points = np.random.default_rng(_SEED).random((n, 2))
    near = neighbour_lists(points)
    tour = nearest_neighbour(points, near, 0)
    improve(points, near, tour, -1, -1)
    between = np.linalg.norm(points[:, None] - points[None], axis=2)
    place = np.argsort(tour)
    n_left = 0
    for beside in (tour[(place + 1) % n], tour[place - 1]):
        for j in range(near.shape[1]):
            city, other = np.arange(n), near[:, j]
            own, its = beside[city], beside[other]
            joined = between[city, other]
            saved = between[city, own] + between[other, its] - joined - between[own, its]
            n_left += int(((saved > 1e-9) & (joined < between[city, own])).sum())
    return float(n_left)


def a280_gap() -> float:
    """Per cent above the published optimum, measured as TSPLIB does."""
    from engines.pointer.dividing.instances import cities_of
    from engines.pointer.dividing.methods import as_asked, steps

    spec = ThousandsSpec(distribution="a280")
    cities = cities_of(spec)
    *_, last = steps(cities.points, as_asked(spec), 0)
    return 100 * (cities.length(last.after) / A280_OPTIMUM - 1)


@cache
def mean_gap(name: str) -> float:
    """Per cent above LKH, over 20 sets of 1,000 uniform cities."""
    return float(gaps(name).mean())


def gaps(name: str, n_sets: int = _SETS) -> np.ndarray:
    """Per cent above LKH of a method's last tours: float64[set]."""
    from engines.pointer.dividing.instances import cities_of
    from engines.pointer.dividing.methods import Method, compared, steps

    spec = ThousandsSpec()
    methods = {
        **compared(spec),
        "nearest, polish": Method("nearest neighbour", polish=True, n_stages=0),
    }
    found = []
    for k, reference in enumerate(LKH_LENGTHS["uniform", spec.n_cities][:n_sets]):
        cities = cities_of(spec, k)
        *_, last = steps(cities.points, methods[name], k)
        found.append(100 * (cities.length(last.after) / reference - 1))
    return np.array(found)
