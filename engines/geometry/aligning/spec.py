"""Which networks, where they are read, and how far a map may bend."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

WIDTH = 64
"""Units of each hidden layer."""
N_NUMBERS = 4
"""Of a symbol."""


class AlignmentSpec(Spec):
    """Networks that say whether two pairs of symbols are alike in being equal."""

    place: Literal["after layer 1", "after layer 2"] = knob(
        "after layer 1", label="Read", help="Where the variable is looked for and put.",
        group="Map",
    )  # fmt: skip
    n_blocks: int = knob(
        2, label="Blocks", help="Of the map that bends: each adds to one half of the numbers a "
        "function of the other, and back.", group="Map", ge=1, le=16, soft=(1, 8),
    )  # fmt: skip
    n_taken: int = knob(
        WIDTH // 2, label="Numbers taken", help="Of those that the map makes, from the source.",
        group="Map", ge=1, le=WIDTH - 1, soft=(1, 48),
    )  # fmt: skip
    n_steps: int = knob(
        500, label="Steps of the map", help="Of Adam on 128 pairs of base and source.", group="Map",
        ge=1, le=20_000, soft=(100, 4_000),
    )  # fmt: skip
    n_symbols: int = knob(
        8, label="Symbols", help="As random vectors of 4 numbers, one alphabet for all networks; a "
        "quarter of all ordered pairs is held out from networks and maps.", group="Networks", ge=4,
        le=256, soft=(8, 64),
    )  # fmt: skip
    n_learnt: int = knob(
        800, label="Steps of the network", help="Of Adam at 0.003 on 128 examples.",
        group="Networks", ge=0, le=20_000, soft=(100, 3_000),
    )  # fmt: skip
    n_seeds: int = knob(
        4, label="Seeds", help="Networks, each beside its own first weights; intervals are over "
        "these.", group="Networks", ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of symbols, networks, maps and pairs.",
                      group="Networks")  # fmt: skip

    @property
    def depth(self) -> int:
        """Hidden layers before the place that is read."""
        return 1 if self.place == "after layer 1" else 2
