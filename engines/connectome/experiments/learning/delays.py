"""Neurons that learn how long their synapses take, from coincidences alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
from engines.contract.claims import AtLeast, Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired, rate

ARMS = ("delays learn", "narrow at once", "delays by chance", "no delays")
_SOURCE = "Hammouamri et al. 2024; the task, its size and its neurons are ours"
N_MOMENTS = 60


class DelaysSpec(Spec):
    """What has to be heard, and how delays are learnt."""

    n_channels: int = knob(
        10, label="Channels", help="Each with a delay of its own.", group="Task", ge=2, le=40
    )
    longest: int = knob(
        24, label="Longest delay", help="Delays are drawn from 0 to this.", unit="steps",
        group="Task", ge=2, le=60,
    )  # fmt: skip
    n_needed: int = knob(
        3, label="Spikes that meet", help="A neuron must speak when so many of its channels' "
        "spikes come together after their delays.", group="Task", ge=2, le=10,
    )  # fmt: skip
    chance: float = knob(
        0.1, label="Spikes", help="Chance of one in a channel.", unit="per step", group="Task",
        gt=0, lt=0.5,
    )  # fmt: skip
    n_training: int = knob(
        600, label="Steps of learning", help="16 trials of 200 steps each, drawn anew.",
        group="Learning", ge=20, le=3_000,
    )  # fmt: skip
    first_width: float = knob(
        8.0, label="First width", help="Of the Gaussians that stand for delays; it falls.",
        unit="steps", group="Learning", ge=0.5, le=20,
    )  # fmt: skip
    last_width: float = knob(
        0.5, label="Last width", help="What it falls to, after four fifths of the steps.",
        unit="steps", group="Learning", ge=0.2, le=20,
    )  # fmt: skip
    n_seeds: int = knob(
        6, label="Neurons", help="Each with its own delays; intervals are over these.",
        group="Runs", ge=3, le=30,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws delays, starts and spikes.", group="Runs")


@dataclass(frozen=True, eq=False)
class DelaysFrame(Frame):
    """A moment of learning: delays float64[neuron, channel], true ones, width, losses so far."""

    spec: DelaysSpec
    true: np.ndarray
    delays: np.ndarray
    width: float
    loss: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Delays of all neurons over the true ones, synapses of the first, losses."""
        made: list[Picture] = [
            _scatter(self.true, self.delays),
            _synapses(self.true[0], self.delays[0], self.width, self.spec),
        ]
        return (*made, _curves(self.loss)) if len(self.loss) > 1 else tuple(made)


@dataclass(frozen=True, eq=False)
class Delays(Result):
    """What was learnt.

    ``true`` int64[neuron, channel]; ``delays`` float64[moment, neuron, channel] of the arm whose
    delays learn, with ``widths`` float64[moment] after ``steps`` int64[moment]; ``ends``
    float64[arm, neuron, channel] of all arms; ``loss`` float64[step, arm]; ``f1`` float64[arm,
    neuron] on spikes nobody learnt from, with whole delays.
    """

    spec: DelaysSpec
    true: np.ndarray
    delays: np.ndarray
    widths: np.ndarray
    steps: np.ndarray
    ends: np.ndarray
    loss: np.ndarray
    f1: np.ndarray

    def moments(self) -> tuple[DelaysFrame, ...]:
        """The film of the delays."""
        return tuple(
            DelaysFrame(self.spec, self.true, delays, float(width), self.loss[:step])
            for delays, width, step in zip(self.delays, self.widths, self.steps, strict=True)
        )

    @property
    def found(self) -> np.ndarray:
        """bool[arm, neuron, channel]: the delay lies within one step of the true one."""
        return np.abs(self.ends - self.true) <= 1.0

    def of(self, arm: str) -> Estimate:
        """F1 of an arm with its interval over neurons."""
        return mean_over(self.f1[ARMS.index(arm)], of=f"F1, {arm}", unit="neurons")

    def pictures(self) -> tuple[Picture, ...]:
        """Delays over the true ones, F1 beside controls, synapses, losses, numbers."""
        made = [self.of(arm) for arm in ARMS]
        ticks = tuple((float(k), arm) for k, arm in enumerate(ARMS))
        ends = np.array([e.low for e in made]), np.array([e.high for e in made])
        bars = Bars(
            f"Coincidences told, {self.spec.n_seeds} neurons", np.array([e.value for e in made]),
            Axis("", ticks=ticks), Axis("F1"), ("learnt", "control", "control", "control"),
            whiskers=(np.maximum(ends[0], 0.0), np.minimum(ends[1], 1.0)),
        )  # fmt: skip
        last = float(self.widths[-1])
        return (
            _scatter(self.true, self.delays[-1]), bars,
            _synapses(self.true[0], self.delays[-1, 0], last, self.spec),
            _curves(self.loss), self._table(),
        )  # fmt: skip

    def _table(self) -> Table:
        right = self.found.sum(axis=(1, 2))
        n = self.true.size
        return Table(
            f"After {self.spec.n_training} steps of learning, 95 % t interval over neurons",
            {
                "arm": ARMS,
                "delays within one step": tuple(f"{r} of {n}" for r in right),
                "F1": tuple(str(self.of(arm)) for arm in ARMS),
                "every delay right": tuple(
                    f"{k} of {self.spec.n_seeds}" for k in self.found.all(axis=2).sum(axis=1)
                ),
            },
        )


def _scatter(true: np.ndarray, delays: np.ndarray) -> Curves:
    order = np.argsort(true.ravel(), kind="stable")
    x, y = true.ravel()[order].astype(float), delays.ravel()[order]
    near = np.abs(x - y) <= 1.0
    dots = {"within a step": np.where(near, y, np.nan), "off": np.where(near, np.nan, y)}
    lines = {"right": x} | {name: np.full(len(x), np.nan) for name in dots}
    title = f"Delays learnt: {near.sum()} of {len(x)} within a step"
    return Curves(title, x, lines, Axis("true delay", "steps"), Axis("learnt", "steps"),
                  dots=dots, large=True)  # fmt: skip


def _synapses(true: np.ndarray, delays: np.ndarray, width: float, spec: DelaysSpec) -> Heatmap:
    lags = np.arange(spec.longest + 1)
    shape = np.exp(-(((lags - delays[:, None]) / width) ** 2) / 2)
    channels = np.arange(len(true)) + 0.5
    path = np.stack([true + 0.5, channels], axis=1).astype(float)
    ticks = tuple((k + 0.5, str(k + 1)) for k in range(len(true)))
    return Heatmap(
        f"Synapses of the first neuron, width {width:.2g}", shape, Axis("delay", "steps"),
        Axis("channel", ticks=ticks), Axis("height"), over={"true": path},
    )  # fmt: skip


def _curves(loss: np.ndarray) -> Curves:
    lines = {arm: loss[:, k] for k, arm in enumerate(ARMS)}
    x = np.arange(1, len(loss) + 1, dtype=float)
    return Curves("What is learnt", x, lines, Axis("steps of learning"), Axis("loss", "nats"))


def frames(spec: DelaysSpec) -> Iterator[DelaysFrame | Delays]:
    """A frame every step; the exam last."""
    from engines.connectome.learning import delays as made_of

    ear = made_of.Ear(spec.n_channels, spec.longest, spec.n_needed, spec.chance)
    true = made_of.planted(ear, spec.n_seeds, spec.seed)
    stops = set(np.unique(np.linspace(1, spec.n_training, N_MOMENTS).astype(int)).tolist())
    loss, kept, last = [], [], None
    course = made_of.learn(
        ear, n_nets=spec.n_seeds, n_steps=spec.n_training, first=spec.first_width,
        last=spec.last_width, seed=spec.seed,
    )  # fmt: skip
    for last in course:
        loss.append(last.loss)
        if last.step in stops:
            kept.append((last.step, last.delays.copy(), last.width))
        yield DelaysFrame(spec, true, last.delays.copy(), last.width, np.array(loss),
                          fraction=last.step / spec.n_training)  # fmt: skip
    assert last is not None
    steps, delays, widths = zip(*kept, strict=True)
    yield Delays(
        spec=spec, true=true, delays=np.array(delays), widths=np.array(widths),
        steps=np.array(steps), loss=np.array(loss),
        ends=last.listeners.centre.detach().numpy().astype(np.float64),
        f1=last.listeners.f1(true, spec.seed),
    )  # fmt: skip


def _less(control: str) -> Callable[[Delays], Estimate]:
    def less(found: Delays) -> Estimate:
        a, b = (found.f1[ARMS.index(name)] for name in (control, ARMS[0]))
        return paired(a, b, found.spec.seed).estimate(f"{ARMS[0]} less {control}", "neurons")

    return less


def _against(control: str, sentence: str) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(ARMS[0]),
        control=lambda found: found.of(control),
        difference=_less(control),
        holds_when=Exceeds(),
        source=_SOURCE,
    )


def within(arm: int) -> Callable[[Delays], Estimate]:
    """Share of delays within one step of the true one."""

    def share(found: Delays) -> Estimate:
        here = found.found[arm]
        return rate(int(here.sum()), here.size, of=f"delays found, {ARMS[arm]}", unit="delays")

    return share


CLAIMS = (
    _against(
        "no delays", "Where it counts what meets, weights without delays do not do: a neuron whose "
        "delays learn tells more coincidences.",
    ),
    _against("delays by chance", "Delays by chance with weights that learn do not do either."),
    _against("narrow at once", "Gaussians must begin wide: narrow ones do not find their way."),
    Claim(
        "Nine delays of ten are found to a step.",
        figure=within(0),
        control=within(2),
        holds_when=AtLeast(0.9),
        source="a floor of our own",
    ),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of the task, identities of synapses, and a floor."""
    from engines.connectome.answers.networks.delays import delay_answers

    return delay_answers()


EXPERIMENT = Experiment(
    spec=DelaysSpec,
    frames=frames,
    card=Card(
        title="Delays that learn",
        claim="A neuron hears ten channels and must speak when three of their spikes meet, each "
        "after a delay that nobody tells. Can it learn how long its synapses take?",
        paper="Hammouamri, Khalfaoui-Hassani & Masquelier 2024, Learning delays in spiking neural "
        "networks using dilated convolutions with learnable spacings",
        link="https://arxiv.org/abs/2306.17670",
    ),
    presets={
        "Ten channels": DelaysSpec(),
        "Twice as long": DelaysSpec(n_training=1_200),
        "Break it: narrow from the start": DelaysSpec(first_width=0.5),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.002 * spec.n_training * spec.n_seeds + 1.0,
    order=55,
)
