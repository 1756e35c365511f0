"""Which networks learn to add, and how long."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

LIB, HALF, PCA, TURNED, NEURONS = range(5)
BASES = ("interaction basis", "PCA, then interaction", "PCA", "turned at random", "neurons")
SHORT = ("LIB", "PCA + LIB", "PCA", "turned", "neurons")


class InteractionSpec(Spec):
    """Networks with an embedding and one hidden layer that learn addition modulo a prime."""

    p: Literal[11, 13, 17, 19, 23, 29, 31] = knob(
        23, label="Modulus p", help="A prime; all sums of two numbers are learnt.", group="Task",
        widget="choice",
    )  # fmt: skip
    n_embedded: int = knob(
        32, label="Embedding", help="Numbers for every summand; those of both are added.",
        group="Network", ge=4, le=128, soft=(16, 64),
    )  # fmt: skip
    width: int = knob(
        64, label="Neurons", help="Of the hidden layer, with ReLU.", group="Network", ge=8, le=256,
        soft=(32, 128),
    )  # fmt: skip
    n_steps: int = knob(
        1_500, label="Steps", help="Full-batch steps of AdamW.", group="Training", ge=10,
        le=20_000, soft=(300, 4_000),
    )  # fmt: skip
    weight_decay: float = knob(
        0.1, label="Weight decay", help="Of AdamW, at a rate of 0.01.", group="Training", ge=0.0,
        le=2.0, soft=(0.0, 0.5),
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Networks", help="Every basis is held against the others network by network.",
        group="Training", ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of first weights and of random turns.",
                      group="Training")  # fmt: skip
