"""What is asked of a knapsack: items, a capacity, and how fine weights are told apart."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob

ITEMS_MAX = 1_000
N_WHOLE = 1_000
"""Whole weights are drawn from 1 to this; a capacity of 1 is as many."""
CHOICES_MAX = 50_000_000
"""Of a dynamic programme: it remembers for every item and load whether the item is in."""
MOST = 1e12
"""Of a weight, a value and a capacity."""
Item = tuple[float, float]


class KnapsackSpec(Spec):
    """Items of uniform weight and value, and a knapsack that takes some of them."""

    n_items: int = knob(
        200, label="Items", help="How many are drawn; weights and values from 0 to 1.",
        group="Items", ge=1, le=ITEMS_MAX, soft=(10, 200),
    )  # fmt: skip
    capacity: float = knob(
        25.0, label="Capacity", help="What the knapsack takes. The literature has 12.5 at 50 "
        "items, 25 at 100 and 200.", group="Items", gt=0.0, le=MOST, soft=(1.0, 50.0), step=0.5,
    )  # fmt: skip
    weights: Literal["real", "whole"] = knob(
        "real", label="Weights", help="Real numbers, or whole thousandths, of which a dynamic "
        "programme is exact.", group="Items", widget="choice",
    )  # fmt: skip
    items: tuple[Item, ...] = knob(
        (), label="Own items", help="Rows of weight and value; none: drawn as above.",
        group="Items", widget="hidden",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws the items.", group="Items")
    n_steps: int = knob(
        20_000, label="Steps of a weight", help="The rounded programme tells so many loads apart; "
        "weights are rounded up to them.", group="Rounding", ge=10, le=100_000, soft=(100, 50_000),
        log=True,
    )  # fmt: skip
    n_instances: int = knob(
        30, label="Instances", help="As many sets of items are drawn.", group="Compare", ge=1,
        le=200,
    )  # fmt: skip

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.items) > ITEMS_MAX:
            raise SpecError(f"Own items: at most {ITEMS_MAX:,}, got {len(self.items):,}")
        for k, (weight, value) in enumerate(self.items, start=1):
            if not (0.0 < weight <= MOST and 0.0 < value <= MOST):
                raise SpecError(
                    f"Own items: weight and value of item {k} must be above 0 and at most "
                    f"{MOST:g}, got {weight:g} and {value:g}; leave it out, or measure in more"
                )
        if self.items and not math.isfinite(sum(weight for weight, _ in self.items)):
            raise SpecError("Own items: weights must be finite")
        return self

    @property
    def is_whole(self) -> bool:
        """Whether a dynamic programme of the weights themselves is exact, and small enough."""
        if not self.items:
            return self.weights == "whole"
        loads = (*(weight for weight, _ in self.items), self.capacity)
        small = len(self.items) * self.capacity <= CHOICES_MAX
        return small and all(load.is_integer() for load in loads)
