"""How many units, in how many experts, how many of them answer."""

from __future__ import annotations

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob


class ExpertsSpec(Spec):
    """Networks that read digits, their hidden units parted into experts of equal size."""

    width: int = knob(
        128, label="Hidden units", help="Of the one hidden layer.", group="Networks", ge=32,
        le=1_024, soft=(64, 512), step=32,
    )  # fmt: skip
    n_experts: int = knob(
        16, label="Experts", help="Groups of as many units each.", group="Experts", ge=2, le=64,
        soft=(4, 32),
    )  # fmt: skip
    n_active: int = knob(
        4, label="Active", help="Experts that answer one digit: those whose mean key is most along "
        "it.", group="Experts", ge=1, le=64, soft=(1, 16),
    )  # fmt: skip
    share: float = knob(
        0.1, label="Brick", help="Share of all units that a label's brick is.", group="Bricks",
        gt=0.0, le=0.5, soft=(0.02, 0.3),
    )  # fmt: skip
    n_learnt: int = knob(
        300, label="Steps", help="Of Adam at 0.001 on 64 digits, before experts are made.",
        group="Networks", ge=1, le=5_000, soft=(100, 1_000),
    )  # fmt: skip
    n_examples: int = knob(
        100, label="Examples", help="Digits from which odd or even is learnt afterwards, every "
        "network from its own.",
        group="Learnt on", ge=16, le=1_400, soft=(32, 400),
    )  # fmt: skip
    n_further: int = knob(
        150, label="Steps further", help="Of Adam at 0.001 on 32 of these.", group="Learnt on",
        ge=1, le=3_000, soft=(50, 500),
    )  # fmt: skip
    n_networks: int = knob(
        32, label="Networks", help="From other first weights and in other orders; intervals are "
        "over these.", group="Networks", ge=3, le=60, soft=(5, 40),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of all that is drawn.", group="Networks")

    @model_validator(mode="after")
    def _fits(self) -> ExpertsSpec:
        if self.width % self.n_experts:
            raise SpecError(
                f"{self.width} units cannot be parted into {self.n_experts} experts of one size; "
                f"take a number that divides {self.width}"
            )
        if self.n_active > self.n_experts:
            raise SpecError(f"{self.n_active} experts cannot answer of {self.n_experts}")
        return self

    @property
    def shares(self) -> tuple[int, ...]:
        """Numbers of active experts that are tried: powers of two, the asked one and all."""
        powers = [2**k for k in range(7) if 2**k < self.n_experts]
        return tuple(sorted({*powers, self.n_active, self.n_experts}))
