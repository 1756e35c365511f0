"""Which networks are merged, and how they were learnt."""

from __future__ import annotations

from engines.contract import Seed, Spec, SpecError, knob

N_MERGED = 3
"""Networks of a group; the first of each has a fork beside it."""


class MergingSpec(Spec):
    """Groups of three networks 64-w-w-10 that learn digits from first weights of their own."""

    width: int = knob(
        96, label="Width", help="Units of both hidden layers.", group="Networks", ge=8, le=512,
        soft=(32, 256),
    )  # fmt: skip
    n_steps: int = knob(
        600, label="Steps", help="Of plain gradient descent at 0.2 on 64 digits, every network in "
        "an order of its own.", group="Networks", ge=10, le=5_000, soft=(100, 2_000),
    )  # fmt: skip
    forked: int = knob(
        100, label="Forked after", help="Steps after which a copy of the first network goes on by "
        "itself; it shares all that came before.", unit="steps", group="Networks", ge=0, le=5_000,
        soft=(0, 600),
    )  # fmt: skip
    n_groups: int = knob(
        5, label="Groups", help="Of three networks and a fork; intervals are over these.",
        group="Networks", ge=3, le=12, soft=(3, 8),
    )  # fmt: skip
    group: int = knob(
        1, label="Group", help="Whose units are drawn.", group="Look", ge=1, le=12,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of weights, orders and what is held out.",
                      group="Networks")  # fmt: skip

    def model_post_init(self, _context: object) -> None:
        """Within minutes, and forked on the way."""
        if self.group > self.n_groups:
            raise SpecError(f"there is no group {self.group}; this run has {self.n_groups}")
        if self.forked > self.n_steps:
            raise SpecError(
                f"a fork after {self.forked} steps needs as many steps, and there are "
                f"{self.n_steps}; fork earlier or learn longer"
            )
        if self.n_groups * self.n_steps * self.width**2 > 2e8:
            raise SpecError(
                f"{self.n_groups} groups of width {self.width} for {self.n_steps:,} steps take "
                "longer than a page should; take less of one of them"
            )
