"""Who learns to swim from random weights, and in how many episodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.connectome.bodies.spec import WaterSpec
from engines.contract import Card, Claim, Estimate, Experiment, Frame, Result, Seed, knob
from engines.contract.claims import Alike, Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics import mean_over

_RACERS = ("circuit", "without signs", "perceptron")
_POPULATION = {"circuit": 16, "without signs": 16, "perceptron": 32}
_STRIDE = 32


class RaceSpec(WaterSpec):
    """How long they learn, and how many of each."""

    n_episodes: int = knob(
        672, label="Episodes", help="Swims of five cycles that each may learn from.",
        group="Learning", ge=32, le=3_200, step=32,
    )  # fmt: skip
    n_seeds: int = knob(
        3, label="Starts", help="Random starts of each; intervals are over these.",
        group="Learning", ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws starts and searches.", group="Learning")


def _curves(spec: RaceSpec, speeds: np.ndarray) -> Curves:
    """Speed against episodes; a thin line for each start."""
    came = np.isfinite(speeds)
    total, n_came = np.where(came, speeds, 0.0).sum(axis=1), came.sum(axis=1)
    means = np.where(n_came > 0, total / np.maximum(1, n_came), np.nan)
    lines = {name: means[k] for k, name in enumerate(_RACERS)}
    clouds = {name: speeds[k] for k, name in enumerate(_RACERS)}
    x = np.arange(speeds.shape[2]) * _STRIDE
    y = Axis("speed", "lengths per cycle")
    title = f"Learning to swim, mean of {spec.n_seeds} starts, seed {spec.seed}"
    return Curves(title, x, lines, Axis("episodes"), y, clouds=clouds)


@dataclass(frozen=True, eq=False)
class RaceFrame(Frame):
    """Speeds so far: float64[racer, start, moment], nan where nobody was yet."""

    spec: RaceSpec
    speeds: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Curves so far."""
        return (_curves(self.spec, self.speeds),)


@dataclass(frozen=True, eq=False)
class Race(Result):
    """Speeds in body lengths per cycle: float64[racer, start, moment], every 32 episodes."""

    spec: RaceSpec
    speeds: np.ndarray
    n_weights: tuple[int, ...]

    def end(self, racer: str) -> Estimate:
        """Speed at the end with its interval over starts."""
        last = self.speeds[_RACERS.index(racer), :, -1]
        return mean_over(last, of=f"body lengths per cycle, {racer}", unit="starts")

    def pictures(self) -> tuple[Picture, ...]:
        """Curves, ends with intervals, numbers."""
        ends = [self.end(name) for name in _RACERS]
        ticks = tuple((float(k), name) for k, name in enumerate(_RACERS))
        whiskers = np.array([e.low for e in ends]), np.array([e.high for e in ends])
        heights = np.array([e.value for e in ends])
        y = Axis("speed", "lengths per cycle")
        bars = Bars("At the end", heights, Axis("", ticks=ticks), y, whiskers=whiskers)
        table = Table(
            f"Body lengths per cycle after {self.spec.n_episodes} episodes, 95 % t interval",
            {
                "who": _RACERS,
                "weights": np.array(self.n_weights),
                "at the start": self.speeds[:, :, 0].mean(axis=1),
                "at the end": tuple(str(e) for e in ends),
            },
        )
        return (_curves(self.spec, self.speeds), bars, table)


def frames(spec: RaceSpec) -> Iterator[RaceFrame | Race]:
    """One racer and start after the other."""
    from engines.connectome.bodies.evolving import evolve
    from engines.connectome.bodies.racers import scorer, started

    n_moments = spec.n_episodes // _STRIDE + 1
    speeds = np.full((len(_RACERS), spec.n_seeds, n_moments), np.nan)
    n_weights = []
    for k, racer in enumerate(_RACERS):
        score = scorer(racer, spec)
        for start in range(spec.n_seeds):
            rng = np.random.Generator(np.random.Philox([spec.seed, k, start]))
            weights = started(racer, spec, rng)
            speeds[k, start, 0] = score(weights)
            search = evolve(score, weights, population=_POPULATION[racer], rng=rng)
            for n_done, centre in search:
                if n_done % _STRIDE == 0:
                    speeds[k, start, n_done // _STRIDE] = score(centre)
                part = (k * spec.n_seeds + start) + n_done / spec.n_episodes
                done = min(1.0, part / (len(_RACERS) * spec.n_seeds))
                yield RaceFrame(spec, speeds.copy(), fraction=done)
                if n_done >= (n_moments - 1) * _STRIDE:
                    break
        n_weights.append(len(started(racer, spec, np.random.default_rng(0))))
    yield Race(spec, speeds, tuple(n_weights))


CLAIMS = (
    Claim(
        "From random weights the circuit learns to swim because its signs are fixed.",
        figure=lambda race: race.end("circuit"),
        control=lambda race: race.end("without signs"),
        holds_when=Exceeds(),
        source="Bhattasali, Zador & Engel 2022; body, water and learning are ours",
        preset="Six starts each",
    ),
    Claim(
        "In the end the circuit swims as fast as a perceptron.",
        figure=lambda race: race.end("circuit"),
        control=lambda race: race.end("perceptron"),
        holds_when=Alike(within=0.01),
        source="Bhattasali, Zador & Engel 2022; body, water and learning are ours",
        preset="Six starts each",
    ),
)

EXPERIMENT = Experiment(
    spec=RaceSpec,
    frames=frames,
    card=Card(
        title="Race of circuits",
        claim="The swimming circuit, the same without its signs and a perceptron learn from random "
        "weights: who swims, and after how many episodes?",
        paper="Bhattasali, Zador & Engel 2022, Neural circuit architectural priors for embodied "
        "control",
        link="https://arxiv.org/abs/2201.05242",
        related=("connectome/swimmer",),
    ),
    presets={
        "Three starts each": RaceSpec(),
        "Six starts each": RaceSpec(n_seeds=6),
    },
    claims=CLAIMS,
    seconds=lambda spec: 0.012 * 3 * spec.n_seeds * spec.n_episodes,
    order=26,
)
