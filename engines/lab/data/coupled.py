"""Planted spikes whose couplings change with a hidden state (after Li et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.lab.data.task import rng_of


@dataclass(frozen=True, eq=False)
class CoupledPopulation:
    """Counts of several sequences, the state of every step and what each state couples."""

    counts: np.ndarray
    """int64[sequence, step, neuron]."""
    state: np.ndarray
    """int64[sequence, step]."""
    weight: np.ndarray
    """float64[state, neuron, 1 + neuron]: bias, then what each neuron does to this one."""
    transition: np.ndarray
    """float64[state, state]."""


def decay(window: int) -> np.ndarray:
    """float64[lag]: e^-lag for lags 1 to window, of sum 1."""
    weight = np.exp(-np.arange(1.0, window + 1.0))
    return weight / weight.sum()


def coupled_states(
    seed: int = 0,
    *,
    n_states: int = 3,
    n_neurons: int = 12,
    n_steps: int = 1_000,
    n_sequences: int = 14,
    stay: float = 0.98,
    density: float = 0.2,
    redrawn: float = 0.2,
    strength: float = 3.0,
    window: int = 5,
) -> CoupledPopulation:
    """A Markov chain of states; spikes are Poisson with rate sigmoid(bias + couplings x history).

    All states share who couples with whom and with which sign, but for pairs that each draws anew
    with probability ``redrawn``; half of the couplings excite. Every state has strengths of its
    own, uniform up to ``strength``, and biases within 0.05 of 0, so that rates alone tell little.

    Raises:
        InputError: fewer than two states or neurons, or a probability outside (0, 1).
    """
    if n_states < 2 or n_neurons < 2 or not 0.0 < stay < 1.0:
        raise InputError(
            "planted states need 2 states, 2 neurons and stay with a probability in (0, 1), got "
            f"{n_states}, {n_neurons}, {stay}"
        )
    draw = rng_of(seed, 23)
    shape = n_states, n_neurons, n_neurons
    common, own = _signs(draw, density, 1, *shape[1:]), _signs(draw, density, *shape)
    sign = np.where(draw.random(shape) < redrawn, own, common)
    coupling = sign * strength * draw.random(shape) * ~np.eye(n_neurons, dtype=bool)
    bias = 0.1 * (draw.random((n_states, n_neurons, 1)) - 0.5)
    weight = np.concatenate([bias, coupling], axis=2)
    transition = np.full((n_states, n_states), (1.0 - stay) / (n_states - 1))
    np.fill_diagonal(transition, stay)
    state = _chain(draw, transition, n_sequences, n_steps)
    return CoupledPopulation(_spikes(draw, state, weight, decay(window)), state, weight, transition)


def _signs(draw: np.random.Generator, density: float, *shape: int) -> np.ndarray:
    return np.where(draw.random(shape) < 0.5, 1.0, -1.0) * (draw.random(shape) < density)


def _chain(draw: np.random.Generator, transition: np.ndarray, n: int, n_steps: int) -> np.ndarray:
    """int64[sequence, step], from a uniform start."""
    upper = np.cumsum(transition, axis=1)
    state = np.empty((n, n_steps), np.int64)
    state[:, 0] = draw.integers(len(transition), size=n)
    drawn = draw.random((n, n_steps))
    for t in range(1, n_steps):
        passed = (drawn[:, t, None] > upper[state[:, t - 1]]).sum(axis=1)
        state[:, t] = np.minimum(passed, len(transition) - 1)
    return state


def _spikes(
    draw: np.random.Generator, state: np.ndarray, weight: np.ndarray, kernel: np.ndarray
) -> np.ndarray:
    """int64[sequence, step, neuron], step by step because spikes couple."""
    n, n_steps = state.shape
    counts = np.zeros((n, n_steps, weight.shape[1]), np.int64)
    recent = np.zeros((n, len(kernel), weight.shape[1]))
    for t in range(n_steps):
        history = np.tensordot(kernel, recent, axes=(0, 1))
        now = weight[state[:, t]]
        drive = now[:, :, 0] + (now[:, :, 1:] @ history[:, :, None])[:, :, 0]
        counts[:, t] = draw.poisson(1.0 / (1.0 + np.exp(-drive)))
        recent = np.concatenate([counts[:, t, None], recent[:, :-1]], axis=1)
    return counts
