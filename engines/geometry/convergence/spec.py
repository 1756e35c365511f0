"""Which networks are held against each other, and how finely."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob

WIDTHS = (64, 64, 64, 10)
LAYERS = ("layer 1", "layer 2")
KINDS = ("trained", "not trained", "stimuli dealt anew")
TRAINED, RANDOM, DEALT = range(len(KINDS))
FIRSTS = ("first layers trained", "first layers not trained", "stitch fitted to dealt digits",
          "no first layers: pixels")  # fmt: skip
PIXELS = len(KINDS)
"""What stands before a stitch, in the order of `KINDS`, and pixels."""
PENALTIES = (0.3, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Of the lasso, on units of variance 1."""
FEW = 12
"""Units that a sparse prediction may use."""


class ConvergentSpec(Spec):
    """Networks 64-64-64-10 that read digits from different first weights."""

    n_networks: int = knob(
        5, label="Networks", help="Every one is held against every other; intervals leave one out.",
        group="Networks", ge=3, le=10, soft=(3, 8),
    )  # fmt: skip
    n_learning: int = knob(
        600, label="Learning", help="Steps of Adam on batches of 64.", unit="steps",
        group="Networks", ge=10, le=5_000, soft=(100, 2_000),
    )  # fmt: skip
    learning_rate: float = knob(
        3e-3, label="Learning rate", help="Of Adam.", group="Networks", gt=0, le=0.1,
        soft=(3e-4, 1e-2), log=True,
    )  # fmt: skip
    n_groups: int = knob(
        8, label="Groups", help="Into which spectral clustering parts the units of two networks.",
        group="Reading", ge=2, le=24, soft=(2, 16),
    )  # fmt: skip
    layer: int = knob(
        2, label="Layer", help="Hidden layer that is drawn; both are measured.", group="Reading",
        ge=1, le=len(LAYERS),
    )  # fmt: skip
    shown: int = knob(
        1, label="Pair", help="Pair of units whose stimuli are drawn, best matched first.",
        group="Reading", ge=1, le=64,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of weights, digits and controls.", group="Networks")
