"""Which couplings are there at all: each is kept if it explains more than it costs.

A coupling is one of three kinds (inhibits, none, excites), as in the one-hot model of Li et al.
2024. Theirs samples kinds by a Gumbel-softmax; here the evidence of a coupling decides, in
Laplace's approximation with strengths that are uniform up to `STRENGTH` (MacKay 2003, chapter 28).
"""

from __future__ import annotations

import numpy as np

from engines.connectome.recordings.couplings import Spikes, climbed, curvature

STRENGTH = 3.0
"""Largest size of a coupling that the prior knows."""


def signed(
    given: Spikes, weight: np.ndarray, share: np.ndarray, signs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Couplings of which those that do not pay are 0, and how surely each kind is there.

    Args:
        given: the spikes.
        weight: float64[state, neuron, 1 + neuron]: where to begin.
        share: float64[row, state]: how far a row belongs to a state.
        signs: float64[neuron, neuron, 3]: prior of inhibits, none, excites.

    Returns:
        float64[state, neuron, 1 + neuron], and float64[state, neuron, neuron, 3].
    """
    whole = climbed(given, weight, share)
    _, gradient, information = curvature(given, whole, share)
    information += 1e-6 * np.eye(information.shape[-1])
    best = whole + np.linalg.solve(information, gradient[..., None])[..., 0]
    kept = _pruned(best, information, np.log(np.maximum(signs, 1e-12)))
    held, covariance = _restricted(best, information, kept)
    surely = _kinds(best, held, covariance, information, kept, signs)
    return climbed(given, np.where(kept, whole, 0.0), share, free=kept), surely


def shared_signs(surely: np.ndarray, strength: float) -> np.ndarray:
    """float64[neuron, neuron, 3]: prior of each pair from all states, drawn to all pairs' mean.

    Args:
        surely: float64[state, neuron, neuron, 3].
        strength: how many states' worth the mean over pairs counts.
    """
    everywhere = surely.mean(axis=(0, 1, 2))
    return (surely.sum(axis=0) + strength * everywhere) / (len(surely) + strength)


def gain(weight: np.ndarray, variance: np.ndarray, log_signs: np.ndarray) -> np.ndarray:
    """Log odds of a coupling against none: fit, prior, and the room that its strength has.

    Args:
        weight: float64[...]: its best strength, the others as they are.
        variance: float64[...] of that strength.
        log_signs: float64[..., 3].
    """
    kind = np.where(weight > 0, log_signs[..., 2], log_signs[..., 0])
    room = 0.5 * np.log(2.0 * np.pi * variance) - np.log(STRENGTH)
    return 0.5 * weight**2 / variance + room + kind - log_signs[..., 1]


def _restricted(
    best: np.ndarray, information: np.ndarray, kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Optimum of the quadratic around ``best`` with the others at 0, and variances of the kept."""
    both = kept[..., None] & kept[..., None, :]
    eye = np.eye(kept.shape[-1], dtype=bool)
    inverse = np.linalg.inv(np.where(both, information, 1.0 * (eye & ~both)))
    target = (information @ best[..., None])[..., 0]
    held = (inverse @ np.where(kept, target, 0.0)[..., None])[..., 0]
    return np.where(kept, held, 0.0), np.diagonal(inverse, axis1=-2, axis2=-1)


def _pruned(best: np.ndarray, information: np.ndarray, log_signs: np.ndarray) -> np.ndarray:
    """bool[state, neuron, 1 + neuron]: the worst coupling of each row goes, until all pay."""
    kept = np.ones(best.shape, bool)
    n = best.shape[1]
    rows = np.arange(n)
    kept[:, rows, 1 + rows] = False  # nobody couples to itself
    for _ in range(n):
        held, variance = _restricted(best, information, kept)
        pays = np.where(kept[..., 1:], gain(held[..., 1:], variance[..., 1:], log_signs), np.inf)
        worst = pays.argmin(axis=2)
        goes = np.take_along_axis(pays, worst[..., None], axis=2)[..., 0] < 0.0
        if not goes.any():
            break
        state, row = np.nonzero(goes)
        kept[state, row, 1 + worst[goes]] = False
    return kept


def _kinds(
    best: np.ndarray, held: np.ndarray, variance: np.ndarray, information: np.ndarray,
    kept: np.ndarray, signs: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """float64[state, neuron, neuron, 3]: how surely each kind is there, the others as they are."""
    # One that left is judged as if it alone came back: slope over curvature of the quadratic.
    slope = (information @ (best - held)[..., None])[..., 0]
    own = np.diagonal(information, axis1=-2, axis2=-1)
    back, wide = slope / own, 1.0 / own
    weight = np.where(kept, held, back)[..., 1:]
    spread = np.where(kept, variance, wide)[..., 1:]
    odds = gain(weight, spread, np.log(np.maximum(signs, 1e-12)))
    there = 1.0 / (1.0 + np.exp(-np.clip(odds, -500.0, 500.0)))
    there[:, np.arange(best.shape[1]), np.arange(best.shape[1])] = 0.0
    up = weight > 0
    return np.stack([there * ~up, 1.0 - there, there * up], axis=-1)
