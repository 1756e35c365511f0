"""What a comparison of ways to choose filters needs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.diagrams.arms.looks import Plan

BATCH = 32
ALL, GUESSED = "all filters", "predicted for each picture"
SAME, KNOWN = "the same for all", "known afterwards"
ARMS = (ALL, GUESSED, SAME, KNOWN)
SHARES = {"three of four": 0.75, "half": 0.5}
LEVELS = tuple(SHARES)
RIGHT, FOUND = "share right", "of the most active, computed"
PLAN = Plan(ARMS, LEVELS, "filters that are computed", (RIGHT, FOUND))


class FiltersSpec(Spec):
    """Convolutions that learn with all filters, then go on with some of them for each picture."""

    task: Literal["digits", "noisy digits", "letters"] = knob(
        "digits", label="Task", help="Pictures to tell apart.", group="Learning"
    )
    n_filters: int = knob(
        16, label="Filters", help="Of the second and of the third layer; the first has half as "
        "many and computes all.", group="Networks", ge=4, le=64, multiple_of=4,
    )  # fmt: skip
    never: tuple[int, ...] = knob(
        (), label="Never computed", help="Filters of the third layer, from 1, that no picture of "
        "the exam computes, by hand, say [3, 7]; others take their place.", group="Networks",
        max_length=63,
    )  # fmt: skip
    n_before: int = knob(
        150, label="Steps with all", help="By Adam, 32 pictures each.", group="Learning", ge=10,
        le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_after: int = knob(
        150, label="Steps with some", help="Networks with all filters learn on as long.",
        group="Learning", ge=10, le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_nets: int = knob(
        6, label="Networks", help="Of each kind; each has first weights and an order of pictures "
        "of its own.", group="Learning", ge=2, le=20, soft=(4, 10),
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.03),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and order.",
                      group="Learning")  # fmt: skip

    @model_validator(mode="after")
    def _filters_are_there(self) -> Self:
        wrong = [one for one in self.never if not 1 <= one <= self.n_filters]
        if wrong:
            raise SpecError(f"Never computed: the third layer has filters 1 to {self.n_filters}, "
                            f"got {wrong[0]}")  # fmt: skip
        most = self.n_filters // 2
        if len(set(self.never)) > most:
            raise SpecError(f"Never computed: half of the {self.n_filters} filters are chosen for "
                            f"a picture and must be there; name at most {most}")  # fmt: skip
        return self

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Filters of each layer."""
        return self.n_filters // 2, self.n_filters, self.n_filters
