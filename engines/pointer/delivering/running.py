"""One run: the asked routes step by step, then every method on every instance."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from engines.pointer.delivering import rivals
from engines.pointer.delivering.asked import STARTS, VehiclesSpec
from engines.pointer.delivering.exact import EXACT_MAX
from engines.pointer.delivering.ground import cost_of, ground_of
from engines.pointer.delivering.inside import polished_inside
from engines.pointer.delivering.instances import instance_of, is_usual, n_instances
from engines.pointer.delivering.methods import (
    Step,
    best_of_eight,
    exact,
    started,
    step_names,
    steps,
    warm,
)
from engines.pointer.delivering.progress import Progress
from engines.pointer.delivering.results import RoutesFrame, Vehicles
from engines.pointer.delivering.routes import check_routes
from engines.pointer.instances.vrplib import CvrpInstance

EIGHT = "sweep ×8"
BROUGHT = "own routes"
N_SAMPLE = 1_000
"""Instances of which savings alone are measured, to be held against published means."""
_SAMPLE_EACH = 50
_N_TURNED = 20
"""Instances on which savings are asked in eight symmetries."""


class _Race:
    """What is known so far, as arrays that grow full."""

    def __init__(self, spec: VehiclesSpec, n_customers: int) -> None:
        self.spec, self.names = spec, [*STARTS, EIGHT]
        self.names += ["exact"] if n_customers <= EXACT_MAX else []
        self.names += [BROUGHT] if spec.brought else []
        self.rivals = rivals.installed() if spec.rival_seconds else {}
        if n_customers > rivals.RIVAL_MAX:
            self.rivals = {}
        self.names += self.rivals
        shape = (len(self.names), n_instances(spec), len(step_names(spec)))
        self.seconds, self.costs = np.full(shape, np.nan), np.full(shape, np.nan)

    def progress(self) -> Progress:
        """A copy."""
        names = step_names(self.spec)
        return Progress(tuple(self.names), names, self.seconds.copy(), self.costs.copy())

    def run(self, name: str, instance: CvrpInstance, k: int) -> Iterator[Step]:
        """The steps of a method on instance ``k``; its course is kept."""
        row = self.names.index(name)
        for j, step in enumerate(self._steps(name, instance, k)):
            self.seconds[row, k, j], self.costs[row, k, j] = step.cpu_seconds, step.cost
            yield step

    def _steps(self, name: str, instance: CvrpInstance, k: int) -> Iterator[Step]:
        spec = self.spec
        if name in STARTS:
            yield from steps(instance, partial(started, instance, name), spec, spec.seed + k)
        elif name == EIGHT:
            build = partial(_best_sweep, instance)
            yield from steps(instance, build, spec, spec.seed + k)
        elif name == "exact":
            yield exact(instance)
        elif name == BROUGHT:
            visits = np.array(spec.brought, np.int64)
            yield Step(BROUGHT, visits, cost_of(ground_of(instance), visits), np.nan)
        else:
            rival, seconds = self.rivals[name], spec.rival_seconds
            yield rivals.asked(rival, name, instance, seconds, spec.seed + k)


def _best_sweep(instance: CvrpInstance) -> np.ndarray:
    return best_of_eight(instance, "sweep")[0]


def frames_of(spec: VehiclesSpec) -> Iterator[RoutesFrame | Vehicles]:
    """A frame for every step of every method, the asked routes of the first instance on stage."""
    first = instance_of(spec)
    if spec.brought:
        check_routes(first, np.array(spec.brought, np.int64))
    warm()
    race, done = _Race(spec, len(first.points) - 1), []
    for step in race.run(spec.start, first, 0):
        done.append(step)
        yield _frame(spec, first, step, race, 0.02 * len(done))
    total, n_run = len(race.names) * n_instances(spec), 1
    for k in range(n_instances(spec)):
        instance = first if k == 0 else instance_of(spec, k)
        for name in race.names:
            if k == 0 and name == spec.start:
                continue
            for _ in race.run(name, instance, k):
                yield _frame(spec, first, done[-1], race, 0.9 * n_run / total)
            n_run += 1
    sample: list[float] = []
    for costs in _sampled(spec):
        sample += costs
        share = 0.9 + 0.1 * len(sample) / N_SAMPLE
        yield _frame(spec, first, done[-1], race, share)
    yield _result(spec, first, done, race, np.array(sample))


def _sampled(spec: VehiclesSpec) -> Iterator[list[float]]:
    """Costs of savings with 2-opt and Or-opt on many instances, as the published ones are drawn."""
    if not is_usual(spec) or spec.n_instances < 2:
        return
    for begin in range(0, N_SAMPLE, _SAMPLE_EACH):
        yield [savings_cost(instance_of(spec, k)) for k in range(begin, begin + _SAMPLE_EACH)]


def savings_cost(instance: CvrpInstance) -> float:
    """Of routes by savings, each improved by 2-opt and Or-opt."""
    ground = ground_of(instance)
    return cost_of(ground, polished_inside(ground, started(instance, "savings")))


def notices(spec: VehiclesSpec, instance: CvrpInstance) -> tuple[str, ...]:
    """What must be said of a run."""
    found, n = [], len(instance.points) - 1
    if len(np.unique(instance.points, axis=0)) == 1:
        found.append("The depot and all customers lie on one place: every route has length 0")
    if spec.rival_seconds and n > rivals.RIVAL_MAX:
        found.append(f"PyVRP and OR-tools are asked to {rivals.RIVAL_MAX:,} customers; here are "
                     f"{n:,}")  # fmt: skip
    elif spec.rival_seconds and not rivals.installed():
        found.append("Neither PyVRP nor OR-tools is installed here (pip install pyvrp ortools)")
    if instance.demand[1:].sum() <= instance.capacity:
        found.append("One vehicle can bring everything: this is one tour, a travelling salesman's")
    return tuple(found)


def _frame(
    spec: VehiclesSpec, instance: CvrpInstance, step: Step, race: _Race, fraction: float
) -> RoutesFrame:
    return RoutesFrame(
        spec, instance.points, instance.demand, instance.capacity, step.name, step.visits,
        step.cost, race.progress(), fraction=min(fraction, 1.0),
    )  # fmt: skip


def _result(
    spec: VehiclesSpec, instance: CvrpInstance, done: list[Step], race: _Race, sample: np.ndarray
) -> Vehicles:
    longest = max(len(step.visits) for step in done)
    visits = np.zeros((len(done), longest), np.int32)
    for k, step in enumerate(done):
        visits[k, : len(step.visits)] = step.visits
    turned = range(min(n_instances(spec), _N_TURNED)) if instance.matrix is None else ()
    spreads = [np.ptp(best_of_eight(instance_of(spec, k), "savings")[1]) for k in turned]
    return Vehicles(
        spec, instance.name, instance.points, instance.demand, instance.capacity,
        tuple(step.name for step in done), visits, np.array([step.cost for step in done]),
        race.progress(), sample, np.array(spreads), notices(spec, instance),
    )  # fmt: skip
