"""Hidden Markov chains: how likely each state is at each step, given all of a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.kernels.jit import kernel
from engines.contract import InputError


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a chain says of sequences, given all their steps."""

    log_likelihood: np.ndarray
    """float64[sequence]."""
    state: np.ndarray
    """float64[sequence, step, state]: probability of each state."""
    moves: np.ndarray
    """float64[state, state]: expected number of moves, over all sequences."""


def posterior(log_emission: np.ndarray, initial: np.ndarray, transition: np.ndarray) -> Posterior:
    """Forward-backward with scaling (Rabiner 1989), compiled.

    Args:
        log_emission: float64[sequence, step, state]: log likelihood of what was seen at the step.
        initial: float64[state].
        transition: float64[state, state], rows of sum 1.

    Raises:
        InputError: a sequence that no path of states can give, or values that are no numbers.
    """
    plain = np.array(log_emission, np.float64, order="C")
    n, n_steps, n_states = plain.shape
    state, moves, found = np.empty_like(plain), np.zeros((n_states, n_states)), np.empty(n)
    start, step = np.asarray(initial, np.float64), np.ascontiguousarray(transition, np.float64)
    scale = np.empty(n_steps)
    for k in range(n):
        found[k] = _forward(plain[k], start, step, state[k], scale)
        _backward(plain[k], step, scale, state[k], moves)
    if not np.isfinite(found).all():
        which = int(np.flatnonzero(~np.isfinite(found))[0])
        raise InputError(
            f"no path of {n_states} states can give sequence {which + 1}; a transition may be 0 "
            "that is needed"
        )
    return Posterior(found, state, moves)


def filtered(log_emission: np.ndarray, initial: np.ndarray, transition: np.ndarray) -> np.ndarray:
    """float64[step, state]: probability of each state given the steps up to it.

    Of one sequence, float64[step, state]; the others as in `posterior`.
    """
    plain = np.array(log_emission, np.float64, order="C")
    state = np.empty_like(plain)
    start, step = np.asarray(initial, np.float64), np.ascontiguousarray(transition, np.float64)
    _forward(plain, start, step, state, np.empty(len(plain)))
    return state


def stationary(transition: np.ndarray) -> np.ndarray:
    """float64[state]: how long the chain is in each state in the long run."""
    n = len(transition)
    rows = np.vstack([transition.T - np.eye(n), np.ones(n)])
    return np.linalg.lstsq(rows, np.append(np.zeros(n), 1.0), rcond=None)[0]


@kernel
def _forward(
    emission: np.ndarray,
    initial: np.ndarray,
    transition: np.ndarray,
    state: np.ndarray,
    scale: np.ndarray,
) -> float:
    """Fill each step's probabilities given what came so far; ``emission`` is made plain."""
    total = 0.0
    for t in range(len(emission)):
        most = emission[t, 0]
        for j in range(1, len(initial)):
            most = max(most, emission[t, j])
        scale[t] = 0.0
        for j in range(len(initial)):
            ahead = initial[j]
            if t > 0:
                ahead = 0.0
                for i in range(len(initial)):
                    ahead += state[t - 1, i] * transition[i, j]
            # Over the likeliest state's, or steps of many neurons would be 0.
            emission[t, j] = np.exp(emission[t, j] - most)
            state[t, j] = ahead * emission[t, j]
            scale[t] += state[t, j]
        for j in range(len(initial)):
            state[t, j] /= scale[t]
        total += np.log(scale[t]) + most
    return total


@kernel
def _backward(
    emission: np.ndarray,
    transition: np.ndarray,
    scale: np.ndarray,
    state: np.ndarray,
    moves: np.ndarray,
) -> None:
    """Multiply with what comes later, from the end on; count expected moves."""
    n_states = len(transition)
    later, after = np.ones(n_states), np.empty(n_states)
    for t in range(len(emission) - 2, -1, -1):
        for j in range(n_states):
            after[j] = emission[t + 1, j] * later[j] / scale[t + 1]
        for i in range(n_states):
            later[i] = 0.0
            for j in range(n_states):
                step = transition[i, j] * after[j]
                moves[i, j] += state[t, i] * step
                later[i] += step
            state[t, i] *= later[i]
