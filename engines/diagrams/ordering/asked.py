"""What a look at partial orders needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob


class PosetSpec(Spec):
    """A number of points, and inputs for the filter that every order of them makes."""

    n_points: int = knob(
        4, label="Points", help="That are put in order; of five there are 4,231 orders.",
        group="Orders", ge=2, le=5,
    )  # fmt: skip
    n_inputs: int = knob(
        20_000, label="Inputs", help="Random numbers, as many as there are points each, that every "
        "filter is given.", group="Filters", ge=100, le=200_000, log=True,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of the inputs.", group="Filters")
