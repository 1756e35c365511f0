"""Predictive codes: does foretelling what is seen later make codes of places like successors?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engines.connectome.experiments.learning._predictive_pictures import (
    FOLLOWS,
    course,
    likeness,
    near,
    values,
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
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Picture, Table
from engines.lab.statistics import mean_over

if TYPE_CHECKING:
    from engines.connectome.acting.learning import Learners

ARMS = ("nothing foretold", "later place", "other places")
NOTHING, LATER, OTHER = range(len(ARMS))
LIKE, FIRST, CUT, MOVED = range(4)
_MEASURES = ("codes follow successors, r", "best return, first goal", "the same, units cut",
             "best return, goal moved")  # fmt: skip
_LOOKS = 25
_SOURCE = (
    "Fang & Stachenfeld 2024, Predictive auxiliary objectives in deep RL mimic learning in the "
    "brain; places shown as random patterns, which are foretold themselves, and sizes are ours"
)


class PredictiveSpec(Spec):
    """The places, what is foretold of them, and where the goal goes."""

    side: int = knob(
        6, label="Side", help="Places of a side of the square; the first goal is the last place.",
        group="Places", ge=3, le=10, soft=(4, 8),
    )  # fmt: skip
    goal: int = knob(
        5, label="Goal moves to", help="A place, numbered row by row from 0; 5 is the upper right "
        "corner of 6 x 6, 35 the first goal.", group="Places", ge=0, le=99, soft=(0, 35),
    )  # fmt: skip
    weight: float = knob(
        0.1, label="Weight of foretelling", help="How much its error counts beside that of what "
        "moves are worth.", group="Foretelling", ge=0.0, le=10.0, soft=(0.0, 1.0), step=0.05,
    )  # fmt: skip
    horizon: float = knob(
        0.8, label="Horizon", help="Odds that the place that is foretold lies a move further on, "
        "each time; at 0 it is the next one.", group="Foretelling", ge=0.0, le=0.98,
        soft=(0.0, 0.95), step=0.05,
    )  # fmt: skip
    n_units: int = knob(
        6, label="Units of the code", help="From which moves and patterns are read.",
        group="Network", ge=1, le=64, soft=(2, 16),
    )  # fmt: skip
    n_cut: int = knob(
        0, label="Units cut", help="Units of the code that are silenced before the goal moves.",
        group="Network", ge=0, le=64, soft=(0, 6),
    )  # fmt: skip
    n_steps: int = knob(
        1_000, label="Steps of learning", help="A move and a batch of 32 each; half as many after "
        "the goal moved, when the codes stay.", group="Learning", ge=20, le=10_000,
        soft=(200, 2_000), log=True,
    )  # fmt: skip
    n_networks: int = knob(
        20, label="Networks", help="Of every kind; those of one number begin alike and see the "
        "same patterns. Intervals are over these.", group="Runs", ge=3, le=100, soft=(5, 40),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of patterns, weights and moves.", group="Runs")


@dataclass(frozen=True, eq=False)
class PredictiveFrame(Frame):
    """The course so far, as in `Predictive`."""

    steps: np.ndarray
    share: np.ndarray
    like: np.ndarray
    moves_at: int

    def pictures(self) -> tuple[Picture, ...]:
        """Returns and likeness so far."""
        return _courses(self.steps, self.share, self.like, self.moves_at)


@dataclass(frozen=True, eq=False)
class Predictive(Result):
    """What networks reach, and how alike their codes of places are.

    At int64[look] ``steps``: ``share`` float64[look, arm, network] of the best return, and how
    closely distances of codes ``like`` those of successors (a correlation), while codes learn.
    ``after_cut`` float64[arm, network] is the share once units are cut. ``apart`` float64[arm,
    network, place, place] are distances of codes as they end, ``successors`` float64[place, place]
    those of the successor representation, ``worth`` float32[arm, place, move] what the first
    network says of moves before the goal moves, ``best`` float64[place, move] what they are worth.
    """

    spec: PredictiveSpec
    steps: np.ndarray
    share: np.ndarray
    like: np.ndarray
    after_cut: np.ndarray
    apart: np.ndarray
    successors: np.ndarray
    worth: np.ndarray
    best: np.ndarray

    def values(self, arm: int, measure: int) -> np.ndarray:
        """float64[network]."""
        if measure == LIKE:
            return self.like[-1, arm]
        if measure == CUT:
            return self.after_cut[arm]
        return self.share[len(self.like) - 1 if measure == FIRST else -1, arm]

    def of(self, arm: int, measure: int) -> Estimate:
        """A measure with its interval over networks."""
        said = f"{_MEASURES[measure]}, {ARMS[arm]}"
        return mean_over(self.values(arm, measure), of=said, unit="networks")

    def less(self, a: int, b: int, measure: int) -> Estimate:
        """One arm less another, network by network."""
        gap = self.values(a, measure) - self.values(b, measure)
        return mean_over(gap, of=f"{ARMS[a]} less {ARMS[b]}", unit="networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Returns, likeness, maps of places, numbers."""
        side = self.spec.side
        place = (side // 2) * side + side // 2
        row = f"row {side // 2}, column {side // 2}"
        maps = [near(f"Code's distance from {row}: {arm}", self.apart[k], place)
                for k, arm in enumerate(ARMS[:OTHER])]  # fmt: skip
        return (
            *_courses(self.steps, self.share, self.like, self.spec.n_steps),
            likeness(ARMS, self.like[0].mean(axis=0), self.like[-1]),
            near(f"Successors' distance from {row}", self.successors, place), *maps,
            values(f"Said to be worth, first network: {ARMS[LATER]}", self.worth[LATER]),
            values("Worth, by Q iteration", self.best), self.table(),
        )  # fmt: skip

    def table(self) -> Table:
        """Every measure of every arm."""
        columns = {name: tuple(str(self.of(k, m)) for k in range(len(ARMS)))
                   for m, name in enumerate(_MEASURES)}  # fmt: skip
        return Table("Every arm, 95 % t interval over networks", {"": ARMS, **columns})


def _courses(
    steps: np.ndarray, share: np.ndarray, like: np.ndarray, moves_at: int
) -> tuple[Picture, ...]:
    if len(steps) < 2:
        return ()
    titles = (f"What they reach; the goal moves at step {moves_at:,}", "How codes come to be like "
              "successors")  # fmt: skip
    shown = [course(titles[0], ARMS, steps, share, Axis("share of the best return"))]
    if len(like) > 1:
        shown.append(course(titles[1], ARMS, steps[: len(like)], like, Axis(FOLLOWS)))
    return tuple(shown)


def frames(spec: PredictiveSpec) -> Iterator[PredictiveFrame | Predictive]:
    """Codes and moves learn for the first goal; then units are cut, and the goal moves."""
    from engines.connectome.acting import learning, places

    _check(spec)
    first, half = spec.side**2 - 1, spec.n_steps // 2
    successors = places.apart(places.successors(spec.side, learning.DISCOUNT))
    who = learning.Learners(spec.n_networks, spec.side, spec.n_units, spec.seed)
    seen, share, like = [0], [_share(who, first)], [_like(who, successors)]
    runs = learning.learn(who, first, spec.n_steps, spec.weight, spec.horizon)
    for step in runs:
        if step % _LOOKS == 0 or step == spec.n_steps:
            seen.append(step)
            share.append(_share(who, first))
            like.append(_like(who, successors))
        yield _so_far(spec, seen, share, like, 0.8 * step / spec.n_steps)
    worth = who.by_arm(who.worth())[:, 0]
    who.left[: spec.n_cut] = 0.0
    after_cut = _share(who, first)
    who.renew()
    for step in learning.learn(who, spec.goal, half, 0.0, spec.horizon, frozen=True):
        if step % _LOOKS == 0 or step == half:
            seen.append(spec.n_steps + step)
            share.append(_share(who, spec.goal))
        yield _so_far(spec, seen, share, like, 0.8 + 0.2 * step / half)
    yield Predictive(
        spec=spec, steps=np.array(seen), share=np.array(share), like=np.array(like),
        after_cut=after_cut, apart=who.by_arm(places.apart(who.codes().numpy())),
        successors=successors, worth=worth, best=places.worth(spec.side, first, learning.DISCOUNT),
    )  # fmt: skip


def _check(spec: PredictiveSpec) -> None:
    """A goal that is a place, and a unit that is left."""
    n = spec.side**2
    if spec.goal >= n:
        raise InputError(
            f"the goal moves to place {spec.goal}, and a square of side {spec.side} has places 0 "
            f"to {n - 1}; choose one of these"
        )
    if spec.n_cut >= spec.n_units:
        raise InputError(
            f"{spec.n_cut} of {spec.n_units} units are cut and none is left; cut at most "
            f"{spec.n_units - 1}"
        )


def _share(who: Learners, goal: int) -> np.ndarray:
    """float64[arm, network] of the best return to this goal."""
    from engines.connectome.acting import learning, places

    return who.by_arm(places.shares(who.worth().argmax(axis=2), who.side, goal, learning.DISCOUNT))


def _like(who: Learners, successors: np.ndarray) -> np.ndarray:
    """float64[arm, network]: how distances of codes follow those of successors."""
    from engines.connectome.acting import places

    return who.by_arm(places.follows(places.apart(who.codes().numpy()), successors))


def _so_far(
    spec: PredictiveSpec, seen: list[int], share: list[np.ndarray], like: list[np.ndarray],
    done: float,
) -> PredictiveFrame:  # fmt: skip
    return PredictiveFrame(np.array(seen), np.array(share), np.array(like), spec.n_steps,
                           fraction=done)  # fmt: skip


def _claim(sentence: str, control: int, measure: int, preset: str = "", n_needed: int = 0) -> Claim:
    def each(arm: int) -> Callable[[Predictive], Estimate | None]:
        def estimate(found: Predictive) -> Estimate | None:
            spec = found.spec
            tests = spec.weight > 0.0 and not spec.n_cut and spec.n_networks >= n_needed
            return found.of(arm, measure) if tests else None

        return estimate

    return Claim(
        sentence,
        figure=each(LATER),
        control=each(control),
        difference=lambda found: found.less(LATER, control, measure),
        holds_when=Exceeds(),
        source=_SOURCE,
        preset=preset,
    )


CLAIMS = (
    _claim("Codes of places are more like successors where a later place is foretold.", NOTHING,
           LIKE),
    _claim("More than where the same patterns are foretold of other moments.", OTHER, LIKE,
           "Forty networks", 40),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Successors, values, returns, and gradients of one network by itself."""
    from engines.connectome.answers.networks.acting import acting_answers

    return acting_answers()


EXPERIMENT = Experiment(
    spec=PredictiveSpec,
    frames=frames,
    card=Card(
        title="Foretelling a later place",
        claim="Networks learn which move brings them to a goal. Where they also foretell what they "
        "will see later, do their codes of places become like successors, and do they learn more?",
        paper="Fang & Stachenfeld 2024, Predictive auxiliary objectives in deep RL mimic learning "
        "in the brain",
        link="https://arxiv.org/abs/2310.06089",
        related=("connectome/expecting",),
    ),
    presets={
        "A later place": PredictiveSpec(),
        "Forty networks": PredictiveSpec(n_networks=40),
        "The next place": PredictiveSpec(horizon=0.0),
        "Foretelling counts most": PredictiveSpec(weight=2.0),
        "Break it: all but one unit cut": PredictiveSpec(n_cut=5),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.5 + 1.3e-4 * spec.n_steps * spec.n_networks * (1 + spec.side / 6) / 2,
    order=61,
)
