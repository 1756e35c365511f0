"""Which digit it was, told from counts of spikes by a line for each digit."""

from __future__ import annotations

import numpy as np

RIDGES = (1.0, 10.0, 100.0, 1_000.0)
"""Of which the one that tells most of what nobody learnt from is kept."""
N_DIGITS = 10


def lines(count: np.ndarray, digit: np.ndarray, ridge: float) -> np.ndarray:
    """float64[unit + 1, digit]: ridge lines to 1 for the digit and 0 for others.

    Args:
        count: float64[picture, unit]; units that always fire alike say nothing.
        digit: int64[picture].
        ridge: in pictures, of units that all vary by 1.
    """
    middle, spread = count.mean(axis=0), count.std(axis=0)
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0.0)
    x = (count - middle) * scale
    wanted = np.eye(N_DIGITS)[digit]
    mean = wanted.mean(axis=0)
    gram = x.T @ x + ridge * np.eye(x.shape[1])
    slope = scale[:, None] * np.linalg.solve(gram, x.T @ (wanted - mean))
    return np.concatenate([slope, (mean - middle @ slope)[None]])


def right(count: np.ndarray, digit: np.ndarray, line: np.ndarray) -> float:
    """Share of pictures whose digit has the highest line."""
    return float(((count @ line[:-1] + line[-1]).argmax(axis=1) == digit).mean())


def best_lines(count: np.ndarray, digit: np.ndarray, n_learnt: int) -> tuple[float, np.ndarray]:
    """Share right of the pictures after the first ``n_learnt``, and lines from the first ones.

    The ridge is chosen by that share.
    """
    learnt, chosen = slice(0, n_learnt), slice(n_learnt, None)
    made = [lines(count[learnt], digit[learnt], ridge) for ridge in RIDGES]
    share = [right(count[chosen], digit[chosen], one) for one in made]
    best = int(np.argmax(share))
    return share[best], made[best]
