"""How good and how fast large tours and routes are: gaps to LKH, and ratios of one run.

    python benchmarks/pointer_scale.py [--full]

Gaps are means over sets of 1,000 uniform cities whose LKH lengths are bundled (elkai 2.0.1, one
run). Times are CPU seconds of one thread, kernels compiled. elkai and fast-tsp run where they are
installed; where not, a sentence says so. ``--full`` takes 20 sets instead of 5.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable

import numpy as np
import torch
from table import Figure, as_json, cpu_seconds

from engines.lab.statistics import half_widths
from engines.pointer.answers.dividing import gaps
from engines.pointer.delivering import methods as of_vehicles
from engines.pointer.delivering import rivals
from engines.pointer.delivering.asked import VehiclesSpec
from engines.pointer.delivering.instances import AM_GREEDY, USUAL, instance_of
from engines.pointer.delivering.methods import started as routes_started
from engines.pointer.delivering.running import savings_cost
from engines.pointer.dividing.asked import Start, ThousandsSpec
from engines.pointer.dividing.courses import Courses
from engines.pointer.dividing.instances import cities_of
from engines.pointer.dividing.methods import Method, compared, started, steps, warm
from engines.pointer.dividing.neighbours import neighbour_lists
from engines.pointer.dividing.pictures import tour_in_windows
from engines.pointer.dividing.references import LKH_LENGTHS, lkh_is_here, lkh_length
from engines.pointer.dividing.results import StageFrame
from engines.pointer.dividing.search import improve, length_of
from engines.pointer.dividing.starts import greedy_edge, nearest_neighbour
from engines.pointer.dividing.stretches import improve_long
from engines.pointer.dividing.windows import conquered, cuts

DEMANDS = {
    "nearest, polish": 6.5,
    "nearest, exact": np.nan,
    "nearest": np.nan,
    "greedy": 7.5,
    "greedy, fixed": np.nan,
    "nearest, 2-opt": np.nan,
    "greedy, 2-opt": 3.5,
    "heat map": np.nan,
    "heat, shuffled": np.nan,
    "random": np.nan,
}
"""Gap in per cent, at most."""
_FAST_TSP_MAX = 65_535
"""The longest distance that fast-tsp takes; it measures in whole numbers."""


def method_named(name: str) -> Method:
    methods = compared(ThousandsSpec())
    polish = Method("nearest neighbour", polish=True, n_stages=0)
    return polish if name == "nearest, polish" else methods[name]


def gap_figures(n_sets: int) -> list[Figure]:
    """Mean gap, half its interval, and CPU seconds of every method."""
    found = []
    for name, most in DEMANDS.items():
        gap = gaps(name, n_sets)
        half = float(half_widths(gap))
        *_, last = steps(cities_of(ThousandsSpec()).points, method_named(name), 0)
        limit = 0.2 if name == "greedy, 2-opt" else np.nan
        found += [
            Figure(f"{name}: mean gap, n = {n_sets} sets", "%", float(gap.mean()), at_most=most),
            Figure(f"{name}: half its 95 % interval", "%", half),
            Figure(f"{name}: CPU time from the cities on", "s", last.cpu_seconds, at_most=limit),
        ]
    return found


def long_figures(n_sets: int) -> list[Figure]:
    """2-opt, Or-opt and Or-3opt over the whole tour, from two starts: mean gap and time."""
    found = []
    starts: dict[str, Start] = {"nearest": "nearest neighbour", "greedy": "greedy edge"}
    for name, start in starts.items():
        gaps_, seconds = [], []
        for k in range(n_sets):
            points = cities_of(ThousandsSpec(), k).points
            near = neighbour_lists(points)
            tour = started(points, near, start, 0)
            began = time.thread_time()
            improve_long(points, near, tour)
            seconds.append(time.thread_time() - began)
            gaps_.append(100 * (length_of(points, tour) / LKH_LENGTHS["uniform", 1_000][k] - 1))
        half = float(half_widths(np.array(gaps_)))
        found += [
            Figure(f"{name}, Or-3opt: mean gap, n = {n_sets} sets", "%", float(np.mean(gaps_))),
            Figure(f"{name}, Or-3opt: half its 95 % interval", "%", half),
            Figure(f"{name}, Or-3opt: CPU time", "ms", 1e3 * float(np.median(seconds))),
        ]
    return found


def polish_seconds(points: np.ndarray) -> float:
    """2-opt and Or-opt alone, from nearest neighbour, lists of neighbours given."""
    near = neighbour_lists(points)
    tour = nearest_neighbour(points, near, 0)
    return cpu_seconds(lambda: improve(points, near, tour.copy(), -1, -1), 5)


def window_seconds(points: np.ndarray) -> float:
    """One stage of windows of 100 without kicks, on a polished tour."""
    near = neighbour_lists(points)
    tour = greedy_edge(points, near)
    improve(points, near, tour, -1, -1)
    begins = cuts(len(points), 100, 0, shifted=True)
    return cpu_seconds(lambda: conquered(points, tour.copy(), begins, False, 0, 0), 5)


def whole_seconds(points: np.ndarray) -> float:
    """Lists of neighbours, greedy edges, 2-opt and Or-opt: a tour from nothing."""

    def work() -> None:
        near = neighbour_lists(points)
        improve(points, near, greedy_edge(points, near), -1, -1)

    return cpu_seconds(work, 3)


def redraw_ms(n: int) -> float:
    """A stage of n cities made into the lines that the page sends."""
    from views.kit.figures import PictureFigure

    points = cities_of(ThousandsSpec(n_cities=n)).points
    *_, step = steps(points, Method("greedy edge", n_stages=1), 0)
    nothing = np.full((1, 1, 1), np.nan)
    frame = StageFrame(
        ThousandsSpec(), points, step.name, step.before, step.after, step.begins, step.saved, 1.0,
        Courses(("as asked",), nothing, nothing, np.ones(1), "nobody"),
    )  # fmt: skip
    drawn = PictureFigure(tour_in_windows(frame))
    return 1e3 * cpu_seconds(lambda: drawn.update(tour_in_windows(frame)), 3)


def speed_figures() -> list[Figure]:
    one, five = (cities_of(ThousandsSpec(n_cities=n)).points for n in (1_000, 5_000))
    polish, large = polish_seconds(one), polish_seconds(five)
    return [
        Figure("2-opt and Or-opt, n = 1,000", "ms", 1e3 * polish, at_most=5),
        Figure("2-opt and Or-opt, n = 5,000", "ms", 1e3 * large, at_most=50),
        Figure("a tour of 5,000 from nothing", "s", whole_seconds(five), at_most=1),
        Figure(
            "stage of windows of 100, n = 5,000, over 2-opt and Or-opt", "ratio",
            window_seconds(five) / large, at_most=2,
        ),
        Figure("a stage of 2,000 redrawn", "ms", redraw_ms(2_000), at_most=250),
        Figure("a stage of 5,000 redrawn", "ms", redraw_ms(5_000), at_most=250),
        *peers(polish),
    ]  # fmt: skip


def route_figures(n_sets: int) -> list[Figure]:
    """Savings of vehicle routing, as fast as PyVRP is given a second, and mean costs."""
    found = []
    for n, capacity in USUAL.items():
        spec = VehiclesSpec(n_customers=n, capacity=capacity)
        first = instance_of(spec)
        ms = 1e3 * cpu_seconds(lambda first=first: routes_started(first, "savings"), 50)
        found.append(Figure(f"savings, n = {n}", "ms", ms, at_most=0.5))
        costs = np.array([savings_cost(instance_of(spec, k)) for k in range(n_sets)])
        name = f"savings, 2-opt and Or-opt, n = {n}: mean cost of {n_sets:,}"
        found.append(Figure(name, "", float(costs.mean()), at_most=AM_GREEDY[n]))
        found.append(Figure(f"{name}: half its interval", "", float(half_widths(costs))))
    large = instance_of(VehiclesSpec(n_customers=1_000, capacity=250.0))
    seconds = cpu_seconds(lambda: routes_started(large, "savings"), 3)
    found.append(Figure("savings, n = 1,000, capacity 250", "ms", 1e3 * seconds))
    hundred = VehiclesSpec(n_customers=100, capacity=USUAL[100])
    for name, rival in rivals.installed().items():
        gaps_to = []
        for k in range(5):
            instance = instance_of(hundred, k)
            theirs = rivals.asked(rival, name, instance, 1.0, k).cost
            gaps_to.append(100 * (savings_cost(instance) / theirs - 1))
        found.append(Figure(f"savings above {name} in 1 s, n = 100", "%", float(np.mean(gaps_to))))
    if not rivals.installed():
        print("neither PyVRP nor OR-tools is installed (pip install pyvrp ortools)")
    return found


def peers(polish: float) -> list[Figure]:
    """LKH and fast-tsp on the first 1,000 cities, where they are installed."""
    cities, reference = cities_of(ThousandsSpec()), LKH_LENGTHS["uniform", 1_000][0]
    found: list[Figure] = []
    if lkh_is_here():
        seconds, length = timed(lambda: lkh_length(cities))
        found.append(Figure("elkai (LKH), one run, n = 1,000", "s", seconds))
        found.append(
            Figure("elkai: gap to the bundled length", "%", 100 * (length / reference - 1))
        )
        found.append(Figure("elkai over 2-opt and Or-opt", "ratio", seconds / polish))
    else:
        print("elkai is not installed: LKH is left out (pip install elkai)")
    if importlib.util.find_spec("fast_tsp") is not None:
        import fast_tsp  # type: ignore[import-not-found]

        between = np.linalg.norm(cities.points[:, None] - cities.points[None], axis=2)
        whole = np.rint(_FAST_TSP_MAX * between / between.max()).astype(int).tolist()
        tour = np.array(fast_tsp.find_tour(whole, duration_seconds=1.0))
        gap = 100 * (cities.length(tour) / reference - 1)
        found.append(Figure("fast-tsp in 1 s: gap", "%", gap))
    else:
        print("fast-tsp is not installed: it is left out (pip install fast-tsp)")
    return found


def board_figures() -> list[Figure]:
    """450 updates of a relational network on 4 x 4 boards, and the same with a loop over edges."""
    from engines.pointer.boards import network
    from engines.pointer.boards.learning import FOUR, Learner, boards_of, relational, split
    from engines.pointer.boards.shape import SHAPES

    boards, grids = boards_of(SHAPES[FOUR], split(0).learnt, 64, None, 0)
    torch.set_num_threads(1)

    def seconds(n: int) -> float:
        learner = Learner(relational(48, "relative", 0), 450, 3e-3)
        learner.update(boards, grids, 8)
        began = time.process_time()
        for _ in range(n):
            learner.update(boards, grids, 8)
        return 450 * (time.process_time() - began) / n

    fused, kept = seconds(60), network.Told
    network.Told = EdgeByEdge  # type: ignore[misc, assignment]
    try:
        looped = seconds(5)
    finally:
        network.Told = kept  # type: ignore[misc]
    return [
        Figure("450 updates on 4 x 4 boards, batch 64, 8 steps", "s", fused, at_most=15),
        Figure("the same, messages by a loop over edges", "s", looped),
        Figure("loop over edges over ours", "ratio", looped / fused),
    ]


class EdgeByEdge:
    """The same sums, one directed edge after the other."""

    @staticmethod
    def apply(
        own: torch.Tensor, sent: torch.Tensor, shared: torch.Tensor, peers: torch.Tensor
    ) -> torch.Tensor:
        """As `Told` does."""
        heard = []
        for cell, others in enumerate(peers.tolist()):
            told = [torch.relu(own[:, cell] + sent[:, p] + shared[k]) for k, p in enumerate(others)]
            heard.append(torch.stack(told).sum(dim=0))
        return torch.stack(heard, dim=1)


def timed(work: Callable[[], float]) -> tuple[float, float]:
    began = time.process_time()
    value = work()
    return time.process_time() - began, value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="20 sets instead of 5")
    n_sets = 20 if parser.parse_args().full else 5
    warm()
    of_vehicles.warm()
    figures: list[Figure] = []
    for part in (
        lambda: gap_figures(n_sets),
        lambda: long_figures(n_sets),
        speed_figures,
        lambda: route_figures(50 * n_sets),
        board_figures,
    ):
        figures += (found := part())
        print(*found, sep="\n", flush=True)
    print(as_json(figures))


if __name__ == "__main__":
    main()
