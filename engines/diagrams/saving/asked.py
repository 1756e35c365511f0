"""What a comparison of ways to keep activations needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

N_HIDDEN, N_LAYERS, BATCH = 64, 3, 32
FUNCTIONS = ("ReLU", "GELU")
FULL, CLASSES, ALONE = "32 bits", "few bits and classes of slopes", "few bits alone"
ARMS = (FULL, CLASSES, ALONE)
COSINE, BYTES, RIGHT = "gradient cosine", "bytes kept for an example", "share right"
PLAN = Plan(ARMS, FUNCTIONS, "what units do", (COSINE, BYTES, RIGHT), opens=0)


class SavingSpec(Spec):
    """Perceptrons of three hidden layers whose way back reads what was kept in few bits."""

    task: Literal["digits", "noisy digits", "letters"] = knob(
        "digits", label="Task", help="Pictures to tell apart.", group="Learning"
    )
    bits: Literal[1, 2, 4, 8] = knob(
        4, label="Bits", help="For each number that is kept, and for the class of a slope; a ReLU "
        "has two classes, so that it needs one.", group="Keeping",
    )  # fmt: skip
    n_steps: int = knob(
        200, label="Steps", help="By Adam, 32 examples each.", group="Learning", ge=10, le=10_000,
        log=True, soft=(50, 2_000),
    )  # fmt: skip
    n_nets: int = knob(
        8, label="Networks", help="Of each kind; each has first weights and an order of examples "
        "of its own.", group="Learning", ge=2, le=40, soft=(4, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and order.",
                      group="Learning")  # fmt: skip
