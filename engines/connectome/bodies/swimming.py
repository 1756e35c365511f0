"""One swim from rest, and how fast it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.bodies.spec import BodySpec
from engines.contract import ExplorerError

N_PARTS = 8
"""Parts of a step; 16 give the same speed to 0.3 %."""
STIFFNESS, DAMPING = 1.0, 0.05
N_MEASURED = 5
"""Cycles over which speed is measured, from rest."""
NO_HAND = np.array([-1.0, 0.0, 0.0, 0.0])


@dataclass(frozen=True, eq=False)
class Swim:
    """A body through time: float64[step + 1, 3 + joint] and float64[step, joint, side, 2]."""

    states: np.ndarray
    """Centre x, centre y, heading of the first rod, joint angles."""
    cells: np.ndarray
    """B neurons and muscles, dorsal and ventral."""


def water(spec: BodySpec) -> np.ndarray:
    """float64[4]: drag along (1) and across a rod, stiffness and damping of a joint."""
    return np.array([1.0, spec.drag_ratio, STIFFNESS, DAMPING])


def swim(
    weights: np.ndarray,
    spec: BodySpec,
    *,
    n_cycles: int = 0,
    hand: np.ndarray = NO_HAND,
    n_parts: int = N_PARTS,
) -> Swim:
    """The circuit with these weights swims.

    Args:
        weights: float64[joint, side, 3].
        spec: body, water and clock.
        n_cycles: how long; as the spec says when 0.
        hand: float64[4]: joint, first and last step and torque of a push.
        n_parts: parts of a step.

    Raises:
        ExplorerError: numbers that are not finite even with twice as many parts.
    """
    from engines.connectome.kernels.body import swum

    n_steps = (n_cycles or spec.n_cycles) * spec.period
    for parts in (n_parts, 2 * n_parts):
        states = np.zeros((n_steps + 1, spec.n_joints + 3))
        cells = np.zeros((n_steps, spec.n_joints, 2, 2))
        swum(weights, water(spec), hand, spec.gain, spec.period, parts, states, cells)
        if np.isfinite(states).all() and np.abs(states[:, 3:]).max() < np.pi:
            return Swim(states, cells)
    raise ExplorerError(
        "the body bent by more than half a turn in one joint and was stopped; use a weaker muscle "
        "or more drag"
    )


def speed(states: np.ndarray, spec: BodySpec, n_cycles: int = N_MEASURED) -> float:
    """Body lengths per cycle, from rest over ``n_cycles``; positive where the head leads.

    Args:
        states: float64[step + 1, 3 + joint].
        spec: body and clock.
        n_cycles: over how many.
    """
    run = states[: n_cycles * spec.period + 1]
    way = run[-1, :2] - run[0, :2]
    heading = -axes(run).sum(axis=0)
    forward = way @ heading / max(float(np.hypot(*heading)), 1e-12)
    sign = 1.0 if forward >= 0 else -1.0
    return sign * float(np.hypot(*way)) / (n_cycles * (spec.n_joints + 1))


def axes(states: np.ndarray) -> np.ndarray:
    """float64[step, 2]: from the head's end to the tail's, the sum of all rods."""
    angle = rod_angles(states)
    return np.stack([np.cos(angle).sum(axis=1), np.sin(angle).sum(axis=1)], axis=1)


def rod_angles(states: np.ndarray) -> np.ndarray:
    """float64[step, joint + 1]."""
    return np.cumsum(states[:, 2:], axis=1)


def points(states: np.ndarray) -> np.ndarray:
    """float64[step, joint + 2, 2]: the ends of all rods, head first."""
    angle = rod_angles(states)
    rods = np.stack([np.cos(angle), np.sin(angle)], axis=2)
    ends = np.concatenate([np.zeros((len(states), 1, 2)), np.cumsum(rods, axis=1)], axis=1)
    middle = 0.5 * (ends[:, 1:] + ends[:, :-1]).mean(axis=1, keepdims=True)
    return ends - middle + states[:, None, :2]
