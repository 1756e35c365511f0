"""What a comparison of rules of learning needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob

BACKPROP, FEEDBACK, DIRECT = "Backprop", "Feedback alignment", "Direct feedback alignment"
COUNTER, FROZEN = "Counter-current", "Counter-current, feedback frozen"
LAST, NOPROP = "Last layer only", "NoProp"
RULES = (BACKPROP, FEEDBACK, DIRECT, COUNTER, FROZEN, NOPROP, LAST)
FIRST_BLOCK = "NoProp, block 1 alone"
BATCH = 64


class LocalSpec(Spec):
    """Digits learnt by each rule, networks of one size but for NoProp, from the same examples."""

    n_hidden: int = knob(
        64, label="Width", help="Of each of three hidden layers.", group="Network", ge=4, le=256,
        log=True, soft=(16, 128),
    )  # fmt: skip
    n_blocks: int = knob(
        10, label="NoProp's blocks", help="Each learns by itself to tell the label from the digit "
        "and a noisy label, the first from noise alone.", group="Network", ge=1, le=20,
    )  # fmt: skip
    block_hidden: int = knob(
        32, label="Width of blocks", help="Of the two hidden layers of a block.", group="Network",
        ge=4, le=256, log=True, soft=(16, 128),
    )  # fmt: skip
    n_steps: int = knob(
        500, label="Steps", help="Changes of the weights, by Adam.", group="Learning", ge=50,
        le=20_000, log=True, soft=(100, 5_000),
    )  # fmt: skip
    n_nets: int = knob(
        5, label="Networks", help="Per rule; each has first weights of its own.",
        group="Learning", ge=2, le=50, soft=(3, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of all rules.", group="Learning", gt=0, le=1,
        log=True, soft=(1e-4, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, weights and noise.", group="Learning")
