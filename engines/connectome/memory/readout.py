"""What a line drawn through a network's states knows of its input: memory and NARMA-10.

Jaeger 2001, Short term memory in echo state networks; Atiya & Parlos 2000 for NARMA.
"""

from __future__ import annotations

import numpy as np

WASHED = 200
"""Steps in which the state forgets where it began."""
N_TRAIN, N_TEST = 2_000, 1_200
N_STEPS = WASHED + N_TRAIN + N_TEST
NOISE = 1e-4
"""With which a readout is made to reckon, in mean deviations of a unit."""


def readout(states: np.ndarray, wanted: np.ndarray, noise: float = NOISE) -> np.ndarray:
    """Weights float64[unit + 1, output] of the ridge line from states and a constant.

    The ridge is that of least squares where every unit is read with noise of its own (Bishop 1995):
    so strong that differences smaller than the noise are not leaned on, at any scale of the states.

    Args:
        states: float64[step, unit].
        wanted: float64[step, output].
        noise: its deviation over that of a unit, in the root mean square over units; above 0.
    """
    middle, mean = states.mean(axis=0), wanted.mean(axis=0)
    x = states - middle
    gram = x.T @ x
    ridge = noise**2 * np.trace(gram) / len(gram)
    weights = np.zeros((len(gram), wanted.shape[1]))
    if ridge > 0.0:
        weights = np.linalg.solve(gram + ridge * np.eye(len(gram)), x.T @ (wanted - mean))
    return np.concatenate([weights, (mean - middle @ weights)[None]])


def read(states: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float64[..., output] that a readout says of states [..., unit]."""
    return states @ weights[:-1] + weights[-1]


def delayed(drive: np.ndarray, n_delays: int, steps: slice) -> np.ndarray:
    """float64[step, delay]: the input 1 to ``n_delays`` steps before each of ``steps``."""
    at = np.arange(len(drive))[steps]
    return drive[at[:, None] - np.arange(1, n_delays + 1)]


def squared_correlation(said: np.ndarray, true: np.ndarray) -> np.ndarray:
    """float64[output] of r squared; 0 where one of the two is constant."""
    a, b = said - said.mean(axis=0), true - true.mean(axis=0)
    size = (a**2).sum(axis=0) * (b**2).sum(axis=0)
    return np.where(size > 0, (a * b).sum(axis=0) ** 2 / np.where(size > 0, size, 1.0), 0.0)


def remembered(
    states: np.ndarray, drive: np.ndarray, n_delays: int, noise: float = NOISE
) -> np.ndarray:
    """float64[delay]: how well each earlier input is known on steps no readout was fitted to.

    Their sum is the memory capacity, at most the number of units (Jaeger 2001).

    Args:
        states: float64[step, unit] of all `N_STEPS`.
        drive: float64[step] of independent input.
        n_delays: at most `WASHED`.
        noise: as in `readout`.
    """
    train, test = slice(WASHED, WASHED + N_TRAIN), slice(WASHED + N_TRAIN, N_STEPS)
    weights = readout(states[train], delayed(drive, n_delays, train), noise)
    return squared_correlation(read(states[test], weights), delayed(drive, n_delays, test))


def narma10(drive: np.ndarray) -> np.ndarray:
    """float64[step] of the tenth-order system of Atiya & Parlos 2000, eq. 86.

    ``drive`` lies in 0 to 0.5.
    """
    y = np.zeros(len(drive))
    for t in range(9, len(drive) - 1):
        kept = 0.3 * y[t] + 0.05 * y[t] * y[t - 9 : t + 1].sum()
        y[t + 1] = kept + 1.5 * drive[t - 9] * drive[t] + 0.1
    return y


def narma_error(states: np.ndarray, wanted: np.ndarray) -> float:
    """Root mean square error over the standard deviation of what is wanted; 1 knows nothing."""
    train, test = slice(WASHED, WASHED + N_TRAIN), slice(WASHED + N_TRAIN, N_STEPS)
    weights = readout(states[train], wanted[train, None])
    off = read(states[test], weights)[:, 0] - wanted[test]
    return float(np.sqrt((off**2).mean() / wanted[test].var()))
