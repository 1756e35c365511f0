"""What a comparison of ways to pool needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

POSETS, MEANS = "orders", "order means"
LARGEST, MEAN, MIXED = "largest", "mean", "half and half"
RANDOM = "random sets"
ARMS = (POSETS, MEANS, LARGEST, MEAN, MIXED, RANDOM)
OF_SETS = (POSETS, MEANS, RANDOM)
"""Those that take the best of several sets of the four numbers."""
RATES = dict.fromkeys(ARMS, 0.03)
"""Of Adam: what had the least loss of 0.01, 0.03 and 0.1, on pictures kept for that choice and with
other seeds than those of the presets."""
N_CHANNELS = 16
"""As many as there are kinds of orders of four points."""
BATCH = 32


class PoolSpec(Spec):
    """Small convolutional networks that differ in how two by two numbers become one."""

    task: Literal["digits", "noisy digits"] = knob(
        "digits", label="Task", help="Pictures of 8 x 8 to tell apart.", group="Learning"
    )
    n_steps: int = knob(
        60, label="Steps", help="Changes of the weights, by Adam, 32 pictures each.",
        group="Learning", ge=20, le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_nets: int = knob(
        8, label="Networks", help="Of each kind; each has first weights and an order "
        "of pictures of its own, the same for all kinds.", group="Learning", ge=2, le=40,
        soft=(4, 20),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and order.",
                      group="Learning")  # fmt: skip
