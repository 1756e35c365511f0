"""A square of places, four moves and a goal: what follows what, and what a move is worth.

Moves against the wall leave one where one is. Who comes to the goal is paid 1, and it is over.
"""

from __future__ import annotations

import numpy as np

MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))
"""Up, down, left, right as (row, column)."""
N_STEPS = 24
"""Who has not come to the goal after so many moves has nothing."""


def moved(side: int) -> np.ndarray:
    """int64[place, move]: where a move leads; places are numbered row by row."""
    row, column = np.divmod(np.arange(side * side), side)
    ends = [
        np.clip(row + down, 0, side - 1) * side + np.clip(column + right, 0, side - 1)
        for down, right in MOVES
    ]
    return np.stack(ends, axis=1)


def distance(side: int, goal: int) -> np.ndarray:
    """int64[place]: the fewest moves to the goal."""
    row, column = np.divmod(np.arange(side * side), side)
    return np.abs(row - goal // side) + np.abs(column - goal % side)


def chances(side: int) -> np.ndarray:
    """float64[place, place]: where a random move leads."""
    n = side * side
    made = np.zeros((n, n))
    for ends in moved(side).T:
        made[np.arange(n), ends] += 1.0 / len(MOVES)
    return made


def successors(side: int, discount: float) -> np.ndarray:
    """float64[place, place]: the successor representation of a random walk, (I - gamma T)^-1.

    How often each place is come to, visits t moves on counted gamma^t (Dayan 1993).
    """
    return np.linalg.inv(np.eye(side * side) - discount * chances(side))


def apart(codes: np.ndarray) -> np.ndarray:
    """float64[..., place, place]: distances of codes float[..., place, unit]."""
    codes = np.asarray(codes, np.float64)
    square = (codes**2).sum(-1)
    inner = codes @ codes.swapaxes(-1, -2)
    return np.sqrt(np.maximum(square[..., :, None] + square[..., None, :] - 2.0 * inner, 0.0))


def follows(distances: np.ndarray, other: np.ndarray) -> np.ndarray:
    """float64[...]: correlation of distances float64[..., place, place] with other ones.

    0 where all are as far apart from each other.
    """
    upper = np.triu_indices(other.shape[-1], 1)
    a, b = (values[(..., *upper)] for values in (distances, other))
    a, b = (values - values.mean(-1, keepdims=True) for values in (a, b))
    size = np.sqrt((a**2).sum(-1) * (b**2).sum(-1))
    return np.where(size > 1e-9, (a * b).sum(-1) / np.maximum(size, 1e-9), 0.0)


def shares(choice: np.ndarray, side: int, goal: int, discount: float) -> np.ndarray:
    """float64[...]: the return of moves int64[..., place] over the best, mean over starts.

    From a place d moves away that is gamma^(t - d) for who comes after t moves, and 0 for who
    does not within `N_STEPS`.
    """
    far = distance(side, goal)
    after = np.take_along_axis(np.broadcast_to(moved(side), (*choice.shape, len(MOVES))),
                               choice[..., None], axis=-1)[..., 0]  # fmt: skip
    at = np.broadcast_to(np.arange(side * side), choice.shape)
    came, share = at == goal, np.zeros(choice.shape)
    for t in range(1, N_STEPS + 1):
        at = np.take_along_axis(after, at, axis=-1)
        now = (at == goal) & ~came
        share[now] = np.broadcast_to(discount ** (t - far), choice.shape)[now]
        came = came | now
    return share[..., far > 0].mean(axis=-1)


def worth(side: int, goal: int, discount: float) -> np.ndarray:
    """float64[place, move]: what moves are worth, by Q iteration until nothing changes."""
    ends = moved(side)
    values = np.zeros(ends.shape)
    while True:
        new = np.where(ends == goal, 1.0, discount * values[ends].max(axis=2))
        if np.array_equal(new, values):
            return values
        values = new
