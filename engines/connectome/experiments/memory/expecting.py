"""What comes, and when: a reservoir that is surprised, and how its readouts learn anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.connectome.experiments.memory._expecting_pictures import (
    by_cue,
    course,
    expectation,
    waits,
)
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    InputError,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds, FallsBelow
from engines.contract.pictures import Axis, Picture, Table
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.memory.expecting import Course, Rules, Trials

ARMS = ("local", "least squares", "begun anew", "forgetting")
LOCAL, ALL, ANEW, FORGETTING = range(len(ARMS))
N_HELD, N_JUDGED, _EVERY = 10, 10, 10
"""Trials in a row in which the new time must lead, and over which errors are averaged."""
_SOURCE = (
    "Yamada & Chao 2025, Joint encoding of what and when predictions through error-modulated "
    "plasticity in biologically-plausible spiking networks"
)
_LEAD, _LOG = Axis("new time less old"), Axis("error, log10")


class ExpectingSpec(Spec):
    """A reservoir, what it is told, and how its readouts learn."""

    first: int = knob(
        15, label="Comes at", help="When the first event comes, before the switch; the second "
        "comes at 30.", unit="steps", group="Events", ge=8, le=54,
    )  # fmt: skip
    later: int = knob(
        45, label="Then at", help="When it comes from the switch on. As before: nothing is "
        "switched.", unit="steps", group="Events", ge=8, le=54,
    )  # fmt: skip
    rate: float = knob(
        0.2, label="Plasticity", help="Of the local rule: share of a step's error that is gone "
        "after it. Above 1 it overshoots.", group="Learning", ge=0.0, le=1.95, soft=(0.02, 1.0),
        step=0.02,
    )  # fmt: skip
    keeps: float = knob(
        0.97, label="A trial later counts", help="For least squares that forget: how much a trial "
        "counts after one more. At 1 they forget nothing.", group="Learning", ge=0.5, le=1.0,
        step=0.01,
    )  # fmt: skip
    ridge: float = knob(
        0.01, label="Ridge anew", help="Holds least squares that begin anew to what they knew, in "
        "squared states; near 0 they take the next event for certain.", group="Learning", ge=1e-4,
        le=1e4, log=True,
    )  # fmt: skip
    unheard: float = knob(
        0.0, label="Units unheard", help="Share of units that no readout hears from the switch on, "
        "at random.", group="Lesion", ge=0.0, le=0.95, step=0.05,
    )  # fmt: skip
    radius: float = knob(
        1.5, label="Spectral radius", help="Of the reservoir; at 0 units do not hear each other.",
        group="Reservoir", ge=0.0, le=4.0, soft=(0.5, 2.5), step=0.1,
    )  # fmt: skip
    noise: float = knob(
        0.02, label="Noise", help="Deviation that is added to the cue at every step; the cue is "
        "1.", group="Reservoir", ge=0.0, le=2.0, soft=(0.0, 0.2), step=0.01,
    )  # fmt: skip
    n_units: int = knob(200, label="Units", help="Of a reservoir.", group="Reservoir", ge=20,
                        le=500)  # fmt: skip
    n_before: int = knob(100, label="Trials before", help="The switch.", group="Runs", ge=20,
                         le=400)  # fmt: skip
    n_after: int = knob(150, label="Trials after", help="The switch.", group="Runs", ge=20, le=400)
    n_networks: int = knob(
        8, label="Networks", help="With cues, events and noise of their own; intervals are over "
        "these.", group="Runs", ge=3, le=40,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws networks, cues, events, noise.", group="Runs")


@dataclass(frozen=True, eq=False)
class ExpectingFrame(Frame):
    """So far: ``lead`` float64[arm, network, trial], nan where no trial was yet."""

    lead: np.ndarray
    n_before: int

    def pictures(self) -> tuple[Picture, ...]:
        """Which time is expected, once a trial was."""
        if not np.isfinite(self.lead).any():
            return ()
        return (course("Which time is expected", ARMS, self.lead, _LEAD,
                       self.n_before),)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Expecting(Result):
    """What is expected after every trial, of cues without noise.

    ``lead`` float64[arm, network, trial] is the first event's height at the new time less that at
    the old, mean over cues. ``off`` float64[arm, network, trial] is the squared difference from
    what can be said at best, over that of expecting nothing. ``slopes`` float64[arm, network] are
    heights over chances just before the switch, ``dealt`` float64[network] the same of the local
    rule where events were dealt to other trials. Means over networks: ``map`` float64[arm, trial,
    step] of the first event (and over cues), and ``cues`` float64[arm, cue, step, event] just
    before the switch.
    """

    spec: ExpectingSpec
    lead: np.ndarray
    off: np.ndarray
    slopes: np.ndarray
    dealt: np.ndarray
    map: np.ndarray
    cues: np.ndarray

    @property
    def switched(self) -> bool:
        """Whether there was anything to learn anew."""
        return self.spec.first != self.spec.later

    def waits(self) -> np.ndarray:
        """float64[arm, network]: trials until the new time leads, ten in a row.

        One more than there are where it never does.
        """
        from engines.connectome.memory.expecting import moved

        after = self.lead[..., self.spec.n_before :]
        return np.array([[float(moved(one, N_HELD)) for one in arm] for arm in after])

    def surprised(self) -> np.ndarray:
        """float64[arm, network]: log10 of ``off``, mean over the ten trials after the switch."""
        n = self.spec.n_before
        return np.log10(self.off[..., n : n + N_JUDGED]).mean(axis=2)

    def settled(self) -> np.ndarray:
        """float64[arm, network]: the same over the last ten trials."""
        return np.log10(self.off[..., -N_JUDGED:]).mean(axis=2)

    def pictures(self) -> tuple[Picture, ...]:
        """Maps of the first two, courses, waits, cues, numbers."""
        from engines.connectome.memory.expecting import CHANCES

        n = self.spec.n_before
        comes = self.spec.first, self.spec.later
        maps = [expectation(ARMS[k], self.map[k], comes, n) for k in (LOCAL, ALL)]
        return (
            *maps, course("Which time is expected", ARMS, self.lead, _LEAD, n),
            course("How far off, 0 for nothing expected", ARMS, np.log10(self.off), _LOG, n),
            waits(ARMS, self.waits()), by_cue(ARMS[LOCAL], CHANCES, self.cues[LOCAL]), self.table(),
        )  # fmt: skip

    def table(self) -> Table:
        """Every arm."""
        never = self.spec.n_after + 1
        columns: dict[str, tuple[str, ...]] = {"": ARMS}
        for name, values in (("trials until the new time leads", self.waits()),
                             (f"log10 of the error, {N_JUDGED} trials after", self.surprised()),
                             (f"log10 of the error, last {N_JUDGED} trials", self.settled()),
                             ("height over chance", self.slopes)):  # fmt: skip
            columns[name] = tuple(str(_mean(one, name)) for one in values)
        columns["never leads"] = tuple(f"{(one == never).sum()}" for one in self.waits())
        return Table("Every rule, 95 % t interval over networks", columns)


def _mean(values: np.ndarray, of: str) -> Estimate:
    return mean_over(values, of=of, unit="networks")


def frames(spec: ExpectingSpec) -> Iterator[ExpectingFrame | Expecting]:
    """Network by network, rule by rule; a frame every ten trials."""
    from engines.connectome.memory import expecting as of

    made = of.Course(spec.n_before, spec.n_after, spec.first, spec.later)
    rules, n = of.Rules(spec.rate, spec.keeps, spec.ridge), spec.n_networks
    shape = len(ARMS), n, made.n_trials
    lead, off, slopes = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape[:2])
    dealt, mapped = np.zeros(n), np.zeros((len(ARMS), made.n_trials, of.N_STEPS))
    cues = np.zeros((len(ARMS), len(of.CHANCES), of.N_STEPS, 2))
    for k in range(n):
        seen = None
        for begun in _begun(spec, k, made, rules):
            if begun is not None:
                seen, dealt[k] = begun
            yield ExpectingFrame(lead.copy(), made.n_before, fraction=k / n)
        assert seen is not None
        for t, said in enumerate(of.said_by_all(seen, rules)):
            lead[:, k, t] = _lead(said, made)
            off[:, k, t] = _off(said, int(made.due()[t]))
            mapped[:, t] += said[..., 0].mean(axis=1) / n
            if 0 < made.n_before - t <= N_JUDGED:
                slopes[:, k] += of.slope(said, made.first) / N_JUDGED
                cues += said / (n * N_JUDGED)
            if t % _EVERY == 0:
                done = (k + t / made.n_trials) / n
                yield ExpectingFrame(lead.copy(), made.n_before, fraction=done)
    if not np.isfinite(off).all():
        raise InputError("expectations ran away; take less plasticity, or fewer units")
    yield Expecting(spec=spec, lead=lead, off=off, slopes=slopes, dealt=dealt, map=mapped,
                    cues=cues)  # fmt: skip


def _begun(
    spec: ExpectingSpec, k: int, made: Course, rules: Rules
) -> Iterator[tuple[Trials, float] | None]:
    """Trials of a network, units cut from the switch on, and a slope; None while they are made.

    The slope is that of the local rule where events came in other trials.
    """
    from engines.connectome.memory import expecting as of
    from engines.lab.data.task import rng_of, seed_of

    rng, seen = rng_of(seed_of(spec.seed, k), 32), None
    for one in of.trials_by_part(spec.seed, k, spec.n_units, spec.radius, spec.noise, made):
        seen = one
        yield None
    assert seen is not None
    unheard = np.zeros(spec.n_units, bool)
    unheard[rng.permutation(spec.n_units)[: round(spec.unheard * spec.n_units)]] = True
    seen = seen.without(unheard) if unheard.any() else seen
    every = []
    for t, said in enumerate(of.said_by_local(seen.dealt(rng), rules.rate, made.n_before)):
        every.append(said)
        if t % _EVERY == 0:
            yield None
    yield seen, float(of.slope(np.stack(every[-N_JUDGED:]), made.first).mean())


def _lead(said: np.ndarray, made: Course) -> np.ndarray:
    """float64[arm] of what all say, [arm, cue, step, event]."""
    from engines.connectome.memory.expecting import height

    first = said[..., :1]
    return (height(first, made.later) - height(first, made.first)).mean(axis=(1, 2))


def _off(said: np.ndarray, due: int) -> np.ndarray:
    """float64[arm]."""
    from engines.connectome.memory.expecting import expected

    best = expected(due)
    return ((said - best) ** 2).sum(axis=(1, 2, 3)) / (best**2).sum()


def _claim(
    sentence: str, of: Callable[[Expecting], np.ndarray], what: str, arms: tuple[int, int],
    rule: Any, source: str,
) -> Claim:  # fmt: skip
    def each(arm: int) -> Callable[[Expecting], Estimate | None]:
        def estimate(found: Expecting) -> Estimate | None:
            return _mean(of(found)[arm], f"{what}, {ARMS[arm]}") if found.switched else None

        return estimate

    def less(found: Expecting) -> Estimate:
        figure, control = (of(found)[arm] for arm in arms)
        both = paired(control, figure, found.spec.seed)
        return both.estimate(" less ".join(ARMS[arm] for arm in arms), "networks")

    return Claim(sentence, figure=each(arms[0]), control=each(arms[1]), difference=less,
                 holds_when=rule, source=source)  # fmt: skip


def _scales(found: Expecting) -> Estimate:
    both = paired(found.dealt, found.slopes[LOCAL], found.spec.seed)
    return both.estimate("local less events dealt anew", "networks")


CLAIMS = (
    _claim("After a switch a local rule expects the new time sooner than least squares.",
           Expecting.waits, "trials until the new time leads", (LOCAL, ALL), FallsBelow(), _SOURCE),
    _claim("Just after it, it is less far off than least squares begun anew on this ridge.",
           Expecting.surprised, "log10 of the error", (LOCAL, ANEW), FallsBelow(), _SOURCE),
    _claim("At the end it is less far off than they are.", Expecting.settled,
           "log10 of the error", (LOCAL, ANEW), FallsBelow(), _SOURCE),
    Claim("What is expected is the higher the likelier it comes.",
          figure=lambda found: _mean(found.slopes[LOCAL], "height over chance, local"),
          control=lambda found: _mean(found.dealt, "events dealt to other trials"),
          difference=_scales, holds_when=Exceeds(), source=_SOURCE),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Least squares, all at once; the local rule in closed form; when least squares turn."""
    from engines.connectome.answers.networks.expecting import expecting_answers

    return expecting_answers()


EXPERIMENT = Experiment(
    spec=ExpectingSpec,
    frames=frames,
    card=Card(
        title="What comes, and when",
        claim="After a cue one of two events comes, each at its time. Then one comes at another "
        "time: how soon is it expected there, by plasticity at each synapse and by least squares?",
        paper="Yamada & Chao 2025, Joint encoding of what and when predictions through "
        "error-modulated plasticity in biologically-plausible spiking networks",
        link="https://arxiv.org/abs/2510.14382",
        related=("connectome/reservoir", "connectome/liquid"),
    ),
    presets={
        "It comes later": ExpectingSpec(),
        "It comes a little earlier": ExpectingSpec(first=20, later=12),
        "Sixteen networks": ExpectingSpec(n_networks=16),
        "Break it: plasticity that overshoots": ExpectingSpec(rate=1.9),
        "Break it: nine units in ten unheard": ExpectingSpec(unheard=0.9),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (
        0.3 + 0.7 * spec.n_networks * ((spec.n_before + spec.n_after) / 250)
        * (spec.n_units / 200) ** 1.5
    ),
    order=49,
)  # fmt: skip
