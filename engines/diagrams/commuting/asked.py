"""What a square that two networks fill needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

KINDS = ("linear", "16 hidden", "64 and 64 hidden")
SIZES = {KINDS[0]: (), KINDS[1]: (16,), KINDS[2]: (64, 64)}
"""Hidden units of each kind, layer by layer."""
SAME, APART, DEALT = "one network on both ways", "two that never met", "answers dealt"
ROWS = (SAME, APART, DEALT)
"""Whose degree is followed while noise grows."""
LEVELS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Of noise, in deviations of a layer's own weights."""
ONE = LEVELS.index(1.0)
N_DRAWS = 4
"""Of noise, at each level."""
N_WORST, N_DRAWN = 6, 4
"""Pictures of the least degree that are told, and of these drawn."""
BATCH, RATE = 32, 0.005


class CommutingSpec(Spec):
    """Two networks for two arrows of a square, of three kinds each, and noise in one of them."""

    n_steps: int = knob(
        300, label="Steps", help="Changes of the weights, by Adam, on 32 pictures each.",
        group="Learning", ge=1, le=20_000, log=True, soft=(10, 3_000),
    )  # fmt: skip
    n_nets: int = knob(
        6, label="Networks", help="Of each kind for each of the two arrows; intervals are over "
        "squares, network k beside network k.", group="Learning", ge=2, le=60, soft=(4, 24),
    )  # fmt: skip
    noise: float = knob(
        0.0, label="Noise in the second way", help="Added to the weights of the network that reads "
        "16 pixels, in deviations of each layer's own; the curves against noise have their own.",
        group="Break it", ge=0.0, le=100.0, soft=(0.0, 4.0), step=0.125,
    )  # fmt: skip
    drawn: Literal["linear", "16 hidden", "64 and 64 hidden"] = knob(
        "16 hidden", label="Square that is drawn", help="The kind whose first square is drawn.",
        group="Looking",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of the exam, first weights, order and noise.",
                      group="Learning")  # fmt: skip
