"""What a search for planted kernel sizes needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

SIZES = (1, 3, 5, 7)
WIDEST = SIZES[-1]
N_CHANNELS, LENGTH = 3, 16
LEARNT = (16, 64, 256)
"""Sequences to learn weights from; as many more say which size."""
N_EXAM, BATCH = 256, 16
TANGLED, APART, DRAWN = "entangled", "weights apart", "drawn at random"
SEARCHES = (TANGLED, APART, DRAWN)
PLANTED, LARGEST = "planted sizes", "largest everywhere"
RETRAINED = (*SEARCHES, LARGEST, PLANTED)
FOUND, ERROR = "planted sizes found, %", "error above the noise"
PLAN = Plan(SEARCHES, tuple(map(str, LEARNT)), "sequences to learn from", (FOUND,))
PLAN_AFTER = Plan(RETRAINED, PLAN.conditions, PLAN.under, (ERROR,))


class TanglingSpec(Spec):
    """Networks with a kernel of unknown size in each of three channels, which search for it."""

    noise: float = knob(
        0.5, label="Noise", help="SD of what is added to answers, whose own SD is about 1.",
        group="Task", ge=0.01, le=3,
    )  # fmt: skip
    n_steps: int = knob(
        400, label="Steps", help="Of the search, by Adam, 16 sequences for weights and 16 for "
        "sizes each; then as many with the sizes found, weights anew.", group="Search", ge=50,
        le=20_000, log=True, soft=(100, 5_000),
    )  # fmt: skip
    n_nets: int = knob(
        10, label="Networks", help="Of each kind; each has sizes, kernels and sequences of its "
        "own.", group="Search", ge=2, le=100, soft=(5, 50),
    )  # fmt: skip
    learning_rate: float = knob(
        0.01, label="Learning rate", help="Of weights and of sizes.", group="Search", gt=0, le=1,
        log=True, soft=(1e-3, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of sizes, kernels, sequences and first weights.",
                      group="Search")  # fmt: skip
