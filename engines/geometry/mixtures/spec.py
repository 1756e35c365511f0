"""How many experts, how far apart they begin, and into how many they are merged."""

from __future__ import annotations

from engines.contract import Seed, Spec, SpecError, knob

N_EXPERTS, N_ACTIVE = 8, 2
"""Experts of a mixture, and how many of them answer one digit."""


class MixtureSpec(Spec):
    """Mixtures of eight experts that read digits, merged into fewer without learning anew."""

    n_left: int = knob(
        4, label="Experts left", help="Into how many the eight are merged; 8 merges nothing.",
        group="Merging", ge=1, le=N_EXPERTS,
    )  # fmt: skip
    stirred: bool = knob(
        False, label="Stir the units", help="Puts the hidden units of every expert in an order at "
        "random before merging: no mixture says anything else, but places mean nothing any more.",
        group="Merging",
    )  # fmt: skip
    apart: float = knob(
        1.0, label="Begun apart", help="How much of an expert's first weights is its own; at 0 all "
        "eight begin as copies of one, as in upcycling.", group="Mixtures", ge=0.0, le=1.0,
    )  # fmt: skip
    width: int = knob(
        24, label="Hidden units", help="Of every expert.", group="Mixtures", ge=2, le=128,
        soft=(8, 64),
    )  # fmt: skip
    n_learnt: int = knob(
        300, label="Steps", help="Of Adam at 0.002 on 64 digits.", group="Mixtures", ge=1,
        le=3_000, soft=(100, 1_000),
    )  # fmt: skip
    n_networks: int = knob(
        20, label="Mixtures", help="From other first weights and in other orders; intervals are "
        "over these.", group="Mixtures", ge=3, le=60, soft=(5, 40),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of all that is drawn.", group="Mixtures")

    @property
    def tried(self) -> tuple[int, ...]:
        """How many experts are left, in turn."""
        return tuple(sorted({1, 2, 4, 6, N_EXPERTS, self.n_left}))

    def model_post_init(self, _context: object) -> None:
        """Within minutes."""
        if self.n_networks * self.n_learnt * self.width > 3e6:
            raise SpecError(
                f"{self.n_networks} mixtures of width {self.width} for {self.n_learnt:,} steps "
                "take longer than a page should; take less of one of them"
            )
