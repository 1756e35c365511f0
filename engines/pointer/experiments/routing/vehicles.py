"""Capacitated vehicle routing: savings, local search, windows, exact, and published networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtMost, Exceeds, FallsBelow
from engines.lab.statistics import mean_over, paired
from engines.pointer.delivering.asked import VehiclesSpec
from engines.pointer.delivering.instances import AM_GREEDY
from engines.pointer.delivering.results import RoutesFrame, Vehicles

_SETS_MIN = 10
_SAVINGS, _NEAREST, _SWEEP = "savings", "nearest", "sweep"
_EIGHT = "sweep ×8"
_START, _INSIDE, _BETWEEN = range(3)
_KOOL = "Kool, van Hoof & Welling 2019, arXiv 1803.08475, Table 1"


def frames(spec: VehiclesSpec) -> Iterator[RoutesFrame | Vehicles]:
    """A frame for every step of every method, and the routes with all costs last."""
    from engines.pointer.delivering.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Exact routes against brute force, one tour, plain savings, published means."""
    from engines.pointer.answers.delivering import vehicle_answers

    return vehicle_answers()


def _costs(run: Vehicles, name: str, step: int) -> np.ndarray | None:
    """Costs of a method after a step: float64[instance]; None with too few instances."""
    if run.progress.costs.shape[1] < _SETS_MIN or step >= len(run.progress.step_names):
        return None
    return run.progress.after(name, step)


def _mean(run: Vehicles, name: str, step: int) -> Estimate | None:
    costs = _costs(run, name, step)
    if costs is None:
        return None
    of = f"mean cost, {name}, {run.progress.step_names[step]}"
    return mean_over(costs, of=of, unit="instances")


def _compared(
    sentence: str, one: tuple[str, int], other: tuple[str, int], *, source: str, cheaper: bool
) -> Claim:
    """That method and step ``one`` end cheaper, or dearer, than ``other``, instance by instance."""

    def difference(run: Vehicles) -> Estimate:
        ours, theirs = _costs(run, *one), _costs(run, *other)
        assert ours is not None
        assert theirs is not None
        return paired(theirs, ours, run.spec.seed).estimate("difference of costs", "instances")

    return Claim(
        sentence,
        figure=lambda run: _mean(run, *one),
        control=lambda run: _mean(run, *other),
        holds_when=FallsBelow() if cheaper else Exceeds(),
        source=source,
        difference=difference,
    )


def _sampled(run: Vehicles) -> Estimate | None:
    if not len(run.sample):
        return None
    return mean_over(run.sample, of="mean cost, savings then 2-opt and Or-opt", unit="instances")


def _attention(run: Vehicles) -> Estimate | None:
    n = run.spec.n_customers
    return Estimate.exact("attention model, greedy", AM_GREEDY[n], "published") \
        if len(run.sample) else None  # fmt: skip


def _spread(run: Vehicles) -> Estimate | None:
    if not len(run.spreads):
        return None
    return Estimate.exact("largest difference of costs", float(run.spreads.max()), "all eight")


CLAIMS = (
    Claim(
        "Savings of 1964, with 2-opt and Or-opt in every route, cost less than what is published "
        "for the attention model decoded greedily.",
        figure=_sampled,
        control=_attention,
        holds_when=FallsBelow(),
        source=f"our claim; {_KOOL}",
    ),
    _compared(
        "Joining routes where that saves most costs less than going to the nearest customer.",
        (_SAVINGS, _START), (_NEAREST, _START), source="Clarke & Wright 1964", cheaper=True,
    ),
    _compared(
        "Moves between routes shorten what 2-opt and Or-opt inside every route leave.",
        (_NEAREST, _BETWEEN), (_NEAREST, _INSIDE), source="Potvin & Rousseau 1995", cheaper=True,
    ),
    _compared(
        "They do not make up for a bad start: from the nearest they end above savings with "
        "the same moves.",
        (_NEAREST, _BETWEEN), (_SAVINGS, _BETWEEN), source="our claim", cheaper=False,
    ),
    _compared(
        "A solver that knows how the map lies gains from asking in eight symmetries: the best of "
        "eight sweeps costs less than one.",
        (_EIGHT, _START), (_SWEEP, _START), source="Kwon et al. 2020, POMO, arXiv 2010.16011",
        cheaper=True,
    ),
    Claim(
        "One that does not know it gains nothing: savings cost the same in all eight.",
        figure=_spread,
        control=lambda _run: None,
        holds_when=AtMost(1e-9),
        source="by construction: lengths do not turn",
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=VehiclesSpec,
    frames=frames,
    card=Card(
        title="Vehicle routing",
        claim="Vehicles with a capacity bring goods from a depot to customers. Savings of 1964 "
        "find in half a millisecond what a network must beat to be worth its training.",
        paper="Kool, van Hoof & Welling 2019, Attention, learn to solve routing problems",
        link="https://arxiv.org/abs/1803.08475",
        related=("pointer/thousands", "pointer/race"),
    ),
    presets={
        "50 customers": VehiclesSpec(),
        "20 customers": VehiclesSpec(n_customers=20, capacity=30.0),
        "100 customers": VehiclesSpec(n_customers=100, capacity=50.0),
        "8 customers, exact": VehiclesSpec(n_customers=8, capacity=20.0),
        "Depot in a corner": VehiclesSpec(depot="corner"),
        "Clusters": VehiclesSpec(distribution="clustered", depot="centre"),
        "From nearest feasible": VehiclesSpec(start="nearest"),
        "One vehicle: a tour": VehiclesSpec(n_customers=30, capacity=1_000.0),
        "1,000 customers": VehiclesSpec(n_customers=1_000, capacity=250.0, n_instances=2),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        0.002 * max(spec.n_customers, len(spec.points)) * spec.n_instances
        + spec.rival_seconds * 2 * spec.n_instances
    ),
    order=34,
)
