"""Hidden states of spikes, each with couplings of its own: one chain, three priors.

HMM-GLM after Li et al. 2024 (One-hot generalized linear model for switching brain state discovery):
naive (couplings free), Gaussian (drawn to their mean over states) and one-hot (inhibits, none or
excites, with a prior that states share). Fitted by expectation maximisation; ours are Fisher
scoring instead of Adam, and evidence of each coupling instead of a Gumbel-softmax.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engines.connectome.recordings.chain import Posterior, posterior
from engines.connectome.recordings.couplings import Spikes, climbed, log_emission
from engines.connectome.recordings.evidence import shared_signs, signed
from engines.contract import InputError

Prior = Literal["naive", "Gaussian", "one-hot"]
PRIORS: tuple[Prior, ...] = ("naive", "Gaussian", "one-hot")
_STAY = 0.95
"""Probability of staying in a state that fits begin with."""
_SPREAD = 1.0
"""SD of couplings that fits begin with."""


@dataclass(frozen=True, eq=False)
class Model:
    """A chain of states and what each couples."""

    initial: np.ndarray
    """float64[state]."""
    transition: np.ndarray
    """float64[state, state]."""
    weight: np.ndarray
    """float64[state, neuron, 1 + neuron]: bias, then couplings from each neuron."""
    signs: np.ndarray
    """float64[neuron, neuron, 3]: shared prior of inhibits, none, excites; thirds without one."""

    @property
    def coupling(self) -> np.ndarray:
        """float64[state, neuron, neuron]: from column to row."""
        return self.weight[:, :, 1:]

    def reads(self, given: Spikes) -> Posterior:
        """States of spikes, given all of them."""
        return posterior(log_emission(given, self.weight), self.initial, self.transition)

    def per_step(self, given: Spikes) -> float:
        """Log likelihood of spikes, per step, in nats."""
        n, n_steps = given.shape
        return float(self.reads(given).log_likelihood.sum() / (n * n_steps))


def one_state(given: Spikes, n_rounds: int = 8) -> Model:
    """The best model with a single state: a Poisson regression for every neuron."""
    n = given.n_neurons
    weight, share = np.zeros((1, n, 1 + n)), np.ones((len(given.counts), 1))
    for _ in range(n_rounds):
        weight = climbed(given, weight, share)
    return Model(np.ones(1), np.ones((1, 1)), weight, _thirds(n))


def begun(given: Spikes, n_states: int, seed: int) -> Model:
    """Where a fit begins: states that are near the single best one, each off at random.

    Raises:
        InputError: fewer than two states, or more than there are neurons.
    """
    n = given.n_neurons
    if not 2 <= n_states <= max(n, 2):
        raise InputError(f"states must be 2 to the number of neurons ({n}), got {n_states}")
    rng = np.random.Generator(np.random.Philox(seed))
    weight = one_state(given).weight + _SPREAD * rng.standard_normal((n_states, n, 1 + n)) * (
        np.arange(1 + n) > 0
    )
    transition = np.full((n_states, n_states), (1.0 - _STAY) / (n_states - 1))
    np.fill_diagonal(transition, _STAY)
    return Model(np.full(n_states, 1.0 / n_states), transition, weight, _thirds(n))


def rounds(
    given: Spikes, start: Model, prior: Prior, n_rounds: int, *, strength: float = 1.0
) -> Iterator[tuple[Model, float]]:
    """The model after every round, and the log likelihood per step of the one before it.

    Args:
        given: the spikes to learn from.
        start: where to begin.
        prior: which prior couplings have.
        n_rounds: of expectation maximisation, with one step of Fisher scoring each.
        strength: of the prior: over variance 1/9 for Gaussian (Li et al.), and how many states'
            worth all pairs together count in the shared signs of one-hot.
    """
    now = start
    n_steps = given.shape[0] * given.shape[1]
    for _ in range(n_rounds):
        seen = now.reads(given)
        now = _maximised(given, now, seen, prior, strength)
        yield now, float(seen.log_likelihood.sum() / n_steps)


def _maximised(given: Spikes, now: Model, seen: Posterior, prior: Prior, strength: float) -> Model:
    share = seen.state.reshape(-1, seen.state.shape[2])
    total = seen.moves.sum(axis=1, keepdims=True)
    moved = np.divide(seen.moves, total, out=now.transition.copy(), where=total > 0)
    after = replace(now, initial=seen.state[:, 0].mean(axis=0), transition=moved)
    if prior == "naive":
        return replace(after, weight=climbed(given, now.weight, share))
    if prior == "Gaussian":
        centre, pull = now.weight.mean(axis=0), 9.0 * strength
        return replace(after, weight=climbed(given, now.weight, share, pull=pull, centre=centre))
    weight, held = signed(given, now.weight, share, now.signs)
    return replace(after, weight=weight, signs=shared_signs(held, strength))


def _thirds(n: int) -> np.ndarray:
    return np.full((n, n, 3), 1.0 / 3.0)
