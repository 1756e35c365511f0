"""What a comparison of ways to leave out keys needs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.diagrams.arms.looks import Plan

BATCH, SIDE, N_KEYS = 32, 4, 16
"""Examples of a step; patches of two by two pixels in a row, and in a picture."""
N_DRAWS, TAIL = 8, 0.1
"""Draws that vote, and the last part of the steps in which all keys may come back."""
WHOLE, DRAWN = "all keys", "keys drawn"
BACK, DROPPED = "drawn, all at last", "weights dropped"
ARMS = (WHOLE, DRAWN, BACK, DROPPED)
EVERY, ONE, EIGHT = "all keys", "one draw", "eight draws"
EXAMS = (EVERY, ONE, EIGHT)
RIGHT = "share right"
PLAN = Plan(ARMS, EXAMS, "in the exam", (RIGHT,), opens=0)


class KeysSpec(Spec):
    """Small transformers that read digits in sixteen patches and learn from some of the keys."""

    n_drawn: Literal[2, 4, 8] = knob(
        4, label="Keys drawn", help="Of the sixteen patches, in every layer anew; weights are "
        "dropped at the same rate.", group="Keys",
    )  # fmt: skip
    draw: Literal["for each picture", "for all of a step"] = knob(
        "for each picture", label="Draw", help="Whether all pictures of a network's step share "
        "their keys.", group="Keys",
    )  # fmt: skip
    never: tuple[int, ...] = knob(
        (), label="Never a key", help="Patches, from 1 row by row to 16, that nobody attends to in "
        "the exam, by hand, say [6, 7]; others are drawn in their place.", group="Keys",
        max_length=14,
    )  # fmt: skip
    n_layers: int = knob(
        1, label="Layers", help="Of attention and two maps each.", group="Networks", ge=1, le=4,
    )  # fmt: skip
    n_heads: int = knob(
        2, label="Heads", help="Of width 8 each.", group="Networks", ge=1, le=8,
    )  # fmt: skip
    n_steps: int = knob(
        150, label="Steps", help="By Adam, 32 pictures each.", group="Learning", ge=20, le=5_000,
        log=True, soft=(100, 1_000),
    )  # fmt: skip
    n_nets: int = knob(
        4, label="Networks", help="Of each kind; each has first weights and an order of pictures "
        "of its own.", group="Learning", ge=2, le=20, soft=(4, 10),
    )  # fmt: skip
    learning_rate: float = knob(
        0.005, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.03),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights, order and draws.",
                      group="Learning")  # fmt: skip

    @model_validator(mode="after")
    def _keys_are_there(self) -> Self:
        wrong = [one for one in self.never if not 1 <= one <= N_KEYS]
        if wrong:
            raise SpecError(f"Never a key: patches are 1 to {N_KEYS}, got {wrong[0]}")
        if len(set(self.never)) > N_KEYS - self.n_drawn:
            raise SpecError(f"Never a key: {self.n_drawn} of {N_KEYS} patches are drawn and must "
                            f"be there; name at most {N_KEYS - self.n_drawn}")  # fmt: skip
        return self

    @property
    def width(self) -> int:
        """Numbers of a patch within the network."""
        return 8 * self.n_heads
