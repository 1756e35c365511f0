"""Planted recordings of a population: the truth is known, and so is what chance would score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.lab.data.grammars import stationary
from engines.lab.data.task import rng_of


@dataclass(frozen=True, eq=False)
class Population:
    """What was recorded, and what was behind it."""

    name: str
    recorded: np.ndarray
    """float64[step, neuron] of traces, or int64 of counts."""
    latent: np.ndarray
    """float64[step, dimension], or int64[step] of states."""
    readout: np.ndarray
    """float64[neuron, dimension] of loadings, or [state, neuron] of rates per step."""
    dt_s: float
    chance: float
    """Score of knowing nothing of the recording: R² of the mean, or the share of one state."""
    chance_because: str
    ceiling: float
    """The same score of the best reader, where it is a closed form, else 1."""


def trajectory(
    seed: int = 0,
    *,
    n_steps: int = 1000,
    n_neurons: int = 40,
    n_cycles: float = 5.0,
    noise: float = 0.5,
    dt_s: float = 0.1,
) -> Population:
    """A circle and a slow drift, read out linearly with private noise: three latent dimensions.

    Latents have mean 0 and variance 1 in time, and the ceiling is the share of the total variance
    that is signal, tr(L C L') / (tr(L C L') + N noise²) with C the covariance of the latents.

    Raises:
        InputError: fewer than four steps or neurons.
    """
    if n_steps < 4 or n_neurons < 4:
        raise InputError(f"a population needs 4 steps and neurons, got {n_steps} and {n_neurons}")
    draw, time = rng_of(seed, 20), np.arange(n_steps) / n_steps
    turn = 2 * np.pi * n_cycles * time
    latent = np.stack([np.cos(turn), np.sin(turn), time], axis=1)
    latent = (latent - latent.mean(0)) / latent.std(0)
    loading = draw.standard_normal((n_neurons, 3))
    recorded = latent @ loading.T + noise * draw.standard_normal((n_steps, n_neurons))
    signal = (loading @ np.cov(latent.T, bias=True) * loading).sum()
    return Population("latent trajectory", recorded, latent, loading, dt_s, 0.0,
                      "R² of every neuron's own mean is 0 by definition",
                      float(signal / (signal + n_neurons * noise**2)))  # fmt: skip


def hidden_states(
    seed: int = 0,
    *,
    n_steps: int = 1000,
    n_neurons: int = 30,
    n_states: int = 3,
    stay: float = 0.95,
    rate_hz: float = 8.0,
    contrast: float = 2.0,
    dt_s: float = 0.1,
) -> Population:
    """A Markov chain of states; every state has its own rates, and counts are Poisson.

    The chain leaves a state with probability 1 - stay, for every other one alike, so all states
    are equally frequent in expectation. A rate is ``rate_hz`` times e to a Gaussian of SD
    log(contrast). Chance is the share of the state that was there most.

    Raises:
        InputError: a probability outside (0, 1), or fewer than two states.
    """
    if n_states < 2 or not 0.0 < stay < 1.0:
        raise InputError(
            f"a chain needs 2 states and stays with a probability in (0, 1), got {n_states}, {stay}"
        )
    draw = rng_of(seed, 21)
    p = np.full((n_states, n_states), (1.0 - stay) / (n_states - 1))
    np.fill_diagonal(p, stay)
    steps, drawn = np.cumsum(p, axis=1), draw.random(n_steps)
    state = np.empty(n_steps, np.int64)
    state[0] = min(int((drawn[0] > np.cumsum(stationary(p))).sum()), n_states - 1)
    for t in range(1, n_steps):
        state[t] = min(int((drawn[t] > steps[state[t - 1]]).sum()), n_states - 1)
    spread = np.log(contrast) * draw.standard_normal((n_states, n_neurons))
    rates = rate_hz * dt_s * np.exp(spread)
    share = float(np.bincount(state, minlength=n_states).max() / n_steps)
    return Population("hidden states", draw.poisson(rates[state]), state, rates, dt_s, share,
                      "the share of the state that was there most", 1.0)  # fmt: skip
