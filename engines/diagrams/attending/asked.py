"""What a comparison of attention weights over lengths needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

LEARNT = 32
LENGTHS = (32, 64, 128, 256, 512)
N_SYMBOLS = 640
"""More than the longest sequence, so that none comes twice."""
N_CODE = 32
"""Numbers that stand for a symbol."""
BATCH, N_ASKED = 8, 8
N_EXAM = 32

SOFTMAX, SCALED = "softmax", "softmax, log length"
SOFTPLUS, SOFTPLUS_SCALED = "softplus", "softplus, log length"
POWER, WHOLE = "softplus, power", "softplus, log length, power"
LOSS, RIGHT = "loss, nats", "share right"


@dataclass(frozen=True)
class Weights:
    """How scores become weights."""

    shape: Literal["softmax", "softplus"]
    scaled: bool
    """Whether scores are multiplied by log length over log 32."""
    sharpened: bool
    """Whether weights are taken to a power and normalised again."""


ARMS = {
    SOFTMAX: Weights("softmax", False, False),
    SCALED: Weights("softmax", True, False),
    SOFTPLUS: Weights("softplus", False, False),
    SOFTPLUS_SCALED: Weights("softplus", True, False),
    POWER: Weights("softplus", False, True),
    WHOLE: Weights("softplus", True, True),
}
PLAN = Plan(tuple(ARMS), tuple(map(str, LENGTHS)), "symbols to copy", (LOSS, RIGHT))


class LengthsSpec(Spec):
    """Heads of attention that learn to copy 32 symbols, and are asked to copy up to 512."""

    power: int = knob(
        15, label="Power", help="To which weights are taken where they are sharpened.",
        group="Attention", ge=2, le=31,
    )  # fmt: skip
    n_steps: int = knob(
        200, label="Steps", help="Changes of the weights, by Adam; every step has copies of its "
        "own.", group="Learning", ge=20, le=10_000, log=True, soft=(100, 2_000),
    )  # fmt: skip
    n_nets: int = knob(
        6, label="Networks", help="Of each kind; each has first weights, symbols and copies of its "
        "own.", group="Learning", ge=2, le=40, soft=(3, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.01, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.03),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of symbols, copies and first weights.",
                      group="Learning")  # fmt: skip
