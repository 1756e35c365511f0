"""Blocks whose functions are set by hand: what they compute is known, step by step."""

from __future__ import annotations

import numpy as np


def gathered(
    message: np.ndarray, receiver: np.ndarray, n: int, how: np.ufunc, empty: float
) -> np.ndarray:
    """What every node makes of the messages[edge, ...] it receives; ``empty`` where none came."""
    made = np.full((n, *message.shape[1:]), empty)
    how.at(made, receiver, message)
    return made


def bellman_ford(
    edges: np.ndarray, length: np.ndarray, n: int, start: int, n_steps: int
) -> np.ndarray:
    """float64[step, node]: distances from the start after 0, 1 ... steps of a block.

    The message of an edge is the sender's distance and its own length; a node keeps the least of
    what it hears and has. After n - 1 steps it is the shortest distance (Bellman 1958; Ford 1956).
    """
    far = np.full(n, np.inf)
    far[start] = 0.0
    every = [far]
    for _ in range(n_steps):
        heard = gathered(far[edges[:, 0]] + length, edges[:, 1], n, np.minimum, np.inf)
        far = np.minimum(far, heard)
        every.append(far)
    return np.array(every)


def summed(edges: np.ndarray, weight: np.ndarray, x: np.ndarray, n_steps: int) -> np.ndarray:
    """float64[node] after so many steps in which a node is the sum of weighted messages.

    With maps that change nothing this is the matrix of weights to the power of the steps.
    """
    for _ in range(n_steps):
        x = gathered(weight * x[edges[:, 0]], edges[:, 1], len(x), np.add, 0.0)
    return x
