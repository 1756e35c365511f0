"""Majority vote: many neurons that are each hardly right, and phases that spread."""

from __future__ import annotations

import numpy as np


def votes_of(theta: np.ndarray, xi: np.ndarray) -> np.ndarray:
    """float64[neuron, a, b, c]: what each neuron says to every sum."""
    inner = (theta[:, None, :] + theta[None, :, :]) ** 2
    return np.einsum("abm,mc->mabc", inner, xi)


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


def singles(votes: np.ndarray) -> np.ndarray:
    """float64[neuron]: share of sums that each neuron gets right alone."""
    return np.array([_judged(vote)[0] for vote in votes])


def left(
    votes: np.ndarray, numbers: np.ndarray, n_orders: int, rng: np.random.Generator
) -> np.ndarray:
    """float64[order, number, (accuracy, margin)] with so many neurons left, in random orders."""
    found = np.empty((n_orders, len(numbers), 2))
    for k in range(n_orders):
        order, total, at = rng.permutation(len(votes)), np.zeros(votes.shape[1:]), 0
        for place, number in enumerate(numbers):
            total = total + votes[order[at:number]].sum(axis=0)
            at = int(number)
            found[k, place] = _judged(total)
    return found


def phase_symmetry(phases: np.ndarray) -> np.ndarray:
    """float64[2]: |mean of e^(2 i phase)| and |mean of e^(4 i phase)|, 0 where phases cancel."""
    return np.array([np.abs(np.exp(1j * k * phases).mean()) for k in (2, 4)])


def by_chance(n: int) -> float:
    """Mean of either for n uniform phases: sqrt(pi / 4 n), for large n."""
    return float(np.sqrt(np.pi / (4 * n)))
