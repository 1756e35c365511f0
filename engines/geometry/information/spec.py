"""Which networks learn, and how finely their layers are read."""

from __future__ import annotations

from engines.contract import Seed, Spec, SpecError, knob

N_BITS = 12
WIDTHS = (N_BITS, 10, 7, 5, 4, 3, 2)
HIDDEN = tuple(f"layer {k + 1} ({width} units)" for k, width in enumerate(WIDTHS[1:-1]))
LAST = len(HIDDEN) - 1
"""The last hidden layer."""
ESTIMATORS = (
    "bins on [-1, 1]",
    "bins on the run's range",
    "bins of equal mass",
    "kernels, width by spread",
    "no bins",
)
FIXED, RANGE, MASS, KERNELS, EXACT = range(len(ESTIMATORS))
ARMS = ("tanh", "ReLU", "ReLU, weight decay", "tanh, random labels")
TANH, RELU, DECAY, RANDOM = range(len(ARMS))
COMPRESSED = 0.5
"""A fall of I(T; X) from its maximum by more bits than this is called compression."""


class InformationSpec(Spec):
    """Networks 12-10-7-5-4-3-2 that learn a rule of twelve bits, and how their layers are read."""

    n_bins: int = knob(
        30, label="Bins", help="Of every unit, for the three estimators that bin; the fewer, the "
        "coarser the reading.", group="Estimators", ge=2, le=200, soft=(5, 100), log=True,
    )  # fmt: skip
    width: float = knob(
        0.1, label="Kernel", help="Noise that the kernels stand for, as a share of the standard "
        "deviation of the layer's values at that moment.", group="Estimators", gt=0, le=2,
        soft=(0.02, 0.5), log=True,
    )  # fmt: skip
    weight_decay: float = knob(
        1e-3, label="Weight decay", help="L2 pull in the third group of networks.",
        group="Networks", ge=0, le=0.1, soft=(0, 0.01), step=1e-4,
    )  # fmt: skip
    n_seeds: int = knob(
        8, label="Seeds", help="Networks of each group; the same first weights in all groups.",
        group="Networks", ge=3, le=24, soft=(4, 16),
    )  # fmt: skip
    n_steps: int = knob(
        800, label="Steps", help="Of Adam, on batches of 256 words.", group="Networks", ge=50,
        le=20_000, soft=(200, 5_000), log=True,
    )  # fmt: skip
    learning_rate: float = knob(
        2e-3, label="Learning rate", help="Of Adam.", group="Networks", gt=0, le=0.1,
        soft=(5e-4, 1e-2), log=True,
    )  # fmt: skip
    n_moments: int = knob(
        9, label="Moments", help="At which layers are read, spaced by the logarithm of the step.",
        group="Networks", ge=4, le=40, soft=(6, 20),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of rule, words and first weights.", group="Networks")

    def model_post_init(self, _context: object) -> None:
        """A run must end within minutes."""
        work = self.n_seeds * (self.n_steps + 100 * self.n_moments)
        if work > 300_000:
            raise SpecError(
                f"{self.n_seeds} seeds, {self.n_steps:,} steps and {self.n_moments} moments take "
                "longer than a page should; take fewer of one of them"
            )
