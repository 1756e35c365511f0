"""What a comparison of thresholds on changes needs."""

from __future__ import annotations

import itertools

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

SIDE = 8
"""Pixels of a row."""
N_PIXELS, N_HIDDEN, N_TOLD = SIDE * SIDE, 32, 2
WIDTHS = (N_PIXELS, N_HIDDEN, N_HIDDEN, N_TOLD)
N_MOMENTS = 10
N_VIDEOS, N_EXAM, BATCH = 800, 200, 32
PRICES = (0.01, 0.03, 0.1)
"""Of all products together, in squared half widths of the picture."""
THRESHOLDS = tuple(k / 20 for k in range(21))
"""Put on afterwards, one for all layers; at the largest nearly nothing is passed on."""
GRID = tuple(itertools.product(
    (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5), (0.0, 0.05, 0.1, 0.2, 0.3), (0.0, 0.05)
))  # fmt: skip
"""Put on afterwards, of pixels, first and second layer."""
LEARNED, AFTER, LAYERED = "thresholds learned", "one put on afterwards", "put on layer by layer"
ARMS = (LEARNED, AFTER, LAYERED)
"""The last two leave out as many products as the first."""
ERROR, ZEROS = "error of the place, pixels", "share of products left out"
PLAN = Plan(ARMS, tuple(f"{price:g}" for price in PRICES), "price of a product that is made",
            (ERROR, ZEROS), opens=1)  # fmt: skip


class ChangesSpec(Spec):
    """Networks that say where a dot is, in every picture of a video, from what has changed."""

    noise: float = knob(
        0.1, label="Noise", help="SD of what is added to every pixel; the dot is 1 at its middle.",
        group="Video", ge=0, le=1,
    )  # fmt: skip
    speed: float = knob(
        0.6, label="Speed", help="Largest speed of the dot, pixels per picture.", group="Video",
        ge=0, le=3,
    )  # fmt: skip
    n_steps: int = knob(
        150, label="Steps", help="Changes of the weights, by Adam, 32 videos each.",
        group="Learning", ge=50, le=10_000, log=True, soft=(100, 3_000),
    )  # fmt: skip
    n_nets: int = knob(
        5, label="Networks", help="Of each kind and price; each has first weights and an order of "
        "videos of its own.", group="Learning", ge=2, le=20, soft=(3, 10),
    )  # fmt: skip
    learning_rate: float = knob(
        0.005, label="Learning rate", help="Of weights and thresholds.", group="Learning", gt=0,
        le=1, log=True, soft=(1e-3, 0.03),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of videos, first weights and order.",
                      group="Learning")  # fmt: skip
