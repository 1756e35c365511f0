"""What is asked of a fleet: where customers are, what they want, how their routes are built."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from engines.contract import InputError, Seed, Spec, SpecError, knob
from engines.pointer.instances.vrplib import CUSTOMERS_MAX, check_loads
from engines.pointer.model import N_POINTS_MAX, Metric, Point

DEMAND_MAX = 9
SLACK = 1e-9
"""Loads are sums, which round; a share of the capacity."""
Start = Literal["savings", "nearest", "sweep"]
STARTS: tuple[Start, ...] = ("savings", "sweep", "nearest")


class VehiclesSpec(Spec):
    """Routes of vehicles with a capacity, from one depot to all customers."""

    n_customers: int = knob(
        50, label="Customers", help="How many are drawn.", group="Customers", ge=1, le=1_000,
        soft=(5, 200),
    )  # fmt: skip
    capacity: float = knob(
        40.0, label="Capacity", help="What a vehicle takes; demands are drawn from 1 to 9. The "
        "literature has 30 at 20 customers, 40 at 50 and 50 at 100.", group="Customers", gt=0.0,
        le=1e12, soft=(9.0, 100.0), step=1.0,
    )  # fmt: skip
    distribution: Literal["uniform", "clustered"] = knob(
        "uniform", label="Where they are", help="Uniform in the square, or around three to five "
        "centres.", group="Customers", widget="choice",
    )  # fmt: skip
    depot: Literal["anywhere", "centre", "corner"] = knob(
        "anywhere", label="Depot", help="Drawn as customers are, in the middle, or in a corner.",
        group="Customers", widget="choice",
    )  # fmt: skip
    points: tuple[Point, ...] = knob(
        (), label="Own places", help="Rows of two numbers, the depot first; none: drawn as above.",
        group="Customers", widget="hidden",
    )  # fmt: skip
    demands: tuple[float, ...] = knob(
        (), label="Own demands", help="A number for every own customer.", group="Customers",
        widget="hidden",
    )  # fmt: skip
    metric: Metric = knob(
        "plane", label="Metric", help="How own places are measured: in the plane, or as a file "
        "says.", group="Customers", widget="hidden",
    )  # fmt: skip
    distances: tuple[float, ...] = knob(
        (), label="Distances", help="Of a file that gives them: the upper triangle, row by row.",
        group="Customers", widget="hidden",
    )  # fmt: skip
    brought: tuple[int, ...] = knob(
        (), label="Own routes", help="Of a solution's file: customers from 1, 0 for the depot.",
        group="Customers", widget="hidden",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws customers and windows.", group="Customers")
    start: Start = knob(
        "savings", label="Start", help="Routes joined where that saves most (Clarke and Wright), "
        "always to the nearest customer who fits, or by the angle at the depot.", group="Routes",
    )  # fmt: skip
    n_stages: int = knob(
        5, label="Stages", help="How often windows of customers are looked at after local search.",
        group="Routes", ge=0, le=40,
    )  # fmt: skip
    window: int = knob(
        15, label="Window", help="So many neighbouring customers are taken out together, at most, "
        "and put back where they cost least.", group="Routes", ge=2, le=50,
    )  # fmt: skip
    n_instances: int = knob(
        20, label="Instances", help="As many are drawn to compare the methods; 1 leaves claims "
        "untested.", group="Compare", ge=1, le=200,
    )  # fmt: skip
    rival_seconds: float = knob(
        0.0, label="Ask PyVRP and OR-tools", help="Seconds that each of them has for an instance, "
        "where they are installed; 0 does not ask.", unit="s", group="Compare", ge=0.0, le=60.0,
        soft=(0.0, 5.0),
    )  # fmt: skip

    @model_validator(mode="after")
    def _fits(self) -> Self:
        n = len(self.points)
        if n > CUSTOMERS_MAX + 1:
            raise SpecError(
                f"Own places: at most {CUSTOMERS_MAX:,} customers, got {n - 1:,}; leave some out"
            )
        if max(n - 1, 0) != len(self.demands):
            raise SpecError(
                f"Own demands: {max(n - 1, 0)} customers need as many, got {len(self.demands)}"
            )
        wanted = n * (n - 1) // 2 if self.metric == "EXPLICIT" else 0
        if len(self.distances) != wanted:
            raise SpecError(
                f"Distances: the metric {self.metric} with {n} own places has {wanted}, "
                f"got {len(self.distances)}"
            )
        if self.metric in ("GEO", "EXPLICIT") and n > N_POINTS_MAX:
            raise SpecError(f"{self.metric} distances: at most {N_POINTS_MAX} places, got {n}")
        if not n and self.capacity < DEMAND_MAX:
            raise SpecError(
                f"Capacity: demands are drawn to {DEMAND_MAX}, a vehicle must take that; got "
                f"{self.capacity:g}"
            )
        if n:
            try:
                check_loads(np.array([0.0, *self.demands]), self.capacity)
            except InputError as error:
                raise SpecError(str(error)) from error
        return self
