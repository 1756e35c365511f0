"""Between swaps and positions of the clock, whatever the clock counts; as the browser does it."""

from __future__ import annotations

from engines.sorting.model import Trajectory

PERCENT_LENGTH = 1000
"""Positions of a clock that lets every array take equally long."""


def step_at(trajectory: Trajectory, position: int, unit: str) -> int:
    """Swaps done when the clock stands at a position."""
    match unit:
        case "activation":
            return int(trajectory.activation.searchsorted(position, side="right"))
        case "percent":
            return position * trajectory.n_steps // PERCENT_LENGTH
        case _:
            return min(position, trajectory.n_steps)


def position_of(trajectory: Trajectory, step: int, unit: str) -> int:
    """The first position of the clock at which this many swaps are done."""
    match unit:
        case "activation":
            return int(trajectory.activation[step - 1]) if step else 0
        case "percent":
            return -(-step * PERCENT_LENGTH // max(1, trajectory.n_steps))
        case _:
            return step
