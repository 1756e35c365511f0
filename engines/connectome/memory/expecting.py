"""Cues, and events that follow them: what comes, when and how likely; and who expects it.

After Yamada & Chao 2025, arXiv 2510.14382, whose reservoir spikes; units here have rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.connectome.memory.driving import driven
from engines.connectome.memory.online import RIDGE, Squares, local
from engines.lab.data.task import rng_of, seed_of

CHANCES = np.array([0.2, 0.5, 0.8])
"""Of the first event, after each cue; else the second comes."""
N_STEPS, OTHER, SPREAD = 60, 30, 3.0
"""Steps of a trial, step of the second event, and the deviation of what is asked for around it."""
CUED, DENSITY, NEAR = 5, 0.1, 2
"""Steps that a cue lasts, share of pairs that are joined, steps around a time that are read."""
_TRIALS = 50
"""That run side by side."""
ARMS = ("local", "least squares", "begun anew", "forgetting")


@dataclass(frozen=True)
class Course:
    """Trials before and after the switch, and when the first event comes in each part."""

    n_before: int
    n_after: int
    first: int
    later: int

    @property
    def n_trials(self) -> int:
        """All of them."""
        return self.n_before + self.n_after

    def due(self) -> np.ndarray:
        """int64[trial]: when the first event comes."""
        return np.where(np.arange(self.n_trials) < self.n_before, self.first, self.later)


@dataclass(frozen=True)
class Rules:
    """The rate of the local rule, what least squares that forget keep, a new beginning's ridge."""

    rate: float
    keeps: float
    ridge: float = RIDGE


@dataclass(frozen=True, eq=False)
class Trials:
    """What one reservoir goes through.

    ``states`` float64[trial, step, unit] and ``wanted`` float64[trial, step, event] are learnt
    from, ``probes`` float64[cue, step, unit] are the same cues without noise; the last unit is a
    constant.
    """

    states: np.ndarray
    wanted: np.ndarray
    probes: np.ndarray
    course: Course

    def without(self, unheard: np.ndarray) -> Trials:
        """The same with units bool[unit] that a readout no longer hears from the switch on."""
        states = self.states.copy()
        states[self.course.n_before :, :, :-1] *= ~unheard
        return Trials(states, self.wanted, self.probes, self.course)

    def probe(self, k: int, weights: np.ndarray) -> np.ndarray:
        """float64[cue, step, event] that weights float64[unit, event] say after trial ``k``.

        Units that are unheard in it are unheard here.
        """
        heard = (self.states[k] != 0.0).any(axis=0)
        return self.probes @ (weights * heard[:, None])

    def dealt(self, rng: np.random.Generator) -> Trials:
        """The same with events dealt to other trials before the switch."""
        wanted = self.wanted.copy()
        n = self.course.n_before
        wanted[:n] = wanted[rng.permutation(n)]
        return Trials(self.states, wanted, self.probes, self.course)


def bump(at: int) -> np.ndarray:
    """float64[step]: 1 at a step, less around it."""
    return np.exp(-((np.arange(N_STEPS) - at) ** 2) / (2.0 * SPREAD**2))


def expected(due: int) -> np.ndarray:
    """float64[cue, step, event]: chance times shape, the best that can be said."""
    shapes = np.stack([bump(due), bump(OTHER)], axis=1)
    return np.stack([CHANCES, 1.0 - CHANCES], axis=1)[:, None, :] * shapes


def network(rng: np.random.Generator, n_units: int, radius: float) -> np.ndarray:
    """float64[post, pre]: Gaussian, one pair in ten joined, of this spectral radius."""
    weight = rng.standard_normal((n_units, n_units)) * (rng.random((n_units, n_units)) < DENSITY)
    now = float(np.abs(np.linalg.eigvals(weight)).max())
    return weight * (radius / now) if now > 0.0 else weight


def trials(seed: int, k: int, n_units: int, radius: float, noise: float, course: Course) -> Trials:
    """Trials of the k-th reservoir of a seed."""
    *_, made = trials_by_part(seed, k, n_units, radius, noise, course)
    assert made is not None
    return made


def trials_by_part(
    seed: int, k: int, n_units: int, radius: float, noise: float, course: Course
) -> Iterator[Trials | None]:
    """The same; None while its units run."""
    rng = rng_of(seed_of(seed, k), 31)
    weight, n = network(rng, n_units, radius), course.n_trials
    hears = rng.standard_normal((n_units, len(CHANCES)))
    cue = rng.integers(0, len(CHANCES), n)
    drive = noise * rng.standard_normal((N_STEPS, n + len(CHANCES)))
    drive[:, n:] = 0.0
    drive[:CUED] += 1.0
    entry = hears[:, np.concatenate([cue, np.arange(len(CHANCES))])]
    states = np.ones((entry.shape[1], N_STEPS, n_units + 1))
    for first in range(0, len(states), _TRIALS):
        part = slice(first, first + _TRIALS)
        (ran,) = driven(weight[None], entry[:, part], drive[:, part], np.tanh)
        states[part, :, :-1] = ran[:, 0].transpose(2, 0, 1)
        yield None
    comes = rng.random(n) < CHANCES[cue]
    first = np.stack([bump(at) for at in course.due()])
    wanted = np.stack([comes[:, None] * first, ~comes[:, None] * bump(OTHER)], axis=2)
    yield Trials(states[:n], wanted, states[n:], course)


def said_by_local(seen: Trials, rate: float, n_trials: int) -> Iterator[np.ndarray]:
    """After each trial float64[cue, step, event]: what is expected after cues without noise."""
    weights = np.zeros((seen.states.shape[2], seen.wanted.shape[2]))
    for k in range(n_trials):
        weights = local(weights, seen.states[k], seen.wanted[k], rate)
        yield seen.probe(k, weights)


def said_by_all(seen: Trials, rules: Rules) -> Iterator[np.ndarray]:
    """The same of all `ARMS`: float64[arm, cue, step, event]."""
    shape = seen.states.shape[2], seen.wanted.shape[2]
    squares, forgetting = Squares(*shape), Squares(*shape, rules.keeps)
    anew = squares
    for k, near in enumerate(said_by_local(seen, rules.rate, seen.course.n_trials)):
        if k == seen.course.n_before:
            anew = squares.begun_anew(rules.ridge)
        learners = (squares, anew, forgetting) if anew is not squares else (squares, forgetting)
        for one in learners:
            one.learn(seen.states[k], seen.wanted[k])
        far = [seen.probe(k, one.weights) for one in (squares, anew, forgetting)]
        yield np.stack([near, *far])


def height(expectation: np.ndarray, at: int) -> np.ndarray:
    """float64[..., event]: mean around a step, of what is expected [..., step, event]."""
    return expectation[..., at - NEAR : at + NEAR + 1, :].mean(axis=-2)


def slope(expectation: np.ndarray, at: int) -> np.ndarray:
    """float64[...] of [..., cue, step, event]: the first event's height over its chance.

    1 where both agree.
    """
    whole = float(height(bump(at)[:, None], at)[0])
    off = CHANCES - CHANCES.mean()
    return height(expectation, at)[..., 0] @ off / (whole * (off**2).sum())


def moved(lead: np.ndarray, n_held: int) -> int:
    """Trials until ``lead`` float64[trial] is above 0, ``n_held`` trials in a row.

    One more than there are trials where that is never so.
    """
    above = np.lib.stride_tricks.sliding_window_view(lead > 0.0, min(n_held, len(lead)))
    where = np.flatnonzero(above.all(axis=1))
    return int(where[0]) + 1 if len(where) else len(lead) + 1
