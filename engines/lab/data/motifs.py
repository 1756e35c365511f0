"""Planted motifs: groups of neurons that move together for a while, in some animals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.lab.data.task import rng_of

_SMOOTH = 4.0
"""Steps over which a motif's own signal forgets itself."""


@dataclass(frozen=True, eq=False)
class MotifPopulation:
    """What was recorded of several animals, and the motifs behind it."""

    recorded: np.ndarray
    """float64[animal, step, neuron]."""
    member: np.ndarray
    """bool[motif, neuron]."""
    window: np.ndarray
    """float64[step, motif]: how far a motif is there, 0 to 1."""
    gain: np.ndarray
    """float64[animal, motif]: how strongly; 0 where it is absent."""


def motifs_in_time(
    seed: int = 0,
    *,
    n_neurons: int = 40,
    n_steps: int = 300,
    n_animals: int = 6,
    n_motifs: int = 4,
    size: int = 10,
    noise: float = 0.6,
    absent: float = 0.25,
) -> MotifPopulation:
    """Neighbouring motifs share two neurons and overlap in time; each animal has its own signals.

    A neuron's trace is the sum of its motifs' signals (smooth noise of SD 1, times window and
    gain) and white noise. Gains are uniform between 0.5 and 1.5, or 0 with probability ``absent``;
    no motif is absent everywhere.

    Raises:
        InputError: fewer neurons than the motifs need.
    """
    shared = 2 if n_motifs > 1 else 0
    needed = n_motifs * (size - shared) + shared
    if needed > n_neurons:
        raise InputError(
            f"{n_motifs} motifs of {size} neurons need {needed} neurons, got {n_neurons}; "
            "take more neurons or smaller motifs"
        )
    draw = rng_of(seed, 22)
    first = np.arange(n_motifs)[:, None] * (size - shared)
    place = np.arange(n_neurons)
    member = (place >= first) & (place < first + size)
    gain = draw.uniform(0.5, 1.5, (n_animals, n_motifs))
    there = draw.random((n_animals, n_motifs)) >= absent
    there[draw.integers(n_animals, size=n_motifs), np.arange(n_motifs)] = True
    gain = gain * there
    window = _windows(n_steps, n_motifs)
    signal = _signals(draw, n_animals, n_steps, n_motifs) * window * gain[:, None]
    white = draw.standard_normal((n_animals, n_steps, n_neurons))
    return MotifPopulation(signal @ member.astype(float) + noise * white, member, window, gain)


def _windows(n_steps: int, n_motifs: int) -> np.ndarray:
    """float64[step, motif]: cosine bumps, each of which ends where the next but one begins."""
    step = np.arange(n_steps)[:, None] + 0.5
    half = n_steps / (n_motifs + 1)
    away = np.clip((step - half * np.arange(1, n_motifs + 1)) / half, -1.0, 1.0)
    return 0.5 * (1.0 + np.cos(np.pi * away))


def _signals(draw: np.random.Generator, *shape: int) -> np.ndarray:
    """float64[animal, step, motif] of smooth Gaussian noise with mean 0 and SD 1 in time."""
    from scipy.ndimage import gaussian_filter1d

    smooth = gaussian_filter1d(draw.standard_normal(shape), _SMOOTH, axis=1, mode="wrap")
    smooth -= smooth.mean(axis=1, keepdims=True)
    return smooth / smooth.std(axis=1, keepdims=True)
