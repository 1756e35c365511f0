"""What is asked of one-way tours, and the tables it is asked of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.pointer.cities.city import City, drawn_city, minutes_between, stops_of

N_STOPS_MAX = 200
EXACT_MAX = 12
"""Stops up to which the best tour of all is found."""
NEAREST, PATCHED, BY_MEAN, EXCHANGED, EXACT = (
    "nearest", "patched", "by mean", "exchanged", "exact",
)  # fmt: skip
"""Ways to a tour."""


class WaysSpec(Spec):
    """A table that was brought, or cities with one-way streets."""

    table: tuple[float, ...] = knob(
        (), label="Own table", widget="hidden", group="Own table",
        help="Cost from every stop to every stop, row by row; empty for drawn cities.",
    )  # fmt: skip
    title: str = knob("", label="Name", widget="hidden", group="Own table", max_length=80,
                      help="What the table is called.")  # fmt: skip
    n_stops: int = knob(
        40, label="Stops", group="City", ge=4, le=N_STOPS_MAX // 2,
        help="Of each tour, where the table is drawn.",
    )  # fmt: skip
    n_instances: int = knob(
        20, label="Cities", group="City", ge=1, le=200,
        help="Each with streets and stops of its own; the first is drawn.",
    )  # fmt: skip
    one_way: float = knob(
        0.8, label="One-way streets", group="City", ge=0, le=1,
        help="Chance that an inner street goes one way only.",
    )  # fmt: skip
    river: bool = knob(True, label="River", group="City", help="Runs through, with four bridges.")
    n_starts: int = knob(
        10, label="Starts", group="Search", ge=1, le=50,
        help="Nearest tours, from stops spread evenly, that are improved; the best is kept.",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", group="City", help="Draws cities and stops.")

    @model_validator(mode="after")
    def _is_square(self) -> Self:
        n = self.n_own
        if self.table and (n * n != len(self.table) or not 3 <= n <= N_STOPS_MAX):
            raise SpecError(
                f"Own table: 3 to {N_STOPS_MAX} rows of as many numbers, got {len(self.table):,} "
                "numbers"
            )
        if min(self.table, default=0.0) < 0:
            raise SpecError("Own table: no way costs less than nothing; add the same to every one")
        return self

    @property
    def n_own(self) -> int:
        """Stops of the own table; 0 where there is none."""
        return round(len(self.table) ** 0.5)


@dataclass(frozen=True)
class Asked:
    """One instance; a brought table has no map."""

    between: np.ndarray
    """float64[from, to]."""
    city: City | None
    stops: np.ndarray
    """int64[stop]: crossings of the city."""


def asked(spec: WaysSpec) -> Iterator[Asked]:
    """The own table, or cities one after another."""
    if spec.table:
        n = spec.n_own
        between = np.array(spec.table).reshape(n, n)
        np.fill_diagonal(between, 0.0)
        yield Asked(between, None, np.arange(n))
        return
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 3]))
    for _ in range(spec.n_instances):
        city = drawn_city(rng, one_way=spec.one_way, river=spec.river, speed=2.0)
        stops = stops_of(rng, spec.n_stops)
        yield Asked(minutes_between(city, stops), city, stops)
