"""What least squares and the local rule come to in closed form, and when least squares turn."""

from __future__ import annotations

import numpy as np

from engines.connectome.memory.expecting import bump
from engines.connectome.memory.online import RIDGE, Squares, local
from engines.connectome.memory.readout import read, readout
from engines.contract import KnownAnswer


def _trials(n_trials: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """States float64[trial, step, unit] with a constant, and what is wanted."""
    rng = np.random.Generator(np.random.Philox(5))
    states = rng.standard_normal((n_trials, 12, 8))
    states[..., -1] = 1.0
    return states, rng.standard_normal((n_trials, 12, 2))


def learnt(keeps: float = 1.0) -> np.ndarray:
    """float64[unit, output] after all trials."""
    states, wanted = _trials()
    squares = Squares(states.shape[2], wanted.shape[2], keeps)
    for x, y in zip(states, wanted, strict=True):
        squares.learn(x, y)
    return squares.weights


def off_from_ridge(keeps: float = 0.9) -> float:
    """Largest difference from the normal equations with every trial weighed by its age."""
    states, wanted = _trials()
    age = np.arange(len(states))[::-1]
    weigh = keeps ** age[:, None, None]
    x, y = states.reshape(-1, states.shape[2]), wanted.reshape(-1, wanted.shape[2])
    by = (weigh * states).reshape(x.shape)
    ridge = RIDGE * keeps ** len(states) * np.eye(x.shape[1])
    return float(np.abs(learnt(keeps) - np.linalg.solve(by.T @ x + ridge, by.T @ y)).max())


def off_from_readout() -> float:
    """Largest difference from what the readout fitted to all trials at once says, over its size."""
    states, wanted = _trials()
    x, y = states.reshape(-1, states.shape[2]), wanted.reshape(-1, wanted.shape[2])
    once = read(x[:, :-1], readout(x[:, :-1], y, 1e-6))
    return float(np.abs(x @ learnt() - once).max() / np.abs(once).max())


def left_of_error(rate: float = 0.3, n: int = 5) -> float:
    """Share of an error that is left when one state came ``n`` times."""
    state = np.array([[0.5, -1.0, 2.0]])
    found = local(np.zeros((3, 1)), np.repeat(state, n, axis=0), np.ones((n, 1)), rate)
    return float(1.0 - (state @ found)[0, 0])


def turns_after(n_before: int = 7) -> float:
    """The trial after a switch in which least squares first expect the new time more.

    The same states in each trial, one unit for each step, so nothing but counts decides.
    """
    states = np.eye(60)
    squares = Squares(60, 1)
    for _ in range(n_before):
        squares.learn(states, bump(15)[:, None])
    for k in range(1, 4 * n_before):
        squares.learn(states, bump(45)[:, None])
        if squares.weights[45, 0] > squares.weights[15, 0]:
            return float(k)
    return np.inf


def expecting_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms."""
    return (
        KnownAnswer("least squares trial by trial, less the weighted normal equations",
                    "closed form: Woodbury 1950", 0.0, 1e-10, off_from_ridge),
        KnownAnswer("the same without forgetting, less a readout fitted to all at once",
                    "the readout of reservoirs, in which a constant is free", 0.0, 2e-3,
                    off_from_readout),
        KnownAnswer("an error after five times one state at a rate of 0.3",
                    "closed form: 0.7 to the fifth power", 0.7**5, 1e-12, left_of_error),
        KnownAnswer("trials until least squares turn, after seven trials",
                    "closed form: a mean turns when the new are more than the old", 8.0, 0.0,
                    turns_after),
    )  # fmt: skip
