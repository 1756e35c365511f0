"""What deep kernels answer, and the three classifiers that they are said to become."""

from __future__ import annotations

import numpy as np

from engines.geometry.infinite_depth.kernels import MAJORITY, NEAREST, SINGULAR, Tabled

LIMITS = {NEAREST: "nearest neighbour", MAJORITY: "majority", SINGULAR: "votes by distance"}


def learnt(kernel: Tabled, depth: int, x: np.ndarray, y: np.ndarray, asked: np.ndarray
           ) -> np.ndarray:  # fmt: skip
    """Signs int64[asked] after gradient descent has ended: y' K^-1 k, both scaled."""
    k = kernel.at(depth, np.clip(x @ x.T, 0.0, 1.0)) - kernel.itself[depth]
    np.fill_diagonal(k, 0.0)
    seen = kernel.at(depth, np.clip(asked @ x.T, 0.0, 1.0))
    seen -= seen.max(axis=1, keepdims=True)  # the sign does not change
    weights = np.linalg.solve(np.exp(k), y.astype(float))
    return _signs(np.exp(seen) @ weights)


def limits(x: np.ndarray, y: np.ndarray, asked: np.ndarray, exponent: float
           ) -> dict[str, np.ndarray]:  # fmt: skip
    """Signs int64[asked] of the three, by the kind of activation that should become it."""
    cosine = np.clip(asked @ x.T, 0.0, 1.0)
    apart = np.maximum(2.0 - 2.0 * cosine, 1e-300)  # the square of the distance
    votes = -0.5 * exponent * np.log(apart)
    votes = np.exp(votes - votes.max(axis=1, keepdims=True))
    return {
        NEAREST: y[cosine.argmax(axis=1)],
        MAJORITY: np.full(len(asked), _signs(np.array([y.sum()]))[0]),
        SINGULAR: _signs(votes @ y),
    }


def _signs(values: np.ndarray) -> np.ndarray:
    return np.where(values >= 0, 1, -1)
