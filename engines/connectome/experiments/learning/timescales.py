"""Long timescales: how far back networks learn to look, and whether their units become slow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
from engines.contract.claims import Exceeds, FallsBelow
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.lab.statistics import half_widths, mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.learning.timescales import Leaky

ARMS = ("one readout", "one for every N", "no curriculum")
ONE, EVERY, DIRECT = range(len(ARMS))
REACHED, EIGHT, TAU, LEFT = range(4)
_MEASURES = ("largest N solved", "share right at N = 8", "time constant, steps",
             "left with units cut")  # fmt: skip
CUTS = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3)
N_CUTS, _N_FIRST, _N_EIGHT, _TOLD, _N_LEAST = 10, 2, 8, 0.75, 3
"""Of the last: networks that tell well enough to say what they lose."""
_SOURCE = (
    "Khajehabdollahi et al. 2024, Emergent mechanisms for long timescales depend on training "
    "curriculum and affect performance in memory tasks; sizes and dense targets are ours"
)


class TimescalesSpec(Spec):
    """Networks, how long they learn, and how many of their units are cut afterwards."""

    n_units: int = knob(
        24, label="Units", help="Leaky units of a network.", group="Network", ge=4, le=200,
        soft=(16, 64),
    )  # fmt: skip
    n_steps: int = knob(
        1_000, label="Steps of learning", help="Of 16 runs of 24 bits each.", group="Learning",
        ge=10, le=20_000, soft=(200, 3_000), log=True,
    )  # fmt: skip
    cut: float = knob(
        0.06, label="Units cut", help="Share of units that are silenced after learning, at random, "
        "ten times, and at least one of them; the curve holds other shares.", group="Lesion",
        ge=0.0, le=0.9, soft=(0.0, 0.3), step=0.01,
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Networks", help="Of every kind; those of one seed begin alike and see the same "
        "bits. Intervals are over these.", group="Runs", ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of networks, bits and cuts.", group="Runs")


@dataclass(frozen=True, eq=False)
class TimescalesFrame(Frame):
    """The course so far, at int64[step] ``steps``: ``number`` and ``tau`` as in `Timescales`."""

    steps: np.ndarray
    number: np.ndarray
    tau: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """N and time constants so far."""
        return _course(self.steps, self.number, self.tau) if len(self.number) > 1 else ()


@dataclass(frozen=True, eq=False)
class Timescales(Result):
    """How far networks came.

    ``number`` int64[step, arm, net] and ``tau`` float64[step, arm, net] are the course (the N of
    now, the mean time constant), from before the first step on, every few steps as in ``steps``;
    ``taus`` float64[arm, net, unit] at the end; ``right`` float64[arm, net, N] in an exam, N from
    2. ``left`` float64[arm, net, share] is what is left, of what was right above chance, when units
    are cut (mean over ten cuts), ``shares`` float64[share] of them, and ``asked`` float64[arm, net]
    the same with the share that was asked for. They are judged at ``at`` int64[arm, net], see
    `compared`; nan where a network does not tell that N three times in four.
    """

    spec: TimescalesSpec
    steps: np.ndarray
    number: np.ndarray
    tau: np.ndarray
    taus: np.ndarray
    right: np.ndarray
    at: np.ndarray
    shares: np.ndarray
    left: np.ndarray
    asked: np.ndarray

    def values(self, arm: int, measure: int) -> np.ndarray:
        """float64[net]."""
        if measure == REACHED:
            return solved(self.number[-1], self.right)[arm].astype(float)
        if measure == EIGHT:
            return self.right[arm, :, _N_EIGHT - _N_FIRST]
        return self.tau[-1, arm] if measure == TAU else self.asked[arm]

    def of(self, arm: int, measure: int, control: int | None = None) -> Estimate | None:
        """A measure with its interval over networks, those that have it in the control as well.

        None where fewer than three have it.
        """
        values = self.values(arm, measure)
        there = np.isfinite(values + (0.0 if control is None else self.values(control, measure)))
        said = f"{_MEASURES[measure]}, {ARMS[arm]}"
        if there.sum() < _N_LEAST:
            return None
        return mean_over(values[there], of=said, unit="networks")

    def less(self, a: int, b: int, measure: int) -> Estimate:
        """One arm less another, seed by seed, of networks that have both."""
        one, other = self.values(a, measure), self.values(b, measure)
        there = np.isfinite(one + other)
        both = paired(other[there], one[there], self.spec.seed)
        return both.estimate(f"{ARMS[a]} less {ARMS[b]}", "networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Course, time constants, exam, cuts, numbers."""
        number, tau = _course(self.steps, self.number, self.tau)
        return (number, tau, self.exam(), self.units(), self.cuts(), self.table())

    def exam(self) -> Curves:
        """Share right over N; readouts of one arm that learn no more are stale, and show it."""
        x = np.arange(_N_FIRST, _N_FIRST + self.right.shape[2], dtype=float)
        lines = {arm: self.right[k].mean(axis=0) for k, arm in enumerate(ARMS)}
        clouds = {arm: self.right[k] for k, arm in enumerate(ARMS)}
        return Curves("Told at the end, by every readout", x, lines, Axis("last bits, N"),
                      Axis("share right"), clouds=clouds)  # fmt: skip

    def units(self) -> Curves:
        """Time constants of all units, the slowest first."""
        n = self.taus.shape[1] * self.taus.shape[2]
        x = np.arange(1, n + 1) / n
        lines = {arm: -np.sort(-self.taus[k].ravel()) for k, arm in enumerate(ARMS)}
        return Curves("Time constants of units", x, lines, Axis("share of units, slowest first"),
                      Axis("time constant", "steps"))  # fmt: skip

    def cuts(self) -> Curves:
        """What is left of being right above chance when units are cut, of who told it before."""
        half = half_widths(self.left, axis=1)
        lines, bands = {}, {}
        for k, arm in enumerate(ARMS):
            there = np.isfinite(self.left[k, :, 0])
            if there.sum() >= _N_LEAST:
                mean, name = self.left[k, there].mean(axis=0), self._counted(arm, there)
                lines[name], bands[name] = mean, (mean - half[k], mean + half[k])
        lines = lines or {"nobody told": np.full(len(self.shares), np.nan)}
        return Curves("Units cut after learning", self.shares, lines, Axis("share of units cut"),
                      Axis("left of what was right"), bands=bands)  # fmt: skip

    @staticmethod
    def _counted(arm: str, there: np.ndarray) -> str:
        return arm if there.all() else f"{arm} ({there.sum()} of {len(there)})"

    def table(self) -> Table:
        """Every measure of every arm."""
        columns = {
            name: tuple(str(self.of(k, m) or "not told") for k in range(len(ARMS)))
            for m, name in enumerate(_MEASURES)
        }
        columns["cut at N"] = tuple(f"{one.mean():.1f}" for one in self.at)
        title = f"After {self.spec.n_steps:,} steps, 95 % t interval over networks"
        return Table(title, {"": ARMS, **columns})


def solved(number: np.ndarray, right: np.ndarray) -> np.ndarray:
    """int64[arm, net]: the largest N that was solved; 1 for none, and 8 or 1 without a curriculum.

    With a curriculum that is the one before the N of now int64[arm, net], or N itself where the
    exam float64[arm, net, N] says so; without one N must be solved in the exam.
    """
    from engines.connectome.learning.timescales import SOLVED

    at = np.take_along_axis(right, (number - _N_FIRST)[..., None], axis=2)[..., 0]
    made = np.where(at >= SOLVED, number, number - 1)
    made[DIRECT] = np.where(at[DIRECT] >= SOLVED, number[DIRECT], 1)
    return made


def told(right: np.ndarray) -> np.ndarray:
    """int64[arm, net]: the largest N told right three times in four, or else the one told best.

    ``right`` float64[arm, net, N]. So a readout that learns no more is asked of nobody who has a
    better one.
    """
    n = right.shape[2]
    well = right >= _TOLD
    last = n - 1 - well[..., ::-1].argmax(axis=2)
    return np.where(well.any(axis=2), last, right.argmax(axis=2)) + _N_FIRST


def compared(right: np.ndarray) -> np.ndarray:
    """int64[arm, net]: the N at which cuts are judged, that of `told`.

    Both kinds with a curriculum are judged at the smaller one of the two, seed by seed, since the
    larger N is, the more there is to lose.
    """
    at = told(right)
    at[[ONE, EVERY]] = np.minimum(at[ONE], at[EVERY])
    return at


def n_cut(share: float, n_units: int) -> int:
    """Units that a share of them is: at least one where it is above 0."""
    return max(round(share * n_units), int(share > 0.0))


def _course(steps: np.ndarray, number: np.ndarray, tau: np.ndarray) -> tuple[Curves, Curves]:
    x = steps.astype(float)
    made = []
    for title, values, axis in (
        ("How far back they look", number.astype(float), Axis("N of now")),
        ("How slow units are", tau, Axis("time constant", "steps")),
    ):
        lines = {arm: values[:, k].mean(axis=1) for k, arm in enumerate(ARMS)}
        clouds = {arm: values[:, k].T for k, arm in enumerate(ARMS)}
        made.append(Curves(title, x, lines, Axis("steps of learning"), axis, clouds=clouds))
    return made[0], made[1]


def frames(spec: TimescalesSpec) -> Iterator[TimescalesFrame | Timescales]:
    """A frame every few steps; exam and cuts last."""
    from engines.connectome.learning.timescales import learn

    every = max(1, spec.n_steps // 100)
    steps, number, tau, last = [], [], [], None
    for last in learn(spec.n_units, spec.n_seeds, spec.n_steps, spec.seed):
        if last.step % every == 0 or last.step == spec.n_steps:
            steps.append(last.step)
            number.append(last.number)
            tau.append(last.tau.mean(axis=2))
        if last.step % 4 == 0:
            done = 0.9 * last.step / spec.n_steps
            yield _so_far(steps, number, tau, done)
    assert last is not None
    right = last.nets.exam(spec.seed)
    at, left = compared(right), {}
    asked = n_cut(spec.cut, spec.n_units)
    shown = sorted({n_cut(share, spec.n_units) for share in CUTS})
    for n_gone in sorted({*shown, asked}):
        left[n_gone] = _cut(last.nets, spec, at, n_gone) - 0.5
        yield _so_far(steps, number, tau, 0.95)
    told_well = np.take_along_axis(right, (at - _N_FIRST)[..., None], axis=2)[..., 0] >= _TOLD
    whole = np.where(told_well, left[0], np.nan)
    yield Timescales(
        spec=spec, steps=np.array(steps), number=np.array(number), tau=np.array(tau),
        taus=last.tau, right=right, at=at, shares=np.array(shown) / spec.n_units,
        left=np.stack([left[k] / whole for k in shown], axis=2), asked=left[asked] / whole,
    )  # fmt: skip


def _so_far(
    steps: list[int], number: list[np.ndarray], tau: list[np.ndarray], done: float
) -> TimescalesFrame:
    return TimescalesFrame(np.array(steps), np.array(number), np.array(tau), fraction=done)


def _cut(nets: Leaky, spec: TimescalesSpec, at: np.ndarray, n_gone: int) -> np.ndarray:
    """float64[arm, net]: share right at N int64[arm, net], mean over ten random cuts of so many.

    The same units are cut in all arms.
    """
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 2**48]))
    found = []
    for _ in range(N_CUTS if n_gone else 1):
        left = np.ones(nets.shape, np.float32)
        left[..., rng.permutation(spec.n_units)[:n_gone]] = 0.0
        right = nets.exam(spec.seed, left, n_runs=50)
        found.append(np.take_along_axis(right, (at - _N_FIRST)[..., None], axis=2)[..., 0])
    return np.mean(found, axis=0)


def _claim(sentence: str, control: int, measure: int, rule: Any) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(EVERY, measure, control),
        control=lambda found: found.of(control, measure, EVERY),
        difference=lambda found: found.less(EVERY, control, measure),
        holds_when=rule,
        source=_SOURCE,
    )


def _slower(found: Timescales) -> Estimate:
    change = found.tau[-1, ONE] - found.tau[0, ONE]
    return mean_over(change, of="rise of the mean time constant, one readout", unit="networks")


CLAIMS = (
    _claim("Networks that keep a readout for every N come further than those with one that moves "
           "on.", ONE, REACHED, Exceeds()),
    _claim("Their units are faster: they hold bits in the network and not in single units.", ONE,
           TAU, FallsBelow()),
    _claim("They tell the last eight bits better than networks that are asked for eight at once.",
           DIRECT, EIGHT, Exceeds()),
    _claim("They lose less when units are cut, judged at the same N.", ONE, LEFT, Exceeds()),
    Claim(
        "With one readout that moves on, units become slower as N grows.",
        figure=_slower,
        control=lambda _found: Estimate.exact("no change", 0.0),
        holds_when=Exceeds(),
        source=_SOURCE,
    ),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """A leaky unit in closed form, and how often bits are odd."""
    from engines.connectome.answers.networks.timescales import timescale_answers

    return timescale_answers()


EXPERIMENT = Experiment(
    spec=TimescalesSpec,
    frames=frames,
    card=Card(
        title="Long timescales",
        claim="Did the last N bits hold an odd number of ones? Networks learn it for larger and "
        "larger N: do their units become slow, or does the network hold the bits?",
        paper="Khajehabdollahi et al. 2024, Emergent mechanisms for long timescales depend on "
        "training curriculum and affect performance in memory tasks",
        link="https://arxiv.org/abs/2309.12927",
        related=("connectome/remembering",),
    ),
    presets={
        "Bits to remember": TimescalesSpec(),
        "Twice as long": TimescalesSpec(n_steps=2_000),
        "Half of the units": TimescalesSpec(n_units=12),
        "Break it: every third unit cut": TimescalesSpec(cut=0.3),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.003 * spec.n_steps * spec.n_seeds * (spec.n_units / 32) + 1.0,
    order=59,
)
