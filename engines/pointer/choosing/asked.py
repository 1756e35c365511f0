"""What is asked: words under a budget, and subsets of a set."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob


class GameSpec(Spec):
    """Ways to find good words on NK landscapes, each with the same number of measurements."""

    n_sites: int = knob(
        10, label="Sites", help="Letters of a word.", group="Landscape", ge=3, le=20
    )
    n_letters: int = knob(
        6, label="Letters", help="To choose from at each site.", group="Landscape", ge=2, le=20
    )
    n_others: int = knob(
        2, label="Others (K)", help="Sites that a site's worth also depends on; 0 is smooth, more "
        "is more rugged.", group="Landscape", ge=0, le=6,
    )  # fmt: skip
    budget: int = knob(
        400, label="Measurements", help="Words that may be measured, by every way.",
        group="Budget", ge=40, le=1_000, step=20,
    )  # fmt: skip
    n_landscapes: int = knob(
        20, label="Landscapes", help="All ways meet the same ones.", group="Budget", ge=2, le=100
    )
    boldness: float = knob(
        2.0, label="Boldness", help="Weight of what is not known, in deviations, where a model is "
        "optimistic.", group="Model", ge=0, le=10,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws landscapes and words.", group="Landscape")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.n_others >= self.n_sites:
            raise SpecError(
                f"Others (K) must be fewer than Sites ({self.n_sites}), got {self.n_others}"
            )
        if self.n_letters ** (self.n_others + 1) * self.n_sites > 5_000_000:
            raise SpecError(
                f"Letters to the power of Others + 1 is {self.n_letters ** (self.n_others + 1):,} "
                "rows a site; take fewer letters or others"
            )
        return self


class SubsetSpec(Spec):
    """Networks that choose the elements of a set that lie nearest to the set's own mean."""

    n_elements: int = knob(
        30, label="Elements", help="Of a set, points in the plane.", group="Sets", ge=4, le=100
    )
    n_chosen: int = knob(
        5, label="To choose", help="Those nearest to the set's own mean.", group="Sets", ge=1, le=20
    )
    apart: float = knob(
        1.0, label="Sets apart", help="How far sets lie from each other, in deviations of a set; "
        "at 0 all have one mean, and nobody needs to know it.", group="Sets", ge=0, le=5,
    )  # fmt: skip
    n_updates: int = knob(
        400, label="Updates", help="Batches a network learns from.", group="Learning", ge=20,
        le=5_000, soft=(100, 2_000),
    )  # fmt: skip
    width: int = knob(
        32, label="Width", help="Numbers for an element.", group="Learning", ge=8, le=128, step=8
    )
    n_seeds: int = knob(
        10, label="Seeds", help="Networks of each kind; with and without are paired.",
        group="Learning", ge=2, le=30,
    )  # fmt: skip
    n_tested: int = knob(
        200, label="Test sets", help="That no training saw.", group="Test", ge=20, le=2_000
    )
    shown: int = knob(1, label="Set on stage", help="Counted from 1.", group="Test", ge=1, le=2_000)
    seed: Seed = knob(0, label="Seed", help="Draws sets and weights.", group="Sets")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.n_chosen >= self.n_elements:
            raise SpecError(
                f"To choose must be fewer than Elements ({self.n_elements}), got {self.n_chosen}"
            )
        return self
