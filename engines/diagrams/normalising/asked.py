"""What a comparison of normalisations over batch sizes needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

Kind = Literal["BatchNorm, ReLU", "EvoNorm-B0", "EvoNorm-S0", "GroupNorm, ReLU"]
BATCHED: Kind = "BatchNorm, ReLU"
B0: Kind = "EvoNorm-B0"
S0: Kind = "EvoNorm-S0"
GROUPED: Kind = "GroupNorm, ReLU"
ARMS: tuple[Kind, ...] = (BATCHED, B0, S0, GROUPED)
OF_A_BATCH: tuple[Kind, ...] = (BATCHED, B0)
"""Those whose statistics are of several pictures."""
SIZES = (2, 4, 32)
BATCH = SIZES[-1]
"""Pictures per step; their gradients are averaged, whatever statistics are taken over."""
CHANNELS = (8, 16)
PER_GROUP = 4
EPSILON = 1e-5
MEMORY = 0.9
LOSS, RIGHT = "loss, nats", "share right"
PLAN = Plan(ARMS, tuple(map(str, SIZES)), "pictures that statistics are taken over",
            (LOSS, RIGHT), opens=0)  # fmt: skip


class NormsSpec(Spec):
    """Small convolutional networks, 32 pictures a step, normalised 2, 4 or 32 at a time."""

    task: Literal["digits", "noisy digits"] = knob(
        "digits", label="Task", help="Pictures to tell apart.", group="Learning"
    )
    n_steps: int = knob(
        120, label="Steps", help="Changes of the weights, by Adam, 32 pictures each.",
        group="Learning", ge=20, le=10_000, log=True, soft=(100, 2_000),
    )  # fmt: skip
    n_nets: int = knob(
        8, label="Networks", help="Of each kind; each has first weights and an order of pictures "
        "of its own.", group="Learning", ge=2, le=40, soft=(3, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.01, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.03),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and order.",
                      group="Learning")  # fmt: skip
