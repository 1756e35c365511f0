"""What a comparison of a chosen basis with fixed ones needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob
from engines.diagrams.arms.looks import Plan

TASKS = (
    "exp(sin(pi x) + y²)", "x y", "sin(8 x) cos(5 y)", "x / (y + 1.5)", "|x - y|",
    "exp(-10 (x² + y²))", "tanh(10 (x + y))",
)  # fmt: skip
N_LEARNT, N_KNOWN, N_EXAM, BATCH = 1_000, 500, 500, 64
"""Points to learn from, points by which a basis is chosen, points of the exam; points a step."""
FIXED = ("splines", "Gaussians", "Chebyshev", "waves", "wavelets")
GATE, ALL, BEST = "chosen by a gate", "all five, no gate", "best one on validation"
ARMS = (GATE, BEST, ALL, *FIXED)
RATES = {GATE: 0.03, ALL: 0.01, "splines": 0.1, "Gaussians": 0.03, "Chebyshev": 0.03, "waves": 0.03,
         "wavelets": 0.1}  # fmt: skip
"""Of 0.003, 0.01, 0.03 and 0.1 the one with the least mean logarithm of the error on the points of
validation: four networks, 200 steps, seed 1000."""
ERROR = "error / spread of the target"
PLAN = Plan(ARMS, TASKS, "formula", (ERROR,), opens=2)


class ChoosingSpec(Spec):
    """Networks with functions on edges that learn seven formulas, by one basis or by a choice."""

    n_hidden: int = knob(
        4, label="Hidden sums", help="Of every network.", group="Network", ge=1, le=16,
        soft=(2, 8),
    )  # fmt: skip
    n_steps: int = knob(
        200, label="Steps", help="Changes of the weights, by Adam, 64 points each; after half of "
        "them every node keeps the basis that its gate weighs most.", group="Learning", ge=50,
        le=20_000, log=True, soft=(100, 5_000),
    )  # fmt: skip
    n_nets: int = knob(
        4, label="Networks", help="Of each kind and formula; each has first weights and an order "
        "of points of its own.", group="Learning", ge=2, le=30, soft=(3, 10),
    )  # fmt: skip
    rate_factor: float = knob(
        1.0, label="Learning rate, times", help="Of what was best for each kind on validation: "
        "0.01 to 0.1.", group="Learning", ge=0.01, le=10, log=True, soft=(0.1, 3),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of points, first weights and order.",
                      group="Learning")  # fmt: skip
