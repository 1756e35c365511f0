"""Who learns to swim: the circuit, the same without its signs, and a perceptron."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.connectome.bodies.circuit import CONSTANT, drawn, unshared
from engines.connectome.bodies.spec import WaterSpec
from engines.connectome.bodies.swimming import N_MEASURED, N_PARTS, speed, swim, water

RACERS = ("circuit", "without signs", "perceptron")
N_HIDDEN = 16


def started(racer: str, spec: WaterSpec, rng: np.random.Generator) -> np.ndarray:
    """float64[weight] that a racer starts from, drawn at random."""
    if racer != "perceptron":
        return drawn(rng, signs=racer == "circuit")
    wide = spec.n_joints + 3
    hidden = rng.normal(size=N_HIDDEN * wide) / np.sqrt(wide)
    out = rng.normal(size=spec.n_joints * (N_HIDDEN + 1)) / np.sqrt(N_HIDDEN)
    return np.concatenate([hidden, out])


def signed(shared: np.ndarray) -> np.ndarray:
    """The nearest weights with the circuit's signs."""
    return np.where(CONSTANT > 0, np.maximum(shared, 0.0), np.minimum(shared, 0.0))


def scorer(racer: str, spec: WaterSpec) -> Callable[[np.ndarray], float]:
    """A function of the weights: body lengths per cycle over five cycles from rest."""
    if racer == "perceptron":
        return lambda weights: _perceptron_speed(weights, spec)
    shaped = signed if racer == "circuit" else np.asarray

    def of_circuit(shared: np.ndarray) -> float:
        weights = unshared(shaped(shared), spec.n_joints)
        return speed(swim(weights, spec, n_cycles=N_MEASURED).states, spec)

    return of_circuit


def _perceptron_speed(weights: np.ndarray, spec: WaterSpec) -> float:
    from engines.connectome.kernels.body import swum_by_perceptron

    states = np.zeros((N_MEASURED * spec.period + 1, spec.n_joints + 3))
    given = water(spec)
    swum_by_perceptron(weights, N_HIDDEN, given, spec.gain, spec.period, N_PARTS, states)
    return speed(states, spec) if np.isfinite(states).all() else 0.0
