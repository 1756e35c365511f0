"""Theorems of swimming where inertia is nothing (Purcell 1977), held against our chain of rods."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.connectome.bodies.circuit import CONSTANT, left_over, unshared
from engines.connectome.bodies.spec import BodySpec
from engines.connectome.bodies.swimming import Swim, speed, swim
from engines.contract import KnownAnswer


def swam(lesion: str = "", *, n_parts: int = 8, **fields: Any) -> tuple[Swim, BodySpec]:
    """The untrained circuit in another body or water."""
    spec = BodySpec(**fields)
    weights = unshared(CONSTANT, spec.n_joints) * left_over(spec.n_joints, lesion)
    return swim(weights, spec, n_cycles=spec.n_cycles, n_parts=n_parts), spec


def farthest(made: Swim) -> float:
    """How far the centre of mass ever was from where it began."""
    return float(np.hypot(*made.states[:, :2].T).max())


def _reciprocal() -> float:
    made, spec = swam(n_joints=1, n_cycles=12)
    ends = made.states[[-1 - spec.period, -1], :2]
    return float(np.hypot(*(ends[1] - ends[0])))


def _parts() -> float:
    runs = [swam(n_parts=parts) for parts in (8, 16)]
    coarse, fine = (speed(made.states, spec) for made, spec in runs)
    return coarse / fine - 1.0


def body_answers() -> tuple[KnownAnswer, ...]:
    """Three zeros that every viscous swimmer must give, and the step of time."""
    scallop = "scallop theorem (Purcell 1977): a reciprocal stroke goes nowhere"
    return (
        KnownAnswer(
            "way where drag is equal in all directions",
            "closed form: the force is then drag times the velocity of the centre, and is zero",
            0.0, 1e-12, lambda: farthest(swam(drag_ratio=1.0)[0]),
        ),
        KnownAnswer("way of one joint in a cycle", scallop, 0.0, 1e-9, _reciprocal),
        KnownAnswer(
            "way without the clock", "closed form: nothing moves a body at rest",
            0.0, 0.0, lambda: farthest(swam("AVB")[0]),
        ),
        KnownAnswer(
            "speed in 8 parts of a step over 16", "limit of the midpoint rule", 0.0, 3e-3, _parts
        ),
    )  # fmt: skip
