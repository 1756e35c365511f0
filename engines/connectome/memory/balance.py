"""Random networks of excitation and inhibition, and inhibition that finds its own strength.

After Srinivasan, Plenz & Girvan 2025, arXiv 2504.12480; sizes, weights and the rule are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.memory.driving import INPUT, sigmoid

N_EPOCHS, EPOCH_STEPS = 150, 60
RATE = 0.5
"""Of the weight, by which the gain of inhibition first moves for a rate one too high."""
GAIN_MAX = 8.0
"""In units of the weight: multiplied instead of added, gains run away."""


@dataclass(frozen=True, eq=False)
class Pair:
    """float64[post, pre] of excitation and of inhibition; the mean row sum of each is 1."""

    excitation: np.ndarray
    inhibition: np.ndarray
    entry: np.ndarray
    """float64[unit]: how each unit hears the input."""

    def network(self, weight: float, inhibition: float | np.ndarray) -> np.ndarray:
        """Weights float64[post, pre]; ``inhibition`` is one number or one for each unit."""
        gain = np.broadcast_to(np.asarray(inhibition, float), (len(self.entry),))
        return weight * self.excitation - weight * gain[:, None] * self.inhibition


def pair(
    rng: np.random.Generator, n: int, *, share: float, density: float, equal_rows: bool
) -> Pair:
    """Log-normal weights of deviation 1 on random pairs; a share of units inhibits."""
    there = rng.random((n, n)) < density
    np.fill_diagonal(there, False)
    weight = np.exp(rng.normal(size=(n, n))) * there
    inhibits = np.zeros(n, bool)
    inhibits[rng.permutation(n)[: max(1, round(share * n))]] = True
    entry = rng.uniform(-INPUT, INPUT, n)
    plus, minus = weight * ~inhibits, weight * inhibits
    return Pair(_scaled(plus, equal_rows), _scaled(minus, equal_rows), entry)


def _scaled(weight: np.ndarray, equal_rows: bool) -> np.ndarray:
    rows = weight.sum(axis=1, keepdims=True)
    if equal_rows:
        return weight / np.where(rows > 0, rows, 1.0)
    return weight / rows.mean()


def adapted(
    made: Pair, weight: float, target: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Inhibition of each unit that brings its mean rate to its target, and the rates reached.

    Each epoch a gain moves by `RATE` times the rate above target, less and less.

    Args:
        made: the network.
        weight: mean sum of a unit's excitation.
        target: float64[unit] of mean rates.
        rng: draws the input.
    """
    n = len(made.entry)
    gain, rate, state = np.ones(n), np.zeros(n), np.full(n, 0.5)
    for epoch in range(N_EPOCHS):
        total = np.zeros(n)
        network = made.network(weight, gain)
        for value in rng.uniform(-1, 1, EPOCH_STEPS):
            state = sigmoid(network @ state + made.entry * value)
            total += state
        rate = total / EPOCH_STEPS
        step = RATE * (1.0 - epoch / N_EPOCHS) * (rate - target)
        gain = np.clip(gain + step, 0.0, GAIN_MAX)
    return gain, rate
