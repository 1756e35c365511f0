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
