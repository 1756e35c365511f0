"""What a comparison of ways to grow needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

N_CYCLES = 3
BATCH = 64


@dataclass(frozen=True)
class Way:
    """What becomes of a new dendrite."""

    opens: bool
    """Whether neurons have dendrites at all."""
    follows: bool = False
    """Whether it learns to follow its neuron's error, and is frozen then."""
    by_gradient: bool = False
    """Whether it learns as all other weights do."""


PERFORATED, BACKPROP = "follow the error, frozen", "learn by backprop"
RANDOM, NONE = "as drawn, frozen", "no dendrites"
WAYS = {
    PERFORATED: Way(True, follows=True),
    BACKPROP: Way(True, by_gradient=True),
    RANDOM: Way(True),
    NONE: Way(False),
}
LEARNT, LOSS, RIGHT, FOLLOWED = (
    "loss on what is learnt from, nats", "loss on the exam, nats", "share right",
    "correlation with the error",
)  # fmt: skip
PLAN = Plan(tuple(WAYS), tuple(map(str, range(N_CYCLES + 1))), "dendrites of a neuron",
            (LEARNT, LOSS, RIGHT, FOLLOWED))  # fmt: skip


class DendritesSpec(Spec):
    """Small perceptrons whose neurons get one dendrite more in each of three cycles."""

    task: Literal["digits", "noisy digits", "letters"] = knob(
        "digits", label="Task", help="Pictures to tell apart.", group="Learning"
    )
    n_hidden: int = knob(
        6, label="Hidden neurons", help="Of every network.", group="Network", ge=2, le=64,
    )  # fmt: skip
    n_steps: int = knob(
        160, label="Steps", help="Of neurons in every cycle, by Adam, 64 examples each.",
        group="Learning", ge=20, le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_following: int = knob(
        80, label="Steps of dendrites", help="In which a new dendrite follows the error while its "
        "neurons wait; all others go on learning.", group="Learning", ge=20, le=5_000, log=True,
        soft=(50, 1_000),
    )  # fmt: skip
    n_nets: int = knob(
        6, label="Networks", help="Of each kind; each has first weights and an order of examples "
        "of its own.", group="Learning", ge=2, le=40, soft=(3, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.01, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and order.",
                      group="Learning")  # fmt: skip
