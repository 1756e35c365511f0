"""One-way streets: what a network gains that is told how long ways take, there and back."""

from __future__ import annotations

from collections.abc import Iterator
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
from engines.contract.claims import FallsBelow
from engines.contract.pictures import Picture, Table
from engines.lab.statistics import mean_over, paired
from engines.pointer.cities.city import City
from engines.pointer.cities.pictures import city_map, course, ends, there_and_back
from engines.pointer.cities.told import BY_PLACE, FLOORS, TOLD

_PLACES, _MEAN, _BOTH = range(3)


class OneWaySpec(Spec):
    """Cities, and how long networks are taught."""

    n_stops: int = knob(
        10, label="Stops", group="City", ge=5, le=12,
        help="Of a tour; its best is found exactly (Held-Karp).",
    )  # fmt: skip
    one_way: float = knob(
        0.8, label="One-way streets", group="City", ge=0, le=1,
        help="Chance that an inner street goes one way only.",
    )  # fmt: skip
    river: bool = knob(True, label="River", group="City", help="Runs through, with four bridges.")
    speed: float = knob(
        2.0, label="Fast roads", group="City", ge=1, le=5,
        help="Speed of every fourth street over that of others.",
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Seeds", group="Training", ge=2, le=20,
        help="Networks of each kind, with lessons of their own.",
    )  # fmt: skip
    n_lessons: int = knob(
        2_000, label="Lessons", group="Training", ge=50, le=20_000, log=True,
        help="Cities with their best tours that each network learns from.",
    )  # fmt: skip
    n_steps: int = knob(
        300, label="Steps", group="Training", ge=5, le=5_000, help="Batches of 64 lessons."
    )
    n_held: int = knob(
        200, label="Held out", group="Training", ge=20, le=2_000,
        help="Cities that no network learns from, behind every gap.",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", group="City", help="Draws cities and weights.")


@dataclass(frozen=True, eq=False)
class Shown:
    """One city that nobody learnt from."""

    city: City
    stops: np.ndarray
    """int64[stop]: crossings."""
    between: np.ndarray
    """float64[from, to] in minutes."""
    best: np.ndarray
    """int64[place]: the fastest tour."""
    tours: np.ndarray
    """int64[told, place]: tours of the first seed's networks."""


@dataclass(frozen=True, eq=False)
class OneWayFrame(Frame):
    """Gaps so far, and the shown city with the tours of now."""

    shown: Shown
    steps: np.ndarray
    """int64[look]."""
    gap: np.ndarray
    """float64[look, told, seed]: mean over cities."""

    def pictures(self) -> tuple[Picture, ...]:
        """City and course."""
        return (_map(self.shown), course(self.steps, self.gap))


@dataclass(frozen=True, eq=False)
class OneWay(Result):
    """Gaps of networks that were told different things, and of tours that need none."""

    spec: OneWaySpec
    shown: Shown
    steps: np.ndarray
    """int64[look]."""
    gap: np.ndarray
    """float64[look, told, seed]: mean over cities."""
    floors: np.ndarray
    """float64[floor, city]: gaps of `FLOORS`."""
    triangle: float
    """Share of triples of stops for which the straight way is no longer than by a third."""
    asymmetry: np.ndarray
    """float64[city]: mean of |there - back| over there + back."""

    def pictures(self) -> tuple[Picture, ...]:
        """City, course, ends, asymmetry, numbers."""
        floors: dict[str, np.ndarray] = dict(zip(FLOORS, self.floors, strict=True))
        return (
            _map(self.shown),
            course(self.steps, self.gap),
            ends(self.gap[-1], floors),
            there_and_back(self.shown.between),
            self._table(),
        )

    def _table(self) -> Table:
        rows = [
            (f"network, told {name}", str(mean_over(100 * self.gap[-1, k], of=name, unit="seeds")))
            for k, name in enumerate(TOLD)
        ]
        rows += [
            (name, str(mean_over(100 * each, of=name, unit="cities")))
            for name, each in zip(FLOORS, self.floors, strict=True)
        ]
        rows += [
            ("asymmetry index", str(mean_over(self.asymmetry, of="asymmetry", unit="cities"))),
            ("triples that keep the triangle inequality, %", f"{100 * self.triangle:g}"),
        ]
        told = {
            "what": tuple(r[0] for r in rows),
            "gap in %, or as said": tuple(r[1] for r in rows),
        }
        return Table(f"Tours of {self.spec.n_stops} stops", told)


def _map(shown: Shown) -> Picture:
    told = {"places": shown.tours[_PLACES], "minutes": shown.tours[_BOTH]}
    tours = {**told, "best": shown.best}
    return city_map(shown.city, shown.stops, tours)


def frames(spec: OneWaySpec) -> Iterator[Frame | Result]:
    """Lessons first, then a frame for every look, and more between."""
    from engines.pointer.cities.city import asymmetry, triangle_share
    from engines.pointer.cities.instances import floors_of
    from engines.pointer.cities.learning import learning
    from engines.pointer.cities.running import Kind, drawing, shown_city

    kind: Kind = {
        "n_stops": spec.n_stops, "one_way": spec.one_way, "river": spec.river, "speed": spec.speed,
    }  # fmt: skip
    held, lessons = None, []
    for now in drawing(spec.seed, spec.n_seeds, spec.n_lessons, spec.n_held, **kind):
        held, lessons = now.held, now.lessons
        yield Frame(fraction=0.2 * now.fraction)
    assert held is not None
    city, stops = shown_city(spec.seed, **kind)
    steps: list[int] = []
    gap: list[np.ndarray] = []
    shown = Shown(city, stops, held.between[0], held.best[0], np.tile(held.best[0], (3, 1)))
    for now in learning(lessons, held, n_steps=spec.n_steps, n_looks=11, seed=spec.seed):
        if now.gap is not None and now.tours is not None:
            steps.append(now.step)
            gap.append(now.gap.mean(axis=-1))
            shown = Shown(city, stops, held.between[0], held.best[0], now.tours)
        yield OneWayFrame(shown, np.array(steps), np.stack(gap), fraction=0.2 + 0.8 * now.fraction)
    yield OneWay(
        spec, shown, np.array(steps), np.stack(gap), np.stack(list(floors_of(held).values())),
        float(np.mean([triangle_share(each) for each in held.between])),
        np.array([asymmetry(each) for each in held.between]),
    )  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Ways against networkx, tours against brute force, a city without one-way streets."""
    from engines.pointer.answers.cities import city_answers

    return city_answers()


def _gap(told: int, run: OneWay) -> Estimate | None:
    if run.spec.n_seeds < 5:
        return None
    return mean_over(100 * run.gap[-1, told], of=f"gap in %, told {TOLD[told]}", unit="seeds")


def _less(one: int, other: int, run: OneWay) -> Estimate:
    apart = paired(100 * run.gap[-1, other], 100 * run.gap[-1, one], run.spec.seed)
    return apart.estimate(f"told {TOLD[one]} less {TOLD[other]}, points", "seeds")


def _exact_by_place(run: OneWay) -> Estimate:
    gap = 100 * run.floors[FLOORS.index(BY_PLACE)]
    return mean_over(gap, of="gap in %, best tour by coordinates", unit="cities")


CLAIMS = (
    Claim(
        "A network that is told minutes there and back makes faster tours than one that is told "
        "coordinates.",
        figure=lambda run: _gap(_BOTH, run),
        control=lambda run: _gap(_PLACES, run),
        holds_when=FallsBelow(),
        source="Son et al. 2026, arXiv 2503.16159",
        difference=lambda run: _less(_BOTH, _PLACES, run),
    ),
    Claim(
        "It is the difference between there and back that helps: told the mean of both, tours are "
        "slower.",
        figure=lambda run: _gap(_BOTH, run),
        control=lambda run: _gap(_MEAN, run),
        holds_when=FallsBelow(),
        source="our claim",
        difference=lambda run: _less(_BOTH, _MEAN, run),
    ),
    Claim(
        "Told minutes, a small network beats the best tour that coordinates can give.",
        figure=lambda run: _gap(_BOTH, run),
        control=_exact_by_place,
        holds_when=FallsBelow(),
        source="our claim",
    ),
)

EXPERIMENT = Experiment(
    spec=OneWaySpec,
    frames=frames,
    card=Card(
        title="One-way streets",
        claim="Cities of one-way streets, a river and fast roads, where there takes longer than "
        "back. Networks that differ in what they are told alone learn to tour them, beside exact "
        "tours of the right and of the wrong costs.",
        paper="Son, Zhao, Berto, Hua, Cao, Kwon & Park 2026, RRNCO: towards real-world routing "
        "with neural combinatorial optimization",
        link="https://arxiv.org/abs/2503.16159",
    ),
    presets={
        "Ten stops": OneWaySpec(),
        "No river, no one-way streets": OneWaySpec(one_way=0.0, river=False),
        "Twelve stops": OneWaySpec(n_stops=12),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.02 * spec.n_seeds * spec.n_steps + 0.001 * spec.n_seeds * spec.n_lessons,
    order=44,
)
