"""The hidden Markov chain that is emulated: two states, three symbols, what follows what."""

from __future__ import annotations

import numpy as np

STAY = 0.95
"""Chance of keeping the state for a step."""
RARE = 0.01
"""Chance of the middle symbol, which both states give."""
TRANSITION = np.array([[STAY, 1 - STAY], [1 - STAY, STAY]])
EMISSION = np.array([[1 - RARE, RARE, 0.0], [0.0, RARE, 1 - RARE]])
SYMBOLS, STATES = ("1", "2", "3"), ("A", "B")


def sampled(rng: np.random.Generator, n_runs: int, n_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """States and symbols int64[run, step] of a chain that has always been running."""
    moves = rng.random((n_runs, n_steps)) >= STAY
    moves[:, 0] = rng.random(n_runs) < 0.5
    state = moves.cumsum(axis=1) % 2
    rare = rng.random((n_runs, n_steps)) < RARE
    return state, np.where(rare, 1, 2 * state)


def following() -> np.ndarray:
    """float64[symbol, next symbol]: closed form of what symbol follows which."""
    stationary = np.full(2, 0.5)
    joint = EMISSION * stationary[:, None]
    posterior = (joint / joint.sum(axis=0)).T
    return posterior @ TRANSITION @ EMISSION


def changing() -> float:
    """Share of steps at which the symbol is another than before."""
    often = EMISSION.mean(axis=0)
    return float(1.0 - (often * np.diag(following())).sum())


def counted(symbols: np.ndarray) -> np.ndarray:
    """int64[run, symbol, next symbol]: how often each symbol followed each, run by run."""
    n = len(SYMBOLS)
    pair = n * symbols[:, :-1] + symbols[:, 1:]
    run = np.arange(len(symbols))[:, None] * n**2
    return np.bincount((run + pair).ravel(), minlength=len(symbols) * n**2).reshape(-1, n, n)


def shares(counts: np.ndarray) -> np.ndarray:
    """Counts [..., symbol, next symbol] as chances; nan where a symbol never came."""
    total = counts.sum(axis=-1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), np.nan)


def stays(state: np.ndarray) -> np.ndarray:
    """int64[stay]: lengths of all stays that begin and end within a run int64[run, step]."""
    found = []
    for row in state:
        edges = np.flatnonzero(np.diff(row)) + 1
        found.append(np.diff(edges))
    return np.concatenate(found) if found else np.zeros(0, np.int64)
