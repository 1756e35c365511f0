"""Readouts that learn as they go: each from its own error, or by recursive least squares.

Widrow & Hoff 1960 for the first (normalised: Nagumo & Noda 1967); Sherman & Morrison 1950 and
Woodbury 1950 for the second, which Sussillo & Abbott 2009 call FORCE.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular

from engines.contract import InputError

RIDGE = 1e-2
"""With which least squares begin, in squared states."""


def local(weights: np.ndarray, states: np.ndarray, wanted: np.ndarray, rate: float) -> np.ndarray:
    """float64[unit, output] after one trial, step by step.

    A synapse changes by the state of its unit times the error of its output, over the sum of all
    squared states: at a rate of 1 the error of a step is gone after it, from 2 on it grows.

    Args:
        weights: float64[unit, output], left as they are.
        states: float64[step, unit].
        wanted: float64[step, output].
        rate: 0 to 2.
    """
    loud = (states**2).sum(axis=1)
    share = np.divide(rate, loud, out=np.zeros_like(loud), where=loud > 0.0)
    # Step by step, an error is what is left after all earlier steps: a triangular system.
    earlier = np.tril(states @ states.T, -1) * share
    error = solve_triangular(
        earlier, wanted - states @ weights, lower=True, unit_diagonal=True, check_finite=False
    )
    return weights + (states * share[:, None]).T @ error


class Squares:
    """Recursive least squares: weights that fit all trials so far, each as much as any other.

    ``keeps`` below 1 lets trials count less by that factor for each that followed.
    """

    def __init__(
        self, n_units: int, n_outputs: int, keeps: float = 1.0, ridge: float = RIDGE
    ) -> None:
        """Weights 0, and nothing is known."""
        self.weights = np.zeros((n_units, n_outputs))
        self.keeps = keeps
        self.unsure = np.eye(n_units) / ridge

    def begun_anew(self, ridge: float = RIDGE) -> Squares:
        """The same weights, resting on no trial but on a ridge around them."""
        n_units, n_outputs = self.weights.shape
        made = Squares(n_units, n_outputs, self.keeps, ridge)
        made.weights = self.weights
        return made

    def learn(self, states: np.ndarray, wanted: np.ndarray) -> None:
        """One trial: float64[step, unit] and float64[step, output].

        All steps at once, to the rounding what step by step gives.

        Raises:
            InputError: what was forgotten and not heard again is known to no digit any more.
        """
        across = states @ self.unsure / self.keeps
        try:
            lower = np.linalg.cholesky(across @ states.T + np.eye(len(states)))
        except np.linalg.LinAlgError:
            raise InputError(
                "least squares forgot more than the units say anew; let a trial later count more, "
                "or add noise, or take fewer trials"
            ) from None
        sides = np.concatenate([across, wanted - states @ self.weights], axis=1)
        solved = solve_triangular(lower, sides, lower=True, check_finite=False)
        gain, left = solved[:, : len(self.weights)], solved[:, len(self.weights) :]
        self.weights = self.weights + gain.T @ left
        self.unsure = self.unsure / self.keeps - gain.T @ gain
