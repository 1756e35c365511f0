"""Phrases in spikes: what complexity tells of trains that counts do not, beside nets that learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import model_validator

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
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import half_widths, mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.learning.spiking import Examples, Moment

ARMS = ("counts", "spread of counts", "pairs of spikes", "phrases", "phrases, dealt",
        "weights learn", "time constants too")  # fmt: skip
COUNTS, SPREAD, PAIRS, PHRASES, DEALT, WEIGHTS, TIMES = range(len(ARMS))
CHANCE = 0.2
"""Odds of a spike in any step, in both classes."""
N_LEARNT, N_EXAM, _LOOKS, _PARTS, _MOST = 300, 300, 25, 6, 100_000
"""Examples, looks at nets, parts in which trains are read, and the most that a run may hold."""
_SOURCE = (
    "Rudnicka, Szczepanski & Pregowska 2025, Learning internal biological neuron parameters and "
    "complexity-based encoding for improved spiking neural networks performance"
)
_OURS = "Our control: what is told without counting phrases"


class PhrasesSpec(Spec):
    """How trains differ, who reads them, and how long nets learn."""

    again: float = knob(
        0.5, label="Spike after spike", help="Odds of a spike right after a spike, in trains that "
        "come in bursts; in the others 0.2, as at any step.", group="Trains", ge=0.2, le=0.9,
        step=0.05, marks={0.2: "no bursts"},
    )  # fmt: skip
    n_channels: int = knob(10, label="Channels", help="Trains of an example.", group="Trains", ge=1,
                           le=60)  # fmt: skip
    n_steps: int = knob(40, label="Steps", help="Of a train.", group="Trains", ge=10, le=300,
                        soft=(20, 100))  # fmt: skip
    tau: float = knob(
        5.0, label="Time constant", help="Of all neurons, at first; in one kind of net for good.",
        unit="steps", group="Nets", ge=0.5, le=100.0, soft=(1.0, 50.0), log=True,
    )  # fmt: skip
    n_units: int = knob(16, label="Neurons", help="Of a net.", group="Nets", ge=2, le=100)
    n_training: int = knob(
        300, label="Steps of learning", help="Of 16 examples each.", group="Nets", ge=10, le=3_000,
        log=True,
    )  # fmt: skip
    n_networks: int = knob(
        6, label="Networks", help="With trains of their own, 300 to learn from and 300 for the "
        "exam; intervals are over these.", group="Runs", ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws trains and nets.", group="Runs")

    @property
    def size(self) -> int:
        """Numbers that an example of each network takes."""
        return self.n_networks * self.n_steps * (self.n_channels + self.n_units)

    @model_validator(mode="after")
    def _fits(self) -> PhrasesSpec:
        if self.size > _MOST:
            raise ValueError(
                f"networks x steps x (channels + neurons) are {self.size:,}, and at most "
                f"{_MOST:,} are run; take fewer of one of them"
            )
        return self


@dataclass(frozen=True, eq=False)
class PhrasesFrame(Frame):
    """The course so far: ``steps`` int64[look] and ``right`` float64[arm, net, look] of nets."""

    steps: np.ndarray
    right: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """What nets tell."""
        return (_course(self.steps, self.right),) if len(self.steps) > 1 else ()


@dataclass(frozen=True, eq=False)
class Phrases(Result):
    """What is told right by whom, and by which time constants.

    ``told`` float64[arm, network] is the share right in the exam. ``steps`` int64[look] and
    ``right`` float64[kind, network, look] are the course of nets; ``taus`` float64[kind, network,
    neuron] their time constants at the end. ``numbers`` float64[class, phrases] is how often a
    train of the first network has so many phrases, ``examples`` bool[class, channel, step].
    """

    spec: PhrasesSpec
    told: np.ndarray
    steps: np.ndarray
    right: np.ndarray
    taus: np.ndarray
    numbers: np.ndarray
    examples: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Both classes, phrases, what is told, learning, time constants, numbers."""
        names = ("as at any step", "in bursts")
        shown = (
            Heatmap(f"One example, spikes {name}", one.astype(float), Axis("step"),
                    Axis("channel"), Axis("spikes"))
            for name, one in zip(names, self.examples, strict=True)
        )  # fmt: skip
        x = np.arange(self.numbers.shape[1], dtype=float)
        lines: dict[str, np.ndarray] = {one: self.numbers[k] for k, one in enumerate(names)}
        counted = Curves("How many phrases a train has", x, lines, Axis("phrases"),
                         Axis("share of trains"))  # fmt: skip
        return (*shown, counted, self.bars(), _course(self.steps, self.right), self.constants(),
                self.table())  # fmt: skip

    def bars(self) -> Bars:
        """Share right of every arm."""
        mean, half = self.told.mean(axis=1), half_widths(self.told, axis=1)
        ticks = tuple((float(k), arm) for k, arm in enumerate(
            ("counts", "spread", "pairs", "phrases", "dealt", "weights", "times")))  # fmt: skip
        return Bars("Told, of what nobody learnt from", mean, Axis("", ticks=ticks),
                    Axis("share right"), whiskers=(mean - half, mean + half))  # fmt: skip

    def constants(self) -> Curves:
        """Time constants at the end, the slowest first."""
        n = self.taus[0].size
        lines = {ARMS[WEIGHTS + k]: -np.sort(-one.ravel()) for k, one in enumerate(self.taus)}
        x = Axis("share of neurons, slowest first")
        return Curves("Time constants at the end", np.arange(1, n + 1) / n, lines, x,
                      Axis("time constant", "steps"))  # fmt: skip

    def table(self) -> Table:
        """Every arm."""
        said = tuple(str(_mean(self, arm)) for arm in range(len(ARMS)))
        title = f"{N_EXAM} examples in the exam, 95 % t interval over networks"
        return Table(title, {"": ARMS, "told right": said})


def _course(steps: np.ndarray, right: np.ndarray) -> Curves:
    lines = {ARMS[WEIGHTS + k]: one.mean(axis=0) for k, one in enumerate(right)}
    clouds = {ARMS[WEIGHTS + k]: one for k, one in enumerate(right)}
    return Curves("What nets tell while they learn", steps.astype(float), lines,
                  Axis("steps of learning"), Axis("share right"), clouds=clouds)  # fmt: skip


def _mean(found: Phrases, arm: int) -> Estimate:
    return mean_over(found.told[arm], of=f"told right, {ARMS[arm]}", unit="networks")


def frames(spec: PhrasesSpec) -> Iterator[PhrasesFrame | Phrases]:
    """Lines first, network by network, then nets; a frame after every step of learning."""
    from engines.connectome.learning import spiking

    read: list[_Read] = []
    for now in (one for k in range(spec.n_networks) for one in _read(spec, k)):
        read.extend([now] if now else [])
        yield PhrasesFrame(np.zeros(0, int), np.zeros((2, spec.n_networks, 0)), fraction=0.0)
    made, told = _examples(read), np.array([one.told for one in read]).T
    steps, right, last = [], [], None
    every = max(1, spec.n_training // _LOOKS)
    for last in spiking.learn(made, spec.n_units, spec.tau, spec.n_training, every, spec.seed):
        if np.isfinite(last.right).all():
            steps.append(last.step)
            right.append(last.right)
        if steps:
            done = last.step / (spec.n_training + 1)
            yield PhrasesFrame(np.array(steps), np.stack(right, axis=2), fraction=done)
        else:
            yield PhrasesFrame(np.zeros(0, int), np.zeros((2, spec.n_networks, 0)), fraction=0.0)
    assert last is not None
    yield _result(spec, made, np.concatenate([told, last.right]), read[0].numbers(),
                  (np.array(steps), np.stack(right, axis=2)), last)  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Read:
    """Trains of a network, their phrases, and what each line tells."""

    spikes: np.ndarray
    bursts: np.ndarray
    phrases: np.ndarray
    told: list[float]

    def numbers(self) -> np.ndarray:
        """float64[class, phrases]: how often a train has so many."""
        most = self.phrases.max() + 1
        every = [np.bincount(self.phrases[self.bursts == kind].ravel(), minlength=most)
                 for kind in (False, True)]  # fmt: skip
        return np.array([one / one.sum() for one in every])


def _read(spec: PhrasesSpec, k: int) -> Iterator[_Read | None]:
    """The k-th network's; None while its trains are read."""
    from engines.connectome.learning import complexity as of
    from engines.lab.data.task import rng_of, seed_of

    rng = rng_of(seed_of(spec.seed, k), 41)
    spikes, bursts = of.trains(rng, N_LEARNT + N_EXAM, spec.n_steps, spec.n_channels, spec.again)
    counted = []
    for trains in (spikes, of.dealt(rng, spikes)):
        for part in np.array_split(trains, _PARTS):
            counted.append(of.complexities(part))
            yield None
    found, dealt = (np.concatenate(one) for one in (counted[:_PARTS], counted[_PARTS:]))
    features = spikes.sum(axis=1), of.spread(spikes), of.pairs(spikes), found, dealt
    yield _Read(spikes, bursts, found, [of.told(one, bursts, N_LEARNT) for one in features])


def _examples(read: list[_Read]) -> Examples:
    """Trains of all networks."""
    from engines.connectome.learning.spiking import Examples

    every = np.stack([one.spikes for one in read]), np.stack([one.bursts for one in read])
    return Examples(*every, N_LEARNT)


def _result(
    spec: PhrasesSpec, made: Examples, told: np.ndarray, numbers: np.ndarray,
    course: tuple[np.ndarray, np.ndarray], last: Moment,
) -> Phrases:  # fmt: skip
    first = [made.spikes[0, np.flatnonzero(made.bursts[0] == kind)[0]].T for kind in (False, True)]
    return Phrases(spec=spec, told=told, steps=course[0], right=course[1], taus=last.layer.taus(),
                   numbers=numbers, examples=np.stack(first))  # fmt: skip


def _claim(sentence: str, arms: tuple[int, int], source: str = _SOURCE) -> Claim:
    def each(arm: int) -> Callable[[Phrases], Estimate | None]:
        return lambda found: _mean(found, arm) if found.spec.again > CHANCE else None

    def less(found: Phrases) -> Estimate:
        figure, control = (found.told[arm] for arm in arms)
        both = paired(control, figure, found.spec.seed)
        return both.estimate(" less ".join(ARMS[arm] for arm in arms), "networks")

    rule: Any = Exceeds()
    return Claim(sentence, figure=each(arms[0]), control=each(arms[1]), difference=less,
                 holds_when=rule, source=source)  # fmt: skip


CLAIMS = (
    _claim("The complexity of trains tells classes that a line on counts of spikes does not.",
           (PHRASES, COUNTS)),
    _claim("It tells them by the order of spikes: dealt to other steps they tell less.",
           (PHRASES, DEALT)),
    _claim("It tells them better than how far counts spread.", (PHRASES, SPREAD), _OURS),
    _claim("It tells them better than neighbouring pairs of spikes.", (PHRASES, PAIRS), _OURS),
    _claim("Nets that learn their time constants and thresholds tell more than those that learn "
           "weights alone.", (TIMES, WEIGHTS)),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Published phrases of a string, bursts in closed form, a neuron in closed form."""
    from engines.connectome.answers.networks.phrases import phrase_answers

    return phrase_answers()


EXPERIMENT = Experiment(
    spec=PhrasesSpec,
    frames=frames,
    card=Card(
        title="Phrases in spikes",
        claim="Two kinds of trains have as many spikes, and one comes in bursts. Does their "
        "Lempel-Ziv complexity tell them? Do spiking nets, better where time constants learn?",
        paper="Rudnicka, Szczepanski & Pregowska 2025, Learning internal biological neuron "
        "parameters and complexity-based encoding for improved spiking neural networks performance",
        link="https://arxiv.org/abs/2508.11674",
        related=("connectome/liquid", "connectome/timescales"),
    ),
    presets={
        "Bursts": PhrasesSpec(),
        "Long trains": PhrasesSpec(n_steps=100),
        "Neurons that forget at once": PhrasesSpec(tau=1.0),
        "Break it: no bursts": PhrasesSpec(again=0.2),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (
        0.5 + 3e-7 * spec.n_networks * spec.n_channels * spec.n_steps**2
        + (2.0 * spec.n_training / 300 + min(spec.n_training, _LOOKS) / _LOOKS)
        * 0.5 * (spec.n_networks * spec.n_steps / 240 + spec.size / 6_240)
    ),
    order=60,
)  # fmt: skip
