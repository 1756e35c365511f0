"""What a comparison of functions on edges with perceptrons needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

KanTask = Literal[
    "exp(sin(pi x) + y²)", "x y", "sin(8 x) cos(5 y)", "x z² / (y + 1.5)", "digits"
]  # fmt: skip
SPLINES, GAUSSIANS, NO_SPLINES = "KAN, splines", "KAN, Gaussians", "KAN without splines"
ONE, TWO = "MLP, one layer", "MLP, two layers"
RECURSION = "KAN, splines by recursion"
N_BASES, ORDER, N_INTERVALS = 8, 3, 5
"""Bases of an edge: cubic B-splines on five intervals from -1 to 1."""


class KanSpec(Spec):
    """Networks of about equal parameters that learn one task from the same examples."""

    task: KanTask = knob(
        "exp(sin(pi x) + y²)",
        label="Task",
        help="A formula on coordinates from -1 to 1, 1,000 points to learn from and 1,000 in the "
        "exam; or pictures of digits of 8 x 8 pixels.",
        group="Task",
    )
    n_hidden: int = knob(
        5,
        label="Hidden sums",
        help="Of the network with functions on edges; perceptrons are sized to as many parameters.",
        group="Network",
        ge=1,
        le=32,
        soft=(1, 12),
    )
    recursion: bool = knob(
        False,
        label="Recursion too",
        help="One entrant more: the same splines computed as published, by recursion over order "
        "and for all bases, to see what that costs.",
        group="Network",
    )
    n_steps: int = knob(
        800, label="Steps", help="Changes of the weights, by Adam.", group="Learning", ge=50,
        le=20_000, log=True, soft=(100, 5_000),
    )  # fmt: skip
    n_nets: int = knob(
        10, label="Networks", help="Per entrant; each has first weights of its own.",
        group="Learning", ge=2, le=50, soft=(3, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.01, label="Learning rate", help="Of all entrants.", group="Learning", gt=0, le=1,
        log=True, soft=(1e-3, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data and first weights.", group="Learning")

    @property
    def names(self) -> tuple[str, ...]:
        """Who is compared, in the order of the colours."""
        more = (RECURSION,) if self.recursion else ()
        return (SPLINES, GAUSSIANS, ONE, TWO, NO_SPLINES, *more)

    @property
    def classifies(self) -> bool:
        """Whether answers are classes, else numbers."""
        return self.task == "digits"
