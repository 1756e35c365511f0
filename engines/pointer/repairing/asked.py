"""What is asked of a tour whose cities move."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob

CITIES_MAX, MOVES_MAX = 5_000, 200
Move = tuple[int, float, float, float]
"""A city, where it goes, and how far around it others are dragged along."""


class RepairSpec(Spec):
    """A short tour, and cities that are moved by hand."""

    n_cities: int = knob(
        1_000, label="Cities", help="How many are drawn.", group="Cities", ge=8, le=CITIES_MAX,
        log=True,
    )  # fmt: skip
    distribution: Literal["uniform", "clustered"] = knob(
        "uniform", label="Where they lie", help="Uniform in the square, or in clusters.",
        group="Cities", widget="choice",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws cities and random moves.", group="Cities")
    reach: float = knob(
        0.15,
        label="River",
        help="Cities this near to the one that is dragged go along, less the further they are; 0 "
        "moves one city alone.",
        group="Move",
        ge=0,
        le=0.5,
    )
    moves: tuple[Move, ...] = knob(
        (),
        label="Moves",
        help="City, x, y and reach, one after the other; drag a city in the picture. None: the "
        "one nearest to (0.3, 0.7) goes to (0.6, 0.4).",
        group="Move",
        widget="hidden",
    )
    n_trials: int = knob(
        20,
        label="Random moves",
        help="From which it is told how good repairs are; 0 leaves claims untested.",
        group="Compare",
        ge=0,
        le=100,
    )

    @model_validator(mode="after")
    def _there(self) -> Self:
        if len(self.moves) > MOVES_MAX:
            raise SpecError(
                f"Moves: at most {MOVES_MAX} are kept, got {len(self.moves)}; start again"
            )
        for k, (city, x, y, reach) in enumerate(self.moves, 1):
            if not 0 <= city < self.n_cities:
                raise SpecError(
                    f"Move {k}: cities are 0 to {self.n_cities - 1}, there is no city {city}"
                )
            if not (0 <= x <= 1 and 0 <= y <= 1):
                raise SpecError(f"Move {k}: x and y lie between 0 and 1, got {x:g}, {y:g}")
            if not 0 <= reach <= 0.5:
                raise SpecError(f"Move {k}: a reach lies between 0 and 0.5, got {reach:g}")
        return self
