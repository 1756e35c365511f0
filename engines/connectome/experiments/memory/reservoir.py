"""Excitation, inhibition and memory: one strength for all, or one that each unit finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds, Near
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

BALANCES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5)
"""Inhibition over excitation."""
N_DELAYS = 60
_ONE, _OWN = "one strength for all", "each unit its own"
_SHOWN = 100
_PAPER = "Srinivasan, Plenz & Girvan 2025, arXiv 2504.12480; networks and sizes are ours"
_REACHED = 0.02


class ReservoirSpec(Spec):
    """A random network that is driven, and how its inhibition is set."""

    weight: float = knob(
        4.0, label="Weights", help="Sum of a unit's excitation, on average.", group="Network",
        ge=0.1, le=32.0, soft=(1.0, 16.0), step=0.5, log=True,
    )  # fmt: skip
    balance: float = knob(
        1.25, label="Inhibition", help="Over excitation, in the network whose activity is shown; "
        "the curves hold every strength.", unit="times", group="Network",
        ge=0.0, le=8.0, soft=(0.0, 3.0), step=0.05, marks={1.0: "balanced"},
    )  # fmt: skip
    target: float = knob(
        0.4, label="Wanted rate", help="Inhibition of each unit moves until it fires at this rate.",
        unit="of its maximum", group="Adaptation", ge=0.01, le=0.99, soft=(0.1, 0.6), step=0.05,
    )  # fmt: skip
    spread: float = knob(
        0.0, label="Spread", help="Wanted rates are uniform this far to either side.",
        group="Adaptation", ge=0.0, le=0.49, step=0.05,
    )  # fmt: skip
    equal_rows: bool = knob(
        False, label="Rows alike", help="Every unit receives the same sums; nothing is left that "
        "adaptation could repair.", group="Network",
    )  # fmt: skip
    n_units: int = knob(
        200, label="Units", help="A fifth of them inhibits; one pair in ten is connected.",
        group="Network", ge=20, le=400,
    )  # fmt: skip
    n_networks: int = knob(
        5, label="Networks", help="Drawn anew; intervals are over these.", group="Runs", ge=3, le=50
    )
    seed: Seed = knob(0, label="Seed", help="Draws networks and inputs.", group="Runs")


@dataclass(frozen=True, eq=False)
class _Network:
    """One network's figures; the last row of each is with inhibition of its own."""

    by_delay: np.ndarray
    """float64[row, delay]: share of an earlier input that is known, r squared."""
    error: np.ndarray
    """float64[row]: NARMA-10."""
    rates: np.ndarray
    """float64[unit] with inhibition of its own."""
    wanted: np.ndarray


@dataclass(frozen=True, eq=False)
class ReservoirFrame(Frame):
    """Capacity so far: float64[network, row], nan where none was measured yet."""

    spec: ReservoirSpec
    capacity: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The curves so far."""
        if not np.isfinite(self.capacity).any():
            return ()
        return (_curves("Memory capacity", self.capacity, Axis("inputs remembered")),)


@dataclass(frozen=True, eq=False)
class Reservoir(Result):
    """Memory and prediction at every strength of inhibition, and with each unit's own.

    ``by_delay`` float64[network, row, delay] and ``error`` float64[network, row]: rows are
    `BALANCES`, the last is adapted. Of the first network, ``rates`` float64[unit] are reached and
    ``wanted`` asked for; ``shown`` float64[unit, step] is activity at the spec's balance, and
    ``shown_rates`` float64[unit] its means.
    """

    spec: ReservoirSpec
    by_delay: np.ndarray
    error: np.ndarray
    rates: np.ndarray
    wanted: np.ndarray
    shown: np.ndarray
    shown_rates: np.ndarray

    @property
    def capacity(self) -> np.ndarray:
        """float64[network, row]: memory capacity (Jaeger 2001)."""
        return self.by_delay.sum(axis=2)

    @property
    def best(self) -> int:
        """Row of the one strength with the largest mean capacity."""
        return int(self.capacity[:, :-1].mean(axis=0).argmax())

    @property
    def unreachable(self) -> tuple[int, ...]:
        """Units of the first network whose rate stays more than .02 from what is wanted."""
        return tuple(np.flatnonzero(np.abs(self.rates - self.wanted) > _REACHED).tolist())

    def at(self, row: int, name: str) -> Estimate:
        """Capacity of a row with its interval over networks."""
        return mean_over(self.capacity[:, row], of=f"memory capacity, {name}", unit="networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Both curves, the memory of each delay, rates, activity, numbers."""
        return (
            _curves("Memory capacity", self.capacity, Axis("inputs remembered")),
            _curves("NARMA-10", self.error, Axis("error", "of its deviation")),
            self._delays(),
            self._rates(),
            Heatmap(
                f"Activity with inhibition {self.spec.balance:g}", self.shown,
                Axis("step"), Axis("unit"), Axis("rate"),
            ),
            self._table(),
        )  # fmt: skip

    def _delays(self) -> Curves:
        mean = self.by_delay.mean(axis=0)
        lines = {f"{_ONE}, {BALANCES[self.best]:g}": mean[self.best], _OWN: mean[-1]}
        x = np.arange(1, self.by_delay.shape[2] + 1)
        return Curves("What is known of an earlier input", x, lines, Axis("steps ago"), Axis("r²"))

    def _rates(self) -> Curves:
        order = np.arange(len(self.rates))
        lines = {
            f"inhibition {self.spec.balance:g}": np.sort(self.shown_rates),
            _OWN: np.sort(self.rates),
            "wanted": np.sort(self.wanted),
        }
        return Curves("Rates of units, sorted", order, lines, Axis("units"), Axis("mean rate"))

    def _table(self) -> Table:
        names = [f"inhibition {b:g}" for b in BALANCES] + [_OWN]
        error = [mean_over(e, of="error", unit="networks") for e in self.error.T]
        missed = len(self.unreachable)
        return Table(
            f"Mean of {self.spec.n_networks} networks, 95 % t interval; {missed} of "
            f"{self.spec.n_units} units of the first cannot reach their rate",
            {
                "": tuple(names),
                "memory capacity": tuple(str(self.at(k, n)) for k, n in enumerate(names)),
                "NARMA-10 error": tuple(str(e) for e in error),
            },
        )


def _curves(title: str, values: np.ndarray, axis: Axis) -> Curves:
    """Rows of single strengths as a line, the adapted one as a level beside it."""
    known = np.isfinite(values)
    total, n = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
    mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    flat = np.ones(len(BALANCES))
    lines = {_ONE: mean[:-1], _OWN: mean[-1] * flat}
    clouds = {_ONE: values[:, :-1], _OWN: values[:, -1:] * flat}
    x = Axis("inhibition", "times excitation")
    return Curves(title, np.array(BALANCES), lines, x, axis, clouds=clouds)


def frames(spec: ReservoirSpec) -> Iterator[ReservoirFrame | Reservoir]:
    """A frame per network; activity last."""
    capacity = np.full((spec.n_networks, len(BALANCES) + 1), np.nan)
    found = []
    asked = spec.model_copy(update={"balance": 1.0, "n_networks": 3}).to_json()
    for k in range(spec.n_networks):
        yield ReservoirFrame(spec, capacity.copy(), fraction=k / (spec.n_networks + 1))
        found.append(_measured(asked, k))
        capacity[k] = found[-1].by_delay.sum(axis=1)
    shown, means = _activity(spec)
    yield Reservoir(
        spec=spec,
        by_delay=np.stack([one.by_delay for one in found]),
        error=np.stack([one.error for one in found]),
        rates=found[0].rates,
        wanted=found[0].wanted,
        shown=shown,
        shown_rates=means,
    )


def _drawn(spec: ReservoirSpec, number: int) -> tuple[Any, np.random.Generator]:
    from engines.connectome.memory.balance import pair

    rng = np.random.Generator(np.random.Philox(key=[spec.seed, number]))
    made = pair(rng, spec.n_units, share=0.2, density=0.1, equal_rows=spec.equal_rows)
    return made, rng


@lru_cache(maxsize=64)
def _measured(text: str, number: int) -> _Network:
    """One network; kept, so that a touch of Inhibition only draws its activity anew."""
    from engines.connectome.memory.balance import adapted
    from engines.connectome.memory.driving import all_states, sigmoid
    from engines.connectome.memory.readout import N_STEPS, narma10, narma_error, remembered

    spec = ReservoirSpec.from_json(text)
    made, rng = _drawn(spec, number)
    low, high = max(spec.target - spec.spread, 0.0), min(spec.target + spec.spread, 1.0)
    wanted = rng.uniform(low, high, spec.n_units)
    gain, rates = adapted(made, spec.weight, wanted, rng)
    networks = np.stack(
        [made.network(spec.weight, b) for b in BALANCES] + [made.network(spec.weight, gain)]
    )
    drive = rng.uniform(-1, 1, N_STEPS)
    states = all_states(networks, made.entry, drive, sigmoid)
    by_delay = [remembered(states[:, k], drive, N_DELAYS) for k in range(len(networks))]
    noise = rng.uniform(0.0, 0.5, N_STEPS)
    states = all_states(networks, made.entry, 4.0 * noise - 1.0, sigmoid)
    series = narma10(noise)
    error = [narma_error(states[:, k], series) for k in range(len(networks))]
    return _Network(np.array(by_delay), np.array(error), rates, wanted)


def _activity(spec: ReservoirSpec) -> tuple[np.ndarray, np.ndarray]:
    """float64[unit, step] of the first network at the spec's balance, and every unit's mean."""
    from engines.connectome.memory.driving import all_states, sigmoid

    made, _ = _drawn(spec, 0)
    drive = np.random.Generator(np.random.Philox(spec.seed)).uniform(-1, 1, 6 * _SHOWN)
    network = made.network(spec.weight, spec.balance)[None]
    states = all_states(network, made.entry, drive, sigmoid)[_SHOWN:, 0]
    return states[-_SHOWN:].T.copy(), states.mean(axis=0)


def _gain(found: Reservoir) -> Estimate:
    ratio = found.capacity[:, -1] / found.capacity[:, found.best] - 1.0
    said = "gain in memory capacity by inhibition of its own"
    return mean_over(100.0 * ratio, of=f"{said}, %", unit="networks")


def _own_less_one(found: Reservoir) -> Estimate:
    one, own = found.capacity[:, found.best], found.capacity[:, -1]
    return paired(one, own, found.spec.seed).estimate("own less one", "networks")


def _balanced_less_weak(found: Reservoir) -> Estimate:
    weak, level = found.capacity[:, 0], found.capacity[:, BALANCES.index(1.25)]
    return paired(weak, level, found.spec.seed).estimate("1.25 less 0.5", "networks")


CLAIMS = (
    Claim(
        "A network remembers more when inhibition balances excitation than when it is weak.",
        figure=lambda found: found.at(BALANCES.index(1.25), "inhibition 1.25"),
        control=lambda found: found.at(0, "inhibition 0.5"),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=_balanced_less_weak,
    ),
    Claim(
        "Inhibition that each unit finds for itself remembers more than the best single strength.",
        figure=lambda found: found.at(-1, _OWN),
        control=lambda found: found.at(
            found.best, f"best single strength {BALANCES[found.best]:g}"
        ),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=_own_less_one,
    ),
    Claim(
        "Inhibition of its own gains up to 130 %.",
        figure=_gain,
        control=lambda _found: Estimate.exact("no gain", 0.0),
        holds_when=Near(within=30.0),
        source=_PAPER,
        published=130.0,
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Capacities that are known without a simulation."""
    from engines.connectome.answers.networks.memory import reservoir_answers

    return reservoir_answers()


EXPERIMENT = Experiment(
    spec=ReservoirSpec,
    frames=frames,
    card=Card(
        title="Reservoir",
        claim="How much of its past does a network hold? Turn inhibition, or let every unit find "
        "its own.",
        paper="Srinivasan, Plenz & Girvan 2025, balanced excitation and inhibition in reservoirs",
        link="https://arxiv.org/abs/2504.12480",
        related=("connectome/remembering",),
    ),
    presets={
        "Balance": ReservoirSpec(),
        "Weights so large that adaptation fails": ReservoirSpec(weight=12.0),
        "Every row alike": ReservoirSpec(equal_rows=True),
        "Wanted rates that differ": ReservoirSpec(spread=0.15),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 1.2 * spec.n_networks * (spec.n_units / 200) ** 2,
    order=40,
)
