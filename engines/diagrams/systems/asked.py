"""What a run of wired boxes needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob
from engines.diagrams.systems.library import HARES

N_TIMES = 601
TEXT_MAX = 20_000


class SystemsSpec(Spec):
    """A text of boxes and systems, the wires that are cut, and for how long it runs."""

    text: str = knob(
        HARES, label="Text", help="Boxes with their equations, and systems with their wires.",
        widget="hidden", max_length=TEXT_MAX,
    )  # fmt: skip
    cut: tuple[str, ...] = knob(
        (), label="Cut wires", help="By the ports that they feed, say f.food: they then bring 0.",
        widget="hidden", max_length=200,
    )  # fmt: skip
    duration: float = knob(
        40.0, label="Duration", help="In the time of the equations.", group="Run", gt=0, le=10_000,
        log=True, soft=(1, 200),
    )  # fmt: skip
    n_wirings: int = knob(
        500, label="Random wirings", help="By which the laws of substitution are asked.",
        group="Laws", ge=10, le=20_000, log=True, soft=(50, 2_000),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of the random wirings.", group="Laws")
