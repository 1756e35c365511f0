"""Couplings of spiking neurons per hidden state: Poisson counts, rate sigmoid(bias + history)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.recordings import likelihood
from engines.contract import InputError
from engines.lab.data.coupled import decay

_RIDGE = 1e-6
"""For couplings that a recording says nothing about (a silent neuron); else without effect."""
_HALVINGS = 6


@dataclass(frozen=True, eq=False)
class Spikes:
    """Counts beside what came before them, ready to be fitted."""

    counts: np.ndarray
    """float64[row, neuron]; rows are steps of all sequences."""
    history: np.ndarray
    """float64[row, 1 + neuron]: one, then recent counts of every neuron, decaying."""
    products: np.ndarray
    """float64[row, input pair]: products of two inputs, i <= j."""
    shape: tuple[int, int]
    """Sequences and steps."""
    constant: np.ndarray
    """float64[row]: log factorials of the row's counts."""

    @property
    def n_neurons(self) -> int:
        """How many neurons."""
        return self.counts.shape[1]


def spikes(counts: np.ndarray, window: int = 5) -> Spikes:
    """Prepare counts int[sequence, step, neuron].

    Args:
        counts: whole numbers, none negative.
        window: how many steps back are felt; weights fall with e per step and sum to 1.

    Raises:
        InputError: not three axes, or a count that is none; the first one is named.
    """
    from scipy.special import gammaln

    values = np.asarray(counts, np.float64)
    if values.ndim != 3 or values.shape[1] <= window:
        raise InputError(
            f"spikes need sequence, step, neuron with more than {window} steps, got the shape "
            f"{values.shape}"
        )
    wrong = np.argwhere(~(values >= 0) | (values != np.floor(values)))
    if len(wrong):
        where = ", ".join(str(k + 1) for k in wrong[0])
        raise InputError(
            f"counts must be whole and not negative; sequence, step, neuron {where} holds "
            f"{values[tuple(wrong[0])]:g}"
        )
    n, n_steps, n_neurons = values.shape
    history = np.ones((n, n_steps, 1 + n_neurons))
    history[:, :, 1:] = 0.0
    for lag, weight in enumerate(decay(window), start=1):
        history[:, lag:, 1:] += weight * values[:, :-lag]
    flat, before = values.reshape(-1, n_neurons), history.reshape(-1, 1 + n_neurons)
    i, j = np.triu_indices(1 + n_neurons)
    constant = gammaln(flat + 1.0).sum(axis=1)
    return Spikes(flat, before, before[:, i] * before[:, j], (n, n_steps), constant)


def log_emission(given: Spikes, weight: np.ndarray) -> np.ndarray:
    """float64[sequence, step, state]: log likelihood of all counts of a step in each state."""
    total = np.repeat(-given.constant[:, None], len(weight), axis=1)
    likelihood.emitted(_drive(given, weight), given.counts, total)
    return total.reshape(*given.shape, len(weight))


def _drive(given: Spikes, weight: np.ndarray) -> np.ndarray:
    """float64[row, state x neuron]."""
    return given.history @ weight.reshape(-1, weight.shape[2]).T


def curvature(
    given: Spikes, weight: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value float64[state, neuron], gradient [.., input] and Fisher information [.., input, input].

    Of the log likelihood in which each row counts with its ``share`` float64[row, state].
    """
    n_states, n, width = weight.shape
    bend, value = _drive(given, weight), np.zeros(n_states * n)
    slope = np.empty_like(bend)
    likelihood.curved(bend, given.counts, share, value, slope)
    gradient = (slope.T @ given.history).reshape(n_states, n, width)
    i, j = np.triu_indices(width)
    information = np.empty((n_states, n, width, width))
    packed = (bend.T @ given.products).reshape(n_states, n, -1)
    information[..., i, j] = information[..., j, i] = packed
    return value.reshape(n_states, n), gradient, information


def value_of(given: Spikes, weight: np.ndarray, share: np.ndarray) -> np.ndarray:
    """float64[state, neuron]: the same value alone."""
    value = np.zeros(len(weight) * given.n_neurons)
    likelihood.valued(_drive(given, weight), given.counts, share, value)
    return value.reshape(weight.shape[:2])


def climbed(
    given: Spikes, weight: np.ndarray, share: np.ndarray, *,
    pull: float = 0.0, centre: np.ndarray | None = None, free: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """One step of Fisher scoring for every neuron in every state; none makes its fit worse.

    Args:
        given: the spikes.
        weight: float64[state, neuron, input]: where the step begins.
        share: float64[row, state]: how far a row belongs to a state.
        pull: how strongly couplings are drawn to ``centre`` (one over the prior's variance).
        centre: float64[neuron, input] or None for 0.
        free: bool[state, neuron, input]: the others stay 0; None frees all.
    """
    value, gradient, information = curvature(given, weight, share)
    width = weight.shape[2]
    at = np.zeros(weight.shape[1:]) if centre is None else centre
    towards = pull * (np.arange(width) > 0) + _RIDGE
    gradient -= towards * (weight - at)
    value -= 0.5 * (towards * (weight - at) ** 2).sum(axis=2)
    information += towards * np.eye(width)
    if free is not None:
        gradient, information = _held(gradient, information, free)
    step = np.linalg.solve(information, gradient[..., None])[..., 0]
    best, size = weight.copy(), np.ones(weight.shape[:2])
    open_ = np.ones(weight.shape[:2], bool)
    for _ in range(_HALVINGS):
        tried = weight + size[..., None] * step
        now = value_of(given, tried, share) - 0.5 * (towards * (tried - at) ** 2).sum(axis=2)
        good = open_ & (now >= value)
        best[good] = tried[good]
        open_ &= ~good
        if not open_.any():
            break
        size[open_] *= 0.5
    return best


def _held(
    gradient: np.ndarray, information: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Those that are not free have no slope and no partner, so that they stay."""
    both = free[..., None] & free[..., None, :]
    eye = np.eye(free.shape[-1], dtype=bool)
    return np.where(free, gradient, 0.0), np.where(both, information, 1.0 * (eye & ~both))
