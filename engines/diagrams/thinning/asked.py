"""What a comparison of ways to lose units needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

N_HIDDEN, BATCH = 64, 64
KEPT = (32, 16, 8)
"""Hidden units that are asked to stay."""
N_PERIODS = 5
HYBRID, CORRECTED = "little by little", "little by little, corrected"
SIZE, DRAWN = "smallest at once", "drawn, little by little"
ARMS = (HYBRID, CORRECTED, SIZE, DRAWN)
RIGHT, LOSS = "share right", "loss, nats"
PLAN = Plan(ARMS, tuple(map(str, KEPT)), f"units that stay of {N_HIDDEN}", (RIGHT, LOSS))


class ThinningSpec(Spec):
    """Perceptrons that learn, lose hidden units, and learn on; the steps are the same for all."""

    task: Literal["digits", "noisy digits", "letters"] = knob(
        "digits", label="Task", help="Pictures to tell apart.", group="Learning"
    )
    n_before: int = knob(
        150, label="Steps before", help="With all units, by Adam, 64 examples each.",
        group="Learning", ge=10, le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_during: int = knob(
        150, label="Steps of going", help="In five periods of which each forgets a fifth of the "
        "units that go.", group="Learning", ge=N_PERIODS, le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_after: int = knob(
        100, label="Steps after", help="With the units that stay.", group="Learning", ge=10,
        le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_nets: int = knob(
        10, label="Networks", help="Of each kind; each has first weights and an order of examples "
        "of its own.", group="Learning", ge=2, le=40, soft=(3, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights, order and what is drawn.",
                      group="Learning")  # fmt: skip
