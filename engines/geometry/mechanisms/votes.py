"""Majority vote: many neurons that are each hardly right, and phases that spread."""

from __future__ import annotations

import numpy as np


def said(theta: np.ndarray, xi: np.ndarray, neurons: np.ndarray) -> np.ndarray:
    """float64[a, b, c]: what these neurons together say to every sum.

    Args:
        theta: float[p, neuron].
        xi: float[neuron, p].
        neurons: int64[neuron].
    """
    part = theta[:, neurons]
    return (part[:, None, :] + part[None, :, :]) ** 2 @ xi[neurons]


def _judged(logits: np.ndarray) -> tuple[float, float]:
    """Share right (a tie is wrong), and mean margin over the spread of logits."""
    p = logits.shape[-1]
    wanted = ((np.arange(p)[:, None] + np.arange(p)) % p)[..., None]
    right = np.take_along_axis(logits, wanted, -1)[..., 0]
    others = logits.copy()
    np.put_along_axis(others, wanted, -np.inf, -1)
    margin = right - others.max(axis=-1)
    spread = max(float(logits.std()), 1e-300)
    return float((margin > 1e-9 * spread).mean()), float(margin.mean() / spread)


def singles(theta: np.ndarray, xi: np.ndarray) -> np.ndarray:
    """float64[neuron]: share of sums that each neuron gets right alone."""
    every = range(theta.shape[1])
    return np.array([_judged(said(theta, xi, np.array([k])))[0] for k in every])


def left(
    theta: np.ndarray, xi: np.ndarray, numbers: np.ndarray, n_orders: int,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """float64[order, number, (accuracy, margin)] with so many neurons left, in random orders."""
    p, found = len(theta), np.empty((n_orders, len(numbers), 2))
    for k in range(n_orders):
        order, total, at = rng.permutation(theta.shape[1]), np.zeros((p, p, p)), 0
        for place, number in enumerate(numbers):
            total = total + said(theta, xi, order[at:number])
            at = int(number)
            found[k, place] = _judged(total)
    return found


def phase_symmetry(phases: np.ndarray) -> np.ndarray:
    """float64[2]: |mean of e^(2 i phase)| and |mean of e^(4 i phase)|, 0 where phases cancel."""
    return np.array([np.abs(np.exp(1j * k * phases).mean()) for k in (2, 4)])


def by_chance(n: int) -> float:
    """Mean of either for n uniform phases: sqrt(pi / 4 n), for large n."""
    return float(np.sqrt(np.pi / (4 * n)))
