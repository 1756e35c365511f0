"""Stimuli that tell types of cells apart, and the types, found in turns.

After Burg et al. 2024, Most discriminative stimuli for functional cell type clustering; cells are
linear-nonlinear here, and the model that stimuli are sought in is the cells themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIDE = 12
"""Pixels of a stimulus in each direction."""
TYPES = ("on", "off", "upright", "lying")
"""Spots, and edges."""
N_ROUNDS, N_STARTS, N_STEPS = 10, 6, 40
"""Of turns, of starts, and of steps uphill in a turn."""
_STEP, _SMOOTH = 0.3, 1.5
_NARROW, _WIDE = 1.5, 2.6


@dataclass(frozen=True, eq=False)
class Cells:
    """Filters float64[cell, pixel] of length 1, gains float64[cell], int64[cell] types."""

    filters: np.ndarray
    gain: np.ndarray
    kind: np.ndarray


def planted(rng: np.random.Generator, n_cells: int, *, jitter: float, noise: float) -> Cells:
    """Cells of four types in equal numbers, each somewhat elsewhere and with a noise of its own.

    Args:
        rng: draws them.
        n_cells: how many.
        jitter: uniform shift to either side, in pixels.
        noise: length of what is added to a filter, over the filter's.
    """
    kind = rng.permutation(np.arange(n_cells) % len(TYPES))
    made = np.empty((n_cells, SIDE * SIDE))
    for k, one in enumerate(kind):
        aside = 0.5 * (SIDE - 1) + rng.uniform(-jitter, jitter, 2)
        y, x = np.mgrid[:SIDE, :SIDE] - aside[:, None, None]
        far = x**2 + y**2
        near = np.exp(-far / (2 * _NARROW**2))
        spot = near - (_NARROW / _WIDE) ** 2 * np.exp(-far / (2 * _WIDE**2))
        made[k] = (spot, -spot, x * near, y * near)[one].ravel()
    made = unit(unit(made) + noise * unit(rng.normal(size=made.shape)))
    return Cells(made, np.exp(0.3 * rng.normal(size=n_cells)), kind)


def unit(rows: np.ndarray) -> np.ndarray:
    """The same rows, each of length 1."""
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-300)


def responses(filters: np.ndarray, stimuli: np.ndarray, contrast: float) -> np.ndarray:
    """float64[stimulus, cell]: softplus of the contrast times what a filter sees, gain 1."""
    return np.logaddexp(0.0, contrast * stimuli @ filters.T)


def lead(
    filters: np.ndarray, group: np.ndarray, stimuli: np.ndarray, contrast: float
) -> np.ndarray:
    """float64[stimulus]: log softmax over groups of mean responses, at the stimulus' own group."""
    mean = responses(filters, stimuli, contrast) @ shares(group, len(stimuli))
    mean[:, np.bincount(group, minlength=len(stimuli)) == 0] = -np.inf
    return np.diag(mean) - np.logaddexp.reduce(mean, axis=1)


def climbed(
    filters: np.ndarray, group: np.ndarray, stimuli: np.ndarray, contrast: float
) -> np.ndarray:
    """Stimuli of length 1 after steps uphill in `lead`, all at once."""
    share = shares(group, len(stimuli))
    empty = share.sum(axis=0) == 0
    for _ in range(N_STEPS):
        stimuli = unit(stimuli + _STEP * unit(slope(filters, share, empty, stimuli, contrast)))
    return stimuli


def slope(
    filters: np.ndarray, share: np.ndarray, empty: np.ndarray, stimuli: np.ndarray, contrast: float
) -> np.ndarray:
    """float64[stimulus, pixel]: gradient of `lead`; ``share`` float64[cell, group] sums to 1."""
    drive = contrast * stimuli @ filters.T
    mean = np.logaddexp(0.0, drive) @ share
    mean[:, empty] = -np.inf
    odds = np.exp(mean - np.logaddexp.reduce(mean, axis=1, keepdims=True))
    pull = (np.eye(len(stimuli)) - odds) @ share.T
    return contrast * (pull / (1.0 + np.exp(-drive))) @ filters


def shares(group: np.ndarray, n: int) -> np.ndarray:
    """float64[cell, group]: what each cell counts in the mean of its group."""
    member = np.eye(n)[group]
    return member / np.maximum(member.sum(axis=0), 1.0)


@dataclass(frozen=True, eq=False)
class Sought:
    """Stimuli float64[group, pixel], int64[cell] groups, and how well they are told apart."""

    stimuli: np.ndarray
    group: np.ndarray
    score: float
    """Mean over cells of the log softmax over stimuli of its responses, at its own."""


def sought(rng: np.random.Generator, filters: np.ndarray, n_groups: int, contrast: float) -> Sought:
    """From a random start: stimuli for the groups, then groups by the stimuli, in turns."""
    group = rng.permutation(np.arange(len(filters)) % n_groups)
    stimuli = smooth(rng, n_groups)
    for _ in range(N_ROUNDS):
        stimuli = climbed(filters, group, stimuli, contrast)
        said = responses(filters, stimuli, contrast)
        group, most = said.argmax(axis=0), said.max(axis=0)
        for k in np.flatnonzero(np.bincount(group, minlength=n_groups) == 0):
            # An empty group starts again from the cell that is driven least.
            group[most.argmin()] = k
            most[most.argmin()] = np.inf
    said = responses(filters, stimuli, contrast)
    group = said.argmax(axis=0)
    score = said.max(axis=0) - np.logaddexp.reduce(said, axis=0)
    return Sought(stimuli, group, float(score.mean()))


def smooth(rng: np.random.Generator, n: int) -> np.ndarray:
    """float64[stimulus, pixel]: smoothed noise of length 1."""
    from scipy.ndimage import gaussian_filter

    noise = rng.normal(size=(n, SIDE, SIDE))
    return unit(gaussian_filter(noise, (0.0, _SMOOTH, _SMOOTH)).reshape(n, -1))


def counted(
    rng: np.random.Generator, cells: Cells, stimuli: np.ndarray, contrast: float, n_shown: int
) -> np.ndarray:
    """int64[stimulus, cell]: Poisson spikes over so many presentations of each."""
    return rng.poisson(n_shown * cells.gain * responses(cells.filters, stimuli, contrast))


def likeliest(counts: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """int64[cell]: which of float64[group, stimulus] mean responses makes its counts likeliest.

    Whatever the cell's gain: its total is given, so counts are multinomial.
    """
    share = expected / expected.sum(axis=1, keepdims=True)
    return (np.log(np.maximum(share, 1e-300)) @ counts).argmax(axis=0)
