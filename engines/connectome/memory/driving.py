"""Networks of rate units, many at once, each driven by the same input."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse

from engines.contract import InputError

Unit = Callable[[np.ndarray], np.ndarray]
INPUT = 0.5
"""Weights of the input are uniform between minus and plus this."""
_PART, _LESIONED_PART = 200, 50
_SPARSE = 0.15
"""Share of weights that are not 0 below which a product that leaves out the others is faster."""


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Rates between 0 and 1."""
    return 1.0 / (1.0 + np.exp(-x))


def driven(
    weights: np.ndarray, entry: np.ndarray, drive: np.ndarray, unit: Unit
) -> Iterator[np.ndarray]:
    """States part by part: float64[step, network, unit, input].

    Inputs run side by side, since a step costs what reading the weights costs.

    Args:
        weights: float64[network, post, pre].
        entry: float64[unit, input], how each unit hears each input.
        drive: float64[step, input].
        unit: what a unit makes of what it receives.

    Raises:
        InputError: activity that is no number any more.
    """
    state = np.zeros((len(weights), *entry.shape))
    for first in range(0, len(drive), _PART):
        part = np.empty((min(_PART, len(drive) - first), *state.shape))
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            for k, value in enumerate(drive[first : first + _PART]):
                state = unit(np.matmul(weights, state) + entry * value)
                part[k] = state
        if not np.isfinite(part).all():
            raise InputError(
                f"activity ran away by step {first + len(part)}; make the weights smaller"
            )
        yield part


def driven_without(
    weight: np.ndarray, left: np.ndarray, entry: np.ndarray, drive: np.ndarray, unit: Unit
) -> Iterator[np.ndarray]:
    """States part by part, float64[step, network, unit, input], of a network, units cut in copies.

    One product serves all copies, which is twice as fast as one for each, and every part lies where
    the last one lay: copy what is to be kept. A unit that is cut is silent: it hears neither others
    nor the input, and 0 is all that others and a readout see of it.

    Args:
        weight: float64[post, pre].
        left: bool[network, unit].
        entry: float64[unit, input], as in `driven`.
        drive: float64[step, input].
        unit: what a unit makes of what it receives.

    Raises:
        InputError: activity that is no number any more.
    """
    n_copies, n_inputs = len(left), entry.shape[1]
    there = np.repeat(left.T.astype(np.float64), n_inputs, axis=1)
    heard, values = np.tile(entry, (1, n_copies)), np.tile(drive, (1, n_copies))
    across = sparse.csr_array(weight) if (weight != 0.0).mean() < _SPARSE else weight
    made = np.zeros((_LESIONED_PART, *there.shape))
    comes = np.empty(there.shape)
    for first in range(0, len(drive), _LESIONED_PART):
        part = made[: min(_LESIONED_PART, len(drive) - first)]
        state = made[-1].copy()
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            for now, value in zip(part, values[first:], strict=False):
                np.add(across @ state, np.multiply(heard, value, out=comes), out=now)
                np.multiply(there, unit(now), out=now)
                state = now
        if not np.isfinite(part).all():
            raise InputError("activity ran away after the lesion; make the weights smaller")
        yield part.reshape(len(part), -1, n_copies, n_inputs).transpose(0, 2, 1, 3)


def all_states(weights: np.ndarray, entry: np.ndarray, drive: np.ndarray, unit: Unit) -> np.ndarray:
    """States float64[step, network, unit] of one input: ``entry`` [unit], ``drive`` [step]."""
    parts = driven(weights, entry[:, None], drive[:, None], unit)
    return np.concatenate([part[..., 0] for part in parts])
