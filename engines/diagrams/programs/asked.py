"""What a comparison of symbolic features needs."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.diagrams.arms.looks import Plan

N_BITS, N_CLASS_BITS, HIDDEN, BATCH = 8, 3, 24, 32
"""Formulas of a program, those that make classes, units of a layer, pictures of a step."""
SIZES = (20, 100, 400)
"""Pictures to learn from; each divides the last, so that all can be drawn from as many places."""
NONE, PROGRAM, DEALT = "no features", "a program's bits", "bits dealt to other pictures"
ARMS = (NONE, PROGRAM, DEALT)
DIGITS, CLASSES = "digits, share right", "classes, share right"
PLAN = Plan(ARMS, tuple(str(n) for n in SIZES), "pictures to learn from", (DIGITS, CLASSES))


class ProgramsSpec(Spec):
    """Networks that are told what formulas say of a picture."""

    cut: tuple[int, ...] = knob(
        (), label="Bits cut", help="By hand: from 1 to 8, say [1, 2]; these are 0 in the exam.",
        group="Program", max_length=N_BITS,
    )  # fmt: skip
    depth: int = knob(
        2, label="Depth of formulas", help="At most so many and, or, exclusive or, not one in "
        "another.", group="Program", ge=0, le=5,
    )  # fmt: skip
    n_steps: int = knob(
        250, label="Steps", help="By Adam, 32 pictures each.", group="Learning", ge=10, le=5_000,
        log=True, soft=(100, 1_000),
    )  # fmt: skip
    n_nets: int = knob(
        12, label="Programs", help="Each with a network of each kind, and pictures, of its own.",
        group="Learning", ge=2, le=60, soft=(8, 30),
    )  # fmt: skip
    learning_rate: float = knob(
        0.005, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-3, 0.03),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, programs, deals and first weights.",
                      group="Learning")  # fmt: skip

    @model_validator(mode="after")
    def _bits_are_there(self) -> Self:
        wrong = [one for one in self.cut if not 1 <= one <= N_BITS]
        if wrong:
            raise SpecError(f"Bits cut: bits are 1 to {N_BITS}, got {wrong[0]}")
        return self
