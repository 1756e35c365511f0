"""What a comparison of ways to solve Poisson's equation needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

Edge = Literal["held at 0", "periodic"]
N_INTERVALS = 32
N_LEVELS, N_CYCLES = 4, 2
N_SWEEPS, N_CHANNELS, N_WAVES = 16, 3, 8
"""Of who has no coarse grid, of convolutions, of waves: sized to about 288 parameters each."""
CYCLES, FLAT, CNN, WAVES = "V-cycles", "without coarse grids", "convolutions", "waves (FNO)"
FIXED = "multigrid, nothing learnt"
LEARN = (CYCLES, FLAT, CNN, WAVES)
ARMS = (*LEARN, FIXED)
BANDS = {"waves 1 to 4": (1, 4), "waves 5 to 12": (5, 12)}
RATES = {CYCLES: 0.01, FLAT: 0.03, CNN: 0.03, WAVES: 0.3}
"""Of 0.003, 0.01, 0.03, 0.1, 0.3 and 1 the one with the least error for waves 1 to 4: six networks,
80 steps, held at 0, on fields of seed 1000."""
ERROR = "error, relative"
PLAN = Plan(ARMS, tuple(BANDS), "right sides made of", (ERROR,), opens=0)
N_LEARNT, N_EXAM, BATCH = 128, 24, 8
"""Fields of each band to learn from and in the exam; fields a step."""


class MultigridSpec(Spec):
    """Networks of as many parameters that learn to solve Poisson's equation on a square."""

    edge: Edge = knob(
        "held at 0", label="Edge", help="What the solution does there: it is 0, or goes on at the "
        "other side.", group="Equation",
    )  # fmt: skip
    n_steps: int = knob(
        80, label="Steps", help="Changes of the weights, by Adam, 8 fields each.",
        group="Learning", ge=10, le=20_000, log=True, soft=(100, 5_000),
    )  # fmt: skip
    n_nets: int = knob(
        10, label="Networks", help="Of each kind; each has first weights and an order of fields of "
        "its own.", group="Learning", ge=2, le=20, soft=(3, 10),
    )  # fmt: skip
    rate_factor: float = knob(
        1.0, label="Learning rate, times", help="Of what was best for each kind on other fields: "
        "0.01 to 0.3.", group="Learning", ge=0.01, le=10, log=True, soft=(0.1, 3),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of fields, first weights and order.",
                      group="Learning")  # fmt: skip

    @property
    def periodic(self) -> bool:
        """Whether the square is closed to a torus."""
        return self.edge == "periodic"
