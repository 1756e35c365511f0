"""What is asked about the inside of a network."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.pointer.model import Distribution, Point, SolveSpec, WeightsName

InsideTask = Literal["hull", "tour", "sorting"]
INSIDE_POINTS_MAX = 50
"""More points make attention too fine to see and a field too slow to follow a hand."""
Measure = Literal["choices", "answer", "length"]


class InsideSpec(Spec):
    """One instance, one of its points, and what is looked at."""

    task: InsideTask = knob(
        "hull", label="Task", help="What is asked.", group="Task", widget="choice"
    )
    weights: WeightsName = knob(
        "",
        label="Network",
        help="Which weights answer; empty for the bundled ones of the task.",
        group="Task",
    )
    points: tuple[Point, ...] = knob(
        (),
        label="Own points",
        help="Points drawn by hand; none: drawn at random as below.",
        group="Points",
        widget="hidden",
    )
    distribution: Distribution = knob(
        "uniform",
        label="Distribution",
        help="Where random points lie.",
        group="Points",
        widget="choice",
    )
    n_points: int = knob(
        12, label="Points", help="How many are drawn.", group="Points", ge=4, le=INSIDE_POINTS_MAX
    )
    seed: Seed = knob(0, label="Seed", help="Draws the points and all other sets.", group="Points")
    moved: int = knob(
        1,
        label="Point",
        help="The point that is moved over the plane, and whose looks are shown; click near one.",
        group="What is moved",
        ge=0,
        le=INSIDE_POINTS_MAX - 1,
    )
    measure: Measure = knob(
        "choices",
        label="What changes",
        help="Choices: how far the probabilities of a step shift (total variation), earlier steps "
        "held. Answer: share of the answer's edges that are others. Length: of the answer's line.",
        group="What is moved",
        widget="choice",
    )
    grid: int = knob(
        28, label="Grid", help="Places along a side of the plane.", group="What is moved",
        ge=4, le=60,
    )  # fmt: skip
    layer: int = knob(
        3,
        label="Layer",
        help="Whose states and heads are shown; 0 is the embedding. What has fewer shows its last.",
        group="States",
        ge=0,
        le=8,
    )
    n_sets: int = knob(
        100,
        label="Other sets",
        help="Sets of as many points, behind axes, probes and claims; half of them teach.",
        group="States",
        ge=10,
        le=400,
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        n = len(self.points)
        if n > INSIDE_POINTS_MAX or 0 < n < 4:
            raise SpecError(f"Own points: 4 to {INSIDE_POINTS_MAX} here, got {n}")
        n = n or self.n_points
        if self.moved >= n:
            raise SpecError(f"Point: there are {n} points, 0 to {n - 1}, got {self.moved}")
        return self

    @property
    def solved(self) -> SolveSpec:
        """The same question as *Points and pointers* asks it."""
        return SolveSpec(
            task=self.task,
            weights=self.weights,
            points=self.points,
            distribution=self.distribution,
            n_points=self.n_points,
            seed=self.seed,
        )
