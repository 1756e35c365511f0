"""How good the bundled weights must be at least, as one table, and the fresh evaluation behind it.

Exact answers are the measure: hulls by the monotone chain, tours by Held and Karp's programme to
12 cities and by local search from every city above (0.001 % above the optimum at 20).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import numpy as np

from engines.contract import KnownAnswer

Score = Literal["accuracy", "area", "gap", "share of the gap left"]
SEED = 314159
"""Of instances that no choice in training has seen; headers are means of others."""

_RUN = "a set pointer of width 128 on the same hulls: 97.5, 97.6, 90.8, 77.6, 35.0 %"
_TABLE_1 = "exact hulls; Vinyals et al. 2015, Table 1: area 99.6 to 99.9 %"
_TOURS = "Held-Karp and local search; Vinyals et al. 2015, Table 2: 0.0, 0.3, 1.3 %"
_CPU = "not below what the network trained on a CPU must have"
_AM = (
    "Kool et al. 2019 greedy, Table 1: 4.53 % at 100 cities, less the 0.3 % by which the reference "
    "here is above LKH"
)
_OWN = "above the mean in this file's own header by some half of it or more; there is one run"
_TURNED = "the least of eight is never above the first, and below it in the mean"


@dataclass(frozen=True)
class Floor:
    """One thing that bundled weights must reach."""

    weights: str
    n: int
    score: Score
    bound: float
    """The least accuracy or area, the largest gap; a share of the gap must stay below it."""
    n_instances: int
    source: str

    @property
    def is_least(self) -> bool:
        """Whether more is better."""
        return self.score in ("accuracy", "area")

    def reached(self, measured: float) -> bool:
        """Whether a measured score keeps the bound; nan never does."""
        if self.score == "share of the gap left":
            return measured < self.bound
        return measured >= self.bound if self.is_least else measured <= self.bound


FLOORS: tuple[Floor, ...] = (
    *(
        Floor("hull-5-50", n, "accuracy", bound, n_instances, _RUN)
        for n, bound, n_instances in (
            (5, 0.975, 10_000),
            (10, 0.97, 10_000),
            (50, 0.90, 3_000),
            (100, 0.75, 3_000),
            (200, 0.33, 2_000),
        )
    ),
    *(
        Floor("hull-5-50", n, "area", 0.999, n_instances, _TABLE_1)
        for n, n_instances in ((5, 10_000), (10, 10_000), (50, 3_000), (100, 3_000))
    ),
    *(
        Floor("tour-5-20", n, "gap", bound, n_instances, _TOURS)
        for n, bound, n_instances in ((5, 0.002, 1000), (10, 0.01, 500), (20, 0.025, 300))
    ),
    *(
        Floor("hull-5-50-long", n, "accuracy", bound, 1_000, _CPU)
        for n, bound in ((5, 0.975), (50, 0.90))
    ),
    *(
        Floor("tour-5-100", n, "gap", bound, n_instances, source)
        for n, bound, n_instances, source in (
            (10, 0.002, 500, _OWN),
            (20, 0.008, 200, _OWN),
            (50, 0.025, 100, _OWN),
            (100, 0.042, 30, _AM),
        )
    ),
    Floor("tour-5-100", 50, "share of the gap left", 1.0, 40, _TURNED),
    *(
        Floor("tour-5-20", n, "share of the gap left", 1.0, n_instances, _TURNED)
        for n, n_instances in ((5, 1000), (10, 500), (20, 300))
    ),
)


def measured(floor: Floor) -> float:
    """The score of the shipped file on fresh instances, greedy and with the mask."""
    if floor.score == "share of the gap left":
        plain = _scores(floor.weights, floor.n, floor.n_instances)["gap"]
        return least_gap(floor.weights, floor.n, floor.n_instances) / plain
    return _scores(floor.weights, floor.n, floor.n_instances)[floor.score]


def standard_error(floor: Floor) -> float:
    """Of the score over its fresh instances; nan for a share of the gap, which is a ratio."""
    if floor.score == "share of the gap left":
        return float("nan")
    return _scores(floor.weights, floor.n, floor.n_instances)[f"{floor.score} error"]


@lru_cache(maxsize=32)
def _scores(name: str, n: int, n_instances: int) -> dict[str, float]:
    from engines.pointer.networks import weights
    from engines.pointer.tasks import task_named
    from engines.pointer.training.evaluation import instances, means, scores

    loaded = weights.load(name)
    task = task_named(loaded.header.recipe.task, canonical=loaded.header.recipe.canonical)
    return means(scores(loaded.net, task, instances(task, n, n_instances, SEED)))


@lru_cache(maxsize=32)
def least_gap(name: str, n: int, n_instances: int) -> float:
    """Mean gap of the best of a tour network's eight greedy answers."""
    from engines.pointer.decoding.greedy import decoded
    from engines.pointer.decoding.variants import symmetry
    from engines.pointer.networks import weights
    from engines.pointer.tasks import Tour
    from engines.pointer.training.evaluation import instances

    task, net = Tour(), weights.load(name).net
    points = instances(task, n, n_instances, SEED)
    turned = (decoded(net, task, symmetry(points, k)).answers for k in range(8))
    least = np.min([task.cost(points, answers) for answers in turned], axis=0)
    return float(np.mean(least / task.cost(points, task.solve(points).answers) - 1.0))


def floor_answers() -> tuple[KnownAnswer, ...]:
    """Every floor as the distance to the right answer that it leaves; slow ones only in full."""
    return tuple(_answer(floor) for floor in FLOORS)


def _answer(floor: Floor) -> KnownAnswer:
    told = f"at {'least' if floor.is_least else 'most'} {100 * floor.bound:g} %"
    if floor.score == "share of the gap left":
        told = "with 8 symmetries, below 1"
    return KnownAnswer(
        f"{floor.weights}: {floor.score} at n = {floor.n}, {told}",
        floor.source,
        1.0 if floor.is_least else 0.0,
        _tolerance(floor),
        partial(measured, floor),
        full=floor.n > 50,
    )


def _tolerance(floor: Floor) -> float:
    """How far from right: 1 - accuracy, 1 - area, or the gap itself."""
    if floor.is_least:
        return 1.0 - floor.bound
    return floor.bound if floor.score == "gap" else float(np.nextafter(floor.bound, 0.0))
