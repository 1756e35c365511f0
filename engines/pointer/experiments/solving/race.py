"""Solvers and networks on the same cities: how good, how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, Result, Seed, Spec, knob
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Picture, Table
from engines.lab.statistics import mean_over, paired
from engines.lab.statistics.intervals import half_widths
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
        """The same polishes from two beginnings, and the ranking so far."""
        return _pictures(self)


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
        """The same polishes from two beginnings, what the network gave, and the ranking."""
        return _pictures(self)


def gaps(race: Race | RaceFrame) -> np.ndarray:
    """Share by which every tour is longer than the best of all solvers: [solver, instance]."""
    gap = race.lengths / race.lengths.min(axis=0) - 1.0
    # The same tour from another start adds up differently in the last digits.
    return np.where(gap < 1e-12, 0.0, gap)


def ranking(race: Race | RaceFrame) -> Table:
    """Solvers by their gap."""
    gap = 100 * gaps(race)
    order = np.argsort(gap.mean(axis=1), kind="stable")
    return Table(
        f"Gap to the best of all, {race.lengths.shape[1]} instances",
        {
            "solver": tuple(race.solvers[k] for k in order),
            "mean gap, %": gap.mean(axis=1)[order],
            "95 % interval, +- %": half_widths(gap)[order],
            "mean time, ms": race.milliseconds.mean(axis=1)[order],
            "mean length": race.lengths.mean(axis=1)[order],
        },
    )


POLISHES = ("2-opt", "2-opt, Or-opt", "Or-3opt", "windows")
_NEAREST, _NETWORK, _GREEDY = "nearest", "network", "network, greedy"


def _pictures(race: Race | RaceFrame) -> tuple[Picture, ...]:
    if len(race.solvers) < 2 or _GREEDY not in race.solvers:
        return (ranking(race),)
    return (polished(race), given(race), ranking(race))


def polished(race: Race | RaceFrame) -> Bars:
    """Mean gap of nearest neighbour and of the network, alone and after every polish."""
    gap, half = 100 * gaps(race), 100 * half_widths(gaps(race))
    names = [f"{begun}, {polish}" for polish in POLISHES for begun in (_NEAREST, _NETWORK)]
    rows = [race.solvers.index(name) if name in race.solvers else -1 for name in names]
    mean = np.array([gap[k].mean() if k >= 0 else np.nan for k in rows])
    by = np.array([half[k] if k >= 0 else np.nan for k in rows])
    ticks = tuple((2 * k + 0.5, name) for k, name in enumerate(POLISHES))
    kind = ("from nearest neighbour", "from the network") * len(POLISHES)
    return Bars(
        "The same polish from two beginnings", mean, Axis("", ticks=ticks),
        Axis("mean gap", "%"), kind,
        whiskers=(mean - by, mean + by),
    )  # fmt: skip


def given(race: Race | RaceFrame) -> Bars:
    """By how much the gap is smaller where the network began: nearest less network, in pairs."""
    less = [_gained(race, polish) for polish in POLISHES]
    mean = np.array([np.nan if e is None else e.value for e in less])
    low = np.array([np.nan if e is None else e.low for e in less])
    high = np.array([np.nan if e is None else e.high for e in less])
    ticks = tuple((float(k), name) for k, name in enumerate(POLISHES))
    return Bars(
        "What the network gave: nearest less network", mean, Axis("", ticks=ticks),
        Axis("difference", "points"), whiskers=(low, high),
    )  # fmt: skip


def _gained(race: Race | RaceFrame, polish: str) -> Estimate | None:
    """Gap in per cent from nearest neighbour less that from the network, after the same polish."""
    names = (f"{_NEAREST}, {polish}", f"{_NETWORK}, {polish}")
    if not set(names) <= set(race.solvers):
        return None
    gap = 100 * gaps(race)
    nearest, network = (gap[race.solvers.index(name)] for name in names)
    of = f"nearest less network, {polish}, points"
    return paired(network, nearest, race.spec.seed).estimate(of, "instances")


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


_SEARCH = "2-opt and Or-opt, n starts"


def _gap(race: Race, solver: str) -> Estimate | None:
    if solver not in race.solvers:
        return None
    gap = 100 * gaps(race)[race.solvers.index(solver)]
    return mean_over(gap, of=f"gap to the best of all in %, {solver}", unit="instances")


def _longer(race: Race) -> Estimate | None:
    if not {_GREEDY, _SEARCH} <= set(race.solvers):
        return None
    one, other = (100 * gaps(race)[race.solvers.index(name)] for name in (_SEARCH, _GREEDY))
    return paired(one, other, race.spec.seed).estimate("network less local search", "instances")


def _began_better(polish: str, sentence: str) -> Claim:
    """That the same polish leaves a longer tour where nearest neighbour began."""
    return Claim(
        sentence,
        figure=lambda race: (
            _gap(race, f"{_NEAREST}, {polish}") if _GREEDY in race.solvers else None
        ),
        control=lambda race: _gap(race, f"{_NETWORK}, {polish}"),
        holds_when=Exceeds(),
        source="our claim",
        difference=lambda race: _gained(race, polish),
    )


CLAIMS = (
    Claim(
        "Local search finds shorter tours than a network that answers by pointing.",
        figure=lambda race: _gap(race, _GREEDY),
        control=lambda race: _gap(race, _SEARCH),
        holds_when=Exceeds(),
        source="Croes 1958; Or 1976; Vinyals, Fortunato & Jaitly 2015",
        difference=_longer,
    ),
    _began_better(
        "2-opt, Or-opt",
        "A network is a better beginning: after the same 2-opt and Or-opt nearest neighbour's "
        "tours are longer.",
    ),
    _began_better(
        "windows",
        "It stays one after the most thorough polish: from nearest neighbour windows leave longer "
        "tours.",
    ),
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
        "100 cities": RaceSpec(n_points=100, n_instances=20),
    },
    claims=CLAIMS,
    seconds=lambda spec: 0.015 * spec.n_points * spec.n_instances,
    order=30,
)
