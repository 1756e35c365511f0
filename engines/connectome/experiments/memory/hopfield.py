"""Several memories at once: patterns with blanks, held by all-to-all couplings or by a wiring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

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
from engines.contract.claims import Alike, Near
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over

N_SWEEPS = 90
N_NULLS = 8
_DILUTIONS = np.linspace(0.02, 0.98, 25)
_NOISES = np.linspace(0.04, 1.0, 25)
_SEEN = 0.02
"""A signal smaller than this does not count as retrieved in the map."""


class HopfieldSpec(Spec):
    """How many patterns, how blank, how noisy, and who hears whom."""

    n_patterns: int = knob(
        3, label="Patterns", help="Stored by the rule of Hebb.", group="Memory", ge=1, le=5
    )
    dilution: float = knob(
        0.3, label="Blank", help="Share of a pattern's entries that are 0: spins that it leaves "
        "to others.", group="Memory", ge=0.0, le=0.98, step=0.02,
    )  # fmt: skip
    noise: float = knob(
        0.05, label="Noise", help="One over beta; without blanks a pattern is lost at 1.",
        group="Memory", ge=0.005, le=1.5, step=0.005, log=True,
    )  # fmt: skip
    flipped: float = knob(
        0.0, label="Flipped", help="Share of spins that begin the wrong way round.",
        group="Memory", ge=0.0, le=0.5, step=0.01,
    )  # fmt: skip
    coupling: Literal["all to all", "worm"] = knob(
        "all to all", label="Couplings", help="Every spin hears all others, or those that it is "
        "wired to in the worm (Varshney et al. 2011, either direction), beside wirings of the "
        "same degrees.", group="Network",
    )  # fmt: skip
    n_spins: int = knob(
        2_000, label="Spins", help="The worm has 279.", group="Network", ge=100, le=20_000,
        log=True, when={"coupling": ("all to all",)},
    )  # fmt: skip
    n_runs: int = knob(
        5, label="Runs", help="With patterns of their own; intervals are over these.",
        group="Runs", ge=3, le=100,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws patterns, order and noise.", group="Runs")

    @property
    def beta(self) -> float:
        """One over the noise."""
        return 1.0 / self.noise


@dataclass(frozen=True, eq=False)
class HopfieldFrame(Frame):
    """Signals so far: float64[sweep, run, pattern]."""

    spec: HopfieldSpec
    signals: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Signals through time."""
        return (_through_time(self.spec, self.signals),)


@dataclass(frozen=True, eq=False)
class Hopfield(Result):
    """Signals of every pattern, in simulation and in theory.

    ``signals`` float64[sweep, run, pattern] begins with the state that was given; ``theory`` and
    ``hierarchy`` float64[pattern]; ``map`` float64[noise, dilution] counts the signals that the
    mean field retrieves. ``nulls`` float64[null, run, pattern] are means over the second half of
    the sweeps on wirings of the same degrees; empty where all hear all.
    """

    spec: HopfieldSpec
    signals: np.ndarray
    theory: np.ndarray
    hierarchy: np.ndarray
    map: np.ndarray
    nulls: np.ndarray
    n_spins: int

    @property
    def settled(self) -> np.ndarray:
        """float64[run, pattern]: means over the second half of the sweeps."""
        return self.signals[len(self.signals) // 2 :].mean(axis=0)

    def signal(self, k: int) -> Estimate:
        """Signal of pattern k (from 0) with its interval over runs."""
        named = f"signal of pattern {k + 1}"
        return mean_over(self.settled[:, k], of=named, unit="runs")

    def of_nulls(self, k: int) -> Estimate | None:
        """The same on wirings of the same degrees, over wirings; None without them."""
        if not len(self.nulls):
            return None
        named = f"signal of pattern {k + 1}, wirings of the same degrees"
        return mean_over(self.nulls[:, :, k].mean(axis=1), of=named, unit="wirings")

    def pictures(self) -> tuple[Picture, ...]:
        """Signals beside theory, through time, the map, numbers."""
        return (self._bars(), _through_time(self.spec, self.signals), self._map(), self._table())

    def _bars(self) -> Bars:
        found = [self.signal(k) for k in range(self.spec.n_patterns)]
        heights = [e.value for e in found]
        low, high = [e.low for e in found], [e.high for e in found]
        kind = ["simulated"] * len(found)
        rows = [("mean field", self.theory[k]) for k in range(len(found))]
        nulls = [e for k in range(len(found)) if (e := self.of_nulls(k)) is not None]
        ticks, every = [], []
        for k in range(len(found)):
            every.append((kind[k], heights[k], low[k], high[k]))
            every.append((*rows[k], np.nan, np.nan))
            if nulls:
                every.append(("same degrees", nulls[k].value, nulls[k].low, nulls[k].high))
            ticks.append((len(every) - 1.5, f"pattern {k + 1}"))
        names, values, lows, highs = zip(*every, strict=True)
        return Bars(
            "Signals", np.array(values, float), Axis("", ticks=tuple(ticks)),
            Axis("pattern times spin, mean"), kind=names,
            whiskers=(np.array(lows, float), np.array(highs, float)),
        )  # fmt: skip

    def _map(self) -> Heatmap:
        columns = tuple((k + 0.5, f"{_DILUTIONS[k]:.2f}") for k in range(0, 25, 6))
        rows = tuple((k + 0.5, f"{_NOISES[k]:.2f}") for k in range(0, 25, 6))
        return Heatmap(
            f"Signals above {_SEEN:g} in the mean field", self.map, Axis("blank", ticks=columns),
            Axis("noise", ticks=rows), Axis("signals"),
        )  # fmt: skip

    def _table(self) -> Table:
        n = self.spec.n_patterns
        columns: dict[str, Any] = {
            "pattern": tuple(str(k + 1) for k in range(n)),
            "simulated": tuple(str(self.signal(k)) for k in range(n)),
            "mean field": self.theory,
            "(1 - d) dᵏ": self.hierarchy,
        }
        if len(self.nulls):
            columns["same degrees"] = tuple(str(self.of_nulls(k)) for k in range(n))
        d = self.spec.dilution
        stays = "stable" if 1 - 2 * d + d**n > 0 else "not stable"
        title = f"{self.n_spins:,} spins, {self.spec.n_runs} runs; the hierarchy is {stays}"
        return Table(title, columns)


def _through_time(spec: HopfieldSpec, signals: np.ndarray) -> Curves:
    lines = {f"pattern {k + 1}": signals[:, :, k].mean(axis=1) for k in range(spec.n_patterns)}
    clouds = {f"pattern {k + 1}": signals[:, :, k].T for k in range(spec.n_patterns)}
    x = np.arange(len(signals))
    return Curves("Signals through time", x, lines, Axis("sweeps"), Axis("signal"), clouds=clouds)


def frames(spec: HopfieldSpec) -> Iterator[HopfieldFrame | Hopfield]:
    """A frame every few sweeps; wirings of the same degrees last."""
    from engines.connectome.memory import attractors

    coupled, nulls = _couplings(spec)
    n = spec.n_spins if coupled is None else len(coupled)
    total = 1 + len(nulls)
    signals = np.zeros((0, spec.n_runs, spec.n_patterns))
    for signals in _run(spec, n, coupled, 0):
        yield HopfieldFrame(spec, signals, fraction=len(signals) / (N_SWEEPS + 2) / total)
    settled = []
    for k, null in enumerate(nulls):
        *_, last = _run(spec, n, null, k + 1)
        settled.append(last[len(last) // 2 :].mean(axis=0))
        yield HopfieldFrame(spec, signals, fraction=(k + 2) / (total + 1))
    yield Hopfield(
        spec=spec,
        signals=signals,
        theory=attractors.signals_in_theory(spec.dilution, spec.beta, spec.n_patterns),
        hierarchy=attractors.hierarchy(spec.dilution, spec.n_patterns),
        map=_map_of(spec.n_patterns),
        nulls=np.array(settled).reshape(-1, spec.n_runs, spec.n_patterns),
        n_spins=n,
    )


def _run(
    spec: HopfieldSpec, n: int, coupled: np.ndarray | None, number: int
) -> Iterator[np.ndarray]:
    """Signals float64[sweep, run, pattern] so far, every ten sweeps."""
    from engines.connectome.memory import attractors

    drawn = np.random.Generator(np.random.Philox(key=[spec.seed, 0]))
    known = attractors.patterns(drawn, spec.n_runs, spec.n_patterns, n, spec.dilution)
    state = attractors.begun(drawn, known, spec.flipped)
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 1 + number]))
    weights = known.astype(np.float64)
    seen = [attractors.overlaps(weights, state)]
    for k in range(N_SWEEPS):
        state = attractors.sweep(rng, weights, state, spec.beta, coupled)
        seen.append(attractors.overlaps(weights, state))
        if k % 10 == 9:
            yield np.array(seen)


def _couplings(spec: HopfieldSpec) -> tuple[np.ndarray | None, list[np.ndarray]]:
    """How a spin of the worm weighs the others, and the same on wirings of its degrees."""
    if spec.coupling == "all to all":
        return None, []
    from engines.connectome.memory.wired import degree_nulls
    from engines.connectome.wiring.graph import connectome_of, graph_of
    from engines.connectome.wiring.spec import WiringSpec

    wiring = WiringSpec()
    graph, connectome = graph_of(wiring), connectome_of(wiring)
    ones = np.ones(graph.n)
    nulls, _ = degree_nulls(graph, ones, connectome, N_NULLS, spec.seed)
    own, *others = [_averaging(w) for w in (graph.directed.toarray().T, *nulls)]
    return own, others


def _averaging(weight: np.ndarray) -> np.ndarray:
    either = ((weight + weight.T) != 0).astype(np.float64)
    return either / np.maximum(either.sum(axis=1, keepdims=True), 1.0)


@lru_cache(maxsize=8)
def _map_of(n_patterns: int) -> np.ndarray:
    from engines.connectome.memory.attractors import signals_in_theory

    return np.array(
        [
            [
                float((signals_in_theory(d, 1.0 / noise, n_patterns) > _SEEN).sum())
                for d in _DILUTIONS
            ]
            for noise in _NOISES
        ]
    )


def _second(found: Hopfield) -> Estimate | None:
    """Where the printed height holds: its blanks, all-to-all, and next to no noise."""
    asked = found.spec
    stands = asked.n_patterns >= 2 and asked.dilution == 0.3 and asked.noise <= 0.05
    return found.signal(1) if stands and asked.coupling == "all to all" else None


CLAIMS = (
    Claim(
        "A second pattern is retrieved beside the first, as high as the first leaves blank.",
        figure=_second,
        control=lambda _found: Estimate.exact("one pattern at a time", 0.0),
        holds_when=Near(within=0.02),
        source="Agliari et al. 2023 and 2012: (1 - d) d at d = 0.3",
        published=0.21,
    ),
    Claim(
        "The worm's wiring holds the first pattern as well as wirings of its degrees.",
        figure=lambda found: found.signal(0) if len(found.nulls) else None,
        control=lambda found: found.of_nulls(0),
        holds_when=Alike(within=0.02),
        source="a claim of our own",
        preset="On the worm's wiring",
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of the mean field."""
    from engines.connectome.answers.networks.memory import hopfield_answers

    return hopfield_answers()


EXPERIMENT = Experiment(
    spec=HopfieldSpec,
    frames=frames,
    card=Card(
        title="Several memories at once",
        claim="Patterns with blanks stand side by side where full ones exclude each other: turn "
        "blanks and noise, flip spins, or let the worm's wiring hold them.",
        paper="Agliari et al. 2012, Multitasking associative networks; Agliari et al. 2023",
        link="https://arxiv.org/abs/1111.5191",
        related=("connectome/reservoir",),
    ),
    presets={
        "Three patterns": HopfieldSpec(),
        "So blank that all are alike": HopfieldSpec(dilution=0.8),
        "Two in five flipped": HopfieldSpec(flipped=0.4),
        "On the worm's wiring": HopfieldSpec(coupling="worm"),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 1.0 + 4e-5 * spec.n_spins * spec.n_runs,
    order=42,
)
