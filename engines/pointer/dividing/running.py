"""One run: the asked tour stage by stage, then every method on every set of cities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.pointer.dividing.asked import ThousandsSpec
from engines.pointer.dividing.courses import Courses
from engines.pointer.dividing.instances import Cities, check_own_tour, cities_of, n_instances
from engines.pointer.dividing.methods import Method, Step, as_asked, compared, steps, warm
from engines.pointer.dividing.references import (
    BEST_FOUND,
    known_length,
    lkh_is_here,
    lkh_length,
    why_no_lkh,
)
from engines.pointer.dividing.results import StageFrame, Thousands

YOURS = "as asked"


class _Race:
    """What is known so far, as arrays that grow full."""

    def __init__(self, spec: ThousandsSpec, n_sets: int) -> None:
        self.methods: dict[str, Method] = {YOURS: as_asked(spec), **compared(spec)}
        shape = (len(self.methods), n_sets, spec.n_stages + 2)
        self.seconds, self.lengths = np.full(shape, np.nan), np.full(shape, np.nan)
        self.reference = np.full(n_sets, np.nan)
        self.name = ""

    def courses(self) -> Courses:
        """A copy, with the best so far where there is no reference."""
        best = np.fmin.reduce(np.fmin.reduce(self.lengths, axis=2), axis=0)
        reference = np.where(np.isfinite(self.reference), self.reference, best)
        return Courses(
            tuple(self.methods), self.seconds.copy(), self.lengths.copy(), reference,
            self.name or BEST_FOUND,
        )  # fmt: skip


def frames_of(spec: ThousandsSpec) -> Iterator[StageFrame | Thousands]:
    """A frame for every step of every method, the last tour of the first set on stage."""
    n_sets = n_instances(spec)
    first = cities_of(spec)
    check_own_tour(spec, first)
    warm()
    race, told = _Race(spec, n_sets), list(_notices(spec, first))
    _refer(race, spec, first, 0)
    done: list[Step] = []
    for step in _run(race, spec, YOURS, first, 0):
        done.append(step)
        yield _frame(spec, first, step, race, 0.02 * len(done))
    total, n_run = len(race.methods) * n_sets, 1
    for k in range(n_sets):
        cities = first if k == 0 else cities_of(spec, k)
        if k:
            _refer(race, spec, cities, k)
        for name in race.methods:
            if k == 0 and name == YOURS:
                continue
            for _ in _run(race, spec, name, cities, k):
                yield _frame(spec, first, done[-1], race, n_run / total)
            n_run += 1
    yield _result(spec, first, done, race, tuple(told))


def _run(race: _Race, spec: ThousandsSpec, name: str, cities: Cities, k: int) -> Iterator[Step]:
    """The steps of a method on a set of cities; its course is kept."""
    row = list(race.methods).index(name)
    for j, step in enumerate(steps(cities.points, race.methods[name], spec.seed + k)):
        race.seconds[row, k, j] = step.cpu_seconds
        race.lengths[row, k, j] = cities.length(step.after)
        yield step


def _refer(race: _Race, spec: ThousandsSpec, cities: Cities, k: int) -> None:
    """The reference of a set, where there is one that somebody else found."""
    known = known_length(spec, k)
    if spec.lkh and lkh_is_here() and not why_no_lkh(spec, len(cities.points)):
        known = lkh_length(cities), "LKH, one run"
    if known:
        race.reference[k], race.name = known


def _notices(spec: ThousandsSpec, cities: Cities) -> Iterator[str]:
    n = len(cities.points)
    if spec.window_used > n:
        yield f"Window {spec.window_used} is more than there are cities; it is {n} here"
    n_places = len(np.unique(cities.points, axis=0))
    if n_places == 1:
        yield "All cities lie on one place: every tour has length 0, and there is no gap"
    elif n_places < n:
        yield f"Cities that lie where another one lies: {n - n_places:,}; no way between them"
    why = why_no_lkh(spec, n)
    if why:
        yield why


def _frame(
    spec: ThousandsSpec, cities: Cities, step: Step, race: _Race, fraction: float
) -> StageFrame:
    return StageFrame(
        spec, cities.points, step.name, step.before, step.after, step.begins, step.saved,
        cities.length(step.after), race.courses(), spec.shown, fraction=min(fraction, 1.0),
    )  # fmt: skip


def _result(
    spec: ThousandsSpec, cities: Cities, done: list[Step], race: _Race, told: tuple[str, ...]
) -> Thousands:
    return Thousands(
        spec,
        cities.name,
        cities.points,
        tuple(step.name for step in done),
        np.array([step.after for step in done], np.int32),
        np.array([step.begins for step in done]),
        np.array([step.saved for step in done]),
        np.array([cities.length(step.after) for step in done]),
        race.courses(),
        told,
    )
