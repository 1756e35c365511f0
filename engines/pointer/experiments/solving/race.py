"""Solvers and networks on the same cities: how good, how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, Result, Seed, Spec, knob
from engines.contract.claims import Exceeds
from engines.contract.pictures import Picture, Table
from engines.lab.statistics import mean_over, paired
from engines.lab.statistics.intervals import t_quantile
from engines.pointer.model import N_POINTS_MAX, WeightsName


class RaceSpec(Spec):
    """The track."""

    n_points: int = knob(
        20, label="Cities", help="In every instance.", group="Race", ge=4, le=N_POINTS_MAX,
        soft=(5, 100),
    )  # fmt: skip
    n_instances: int = knob(
        30, label="Instances", help="Uniform ones, the same for all.", group="Race", ge=5, le=2_000
    )
    weights: WeightsName = knob(
        "", label="Network", help="Which weights run; empty for the bundled ones.", group="Race"
    )
    seed: Seed = knob(0, label="Seed", help="Draws the cities.", group="Race")


@dataclass(frozen=True, eq=False)
class RaceFrame(Frame):
    """Solvers that have arrived."""

    spec: RaceSpec
    solvers: tuple[str, ...]
    lengths: np.ndarray
    """float64[solver, instance]."""
    milliseconds: np.ndarray
    """float64[solver, instance]."""

    def pictures(self) -> tuple[Picture, ...]:
        """The ranking so far."""
        return (ranking(self),)


@dataclass(frozen=True, eq=False)
class Race(Result):
    """Everybody has arrived. Times are measured, so they differ from run to run."""

    spec: RaceSpec
    solvers: tuple[str, ...]
    lengths: np.ndarray
    """float64[solver, instance]."""
    milliseconds: np.ndarray
    """float64[solver, instance], wall clock."""

    def pictures(self) -> tuple[Picture, ...]:
        """The ranking."""
        return (ranking(self),)


def gaps(race: Race | RaceFrame) -> np.ndarray:
    """Share by which every tour is longer than the best of all solvers: [solver, instance]."""
    gap = race.lengths / race.lengths.min(axis=0) - 1.0
    # The same tour from another start adds up differently in the last digits.
    return np.where(gap < 1e-12, 0.0, gap)


def interval(values: np.ndarray) -> np.ndarray:
    """Half the width of a 95 % t interval of the mean, by row."""
    n = values.shape[1]
    return t_quantile(n) * values.std(axis=1, ddof=1) / np.sqrt(n)


def ranking(race: Race | RaceFrame) -> Table:
    """Solvers by their gap."""
    gap = 100 * gaps(race)
    order = np.argsort(gap.mean(axis=1), kind="stable")
    return Table(
        f"Gap to the best of all, {race.lengths.shape[1]} instances",
        {
            "solver": tuple(race.solvers[k] for k in order),
            "mean gap, %": gap.mean(axis=1)[order],
            "95 % interval, +- %": interval(gap)[order],
            "mean time, ms": race.milliseconds.mean(axis=1)[order],
            "mean length": race.lengths.mean(axis=1)[order],
        },
    )


def frames(spec: RaceSpec) -> Iterator[Frame | Result]:
    """A frame per instance; times are wall clock of one thread."""
    from engines.pointer.answering.answer import weights_name
    from engines.pointer.answering.races import solvers, timed
    from engines.pointer.model import UNTRAINED, SolveSpec
    from engines.pointer.networks import weights

    rng = np.random.Generator(np.random.Philox(key=[spec.seed, spec.n_points]))
    points = rng.random((spec.n_instances, spec.n_points, 2))
    name = weights_name(SolveSpec(task="tour", weights=spec.weights))
    net = None if name == UNTRAINED else weights.load(name, task="tour").net
    running = solvers(spec.n_points, net)
    done: list[str] = []
    arrived: list[tuple[np.ndarray, np.ndarray]] = []
    for k, (solver_name, solver) in enumerate(running.items()):
        for so_far in timed(solver, points):
            share = (k + len(so_far.lengths) / spec.n_instances) / len(running)
            if arrived:
                yield RaceFrame(spec, tuple(done), *_stacked(arrived), fraction=share)
            if len(so_far.lengths) == spec.n_instances:
                done.append(solver_name)
                arrived.append((so_far.lengths, so_far.milliseconds))
    yield Race(spec, tuple(done), *_stacked(arrived))


def _stacked(arrived: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    lengths, times = zip(*arrived, strict=True)
    return np.stack(lengths), np.stack(times)


_NETWORK, _SEARCH = "network, greedy", "2-opt and Or-opt, n starts"


def _gap(race: Race, solver: str) -> Estimate | None:
    if solver not in race.solvers:
        return None
    gap = gaps(race)[race.solvers.index(solver)]
    return mean_over(gap, of=f"gap to the best of all, {solver}", unit="instances")


def _longer(race: Race) -> Estimate | None:
    if not {_NETWORK, _SEARCH} <= set(race.solvers):
        return None
    one, other = (gaps(race)[race.solvers.index(name)] for name in (_SEARCH, _NETWORK))
    return paired(one, other, race.spec.seed).estimate("network less local search", "instances")


CLAIM = Claim(
    "Local search finds shorter tours than a network that answers by pointing.",
    figure=lambda race: _gap(race, _NETWORK),
    control=lambda race: _gap(race, _SEARCH),
    holds_when=Exceeds(),
    source="Croes 1958; Or 1976; Vinyals, Fortunato & Jaitly 2015",
    difference=_longer,
)

EXPERIMENT = Experiment(
    spec=RaceSpec,
    frames=frames,
    card=Card(
        title="Solver race",
        claim="Sixty lines of local search beat every network here; see by how much, and how fast.",
        paper="Held & Karp 1962; Croes 1958; Or 1976; Vinyals, Fortunato & Jaitly 2015",
        link="https://arxiv.org/abs/1506.03134",
    ),
    presets={
        "20 cities": RaceSpec(),
        "10 cities": RaceSpec(n_points=10),
        "50 cities": RaceSpec(n_points=50, n_instances=20),
    },
    claims=(CLAIM,),
    seconds=lambda spec: 0.005 * spec.n_points * spec.n_instances,
    order=30,
)
