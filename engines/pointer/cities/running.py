"""What a run needs before it teaches: lessons of every seed, and cities that are held out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict, Unpack

import numpy as np

from engines.pointer.cities.city import City, drawn_city, stops_of
from engines.pointer.cities.instances import Stops, drawn_stops, joined

_LESSONS, _HELD_OUT = 1, 2
"""Streams of a seed."""


class Kind(TypedDict):
    """What kind of city."""

    n_stops: int
    one_way: float
    river: bool
    speed: float


@dataclass(frozen=True)
class Drawn:
    """What has been drawn so far."""

    fraction: float
    lessons: list[Stops]
    """One for each seed."""
    held: Stops | None


def drawing(
    seed: int, n_seeds: int, n_lessons: int, n_held: int, **kind: Unpack[Kind]
) -> Iterator[Drawn]:
    """Draw lessons and held-out cities, with the share that is done."""
    lessons: list[Stops] = []
    for k in range(n_seeds):
        parts = []
        for part in drawn_stops(seed + k, _LESSONS, n_lessons, **kind):
            parts.append(part)
            share = sum(len(p.best) for p in parts) / n_lessons
            yield Drawn(0.95 * (k + share) / n_seeds, lessons, None)
        lessons.append(joined(parts))
    held = joined(list(drawn_stops(seed, _HELD_OUT, n_held, **kind)))
    yield Drawn(1.0, lessons, held)


def shown_city(seed: int, **kind: Unpack[Kind]) -> tuple[City, np.ndarray]:
    """The first city that is held out, with its stops."""
    rng = np.random.Generator(np.random.Philox(key=[seed, _HELD_OUT]))
    city = drawn_city(rng, one_way=kind["one_way"], river=kind["river"], speed=kind["speed"])
    return city, stops_of(rng, kind["n_stops"])
