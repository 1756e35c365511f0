"""What a comparison of field-to-field networks over grids needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob

FOURIER, PLAIN, DILATED = "Fourier operator", "Convolution", "Convolution, dilated"
ARMS = (FOURIER, PLAIN, DILATED)
GRIDS = (32, 64, 128, 256)
TRAINED = 64
"""Points of the only grid that is learnt from."""
WIDTH, KERNEL = 16, 15
N_FOURIER, N_CONVOLUTIONS = 3, 5
"""Layers: with 12 modes both networks have about 19,300 parameters."""
BATCH = 20
N_EXAM = 100
END_TIME = 0.4


class OperatorSpec(Spec):
    """Fields of Burgers' equation at a start, and what becomes of them, learnt at 64 points."""

    viscosity: float = knob(
        0.02, label="Viscosity", help="The less, the steeper the fronts at time 0.4 (period 1).",
        group="Equation", ge=0.01, le=0.2, log=True,
    )  # fmt: skip
    n_fields: int = knob(
        500, label="Fields", help="To learn from; 100 others are in the exam.", group="Equation",
        ge=20, le=2_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    n_modes: int = knob(
        12, label="Modes", help="Waves that a layer of the Fourier operator mixes, the constant "
        "one counted.", group="Network", ge=2, le=16,
    )  # fmt: skip
    n_steps: int = knob(
        200, label="Steps", help="Changes of the weights, by Adam, 20 fields each.",
        group="Learning", ge=50, le=10_000, log=True, soft=(100, 3_000),
    )  # fmt: skip
    n_nets: int = knob(
        4, label="Networks", help="Of each kind; each has first weights and an order of fields of "
        "its own.", group="Learning", ge=2, le=20, soft=(3, 10),
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of both kinds.", group="Learning", gt=0, le=1,
        log=True, soft=(1e-4, 0.03),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of fields, first weights and order.",
                      group="Learning")  # fmt: skip
