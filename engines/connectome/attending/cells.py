"""Spiking cells whose couplings are planted, and what classical statistics says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engines.contract import InputError
from engines.lab.data.coupled import decay
from engines.lab.data.task import rng_of

N_CELLS, WINDOW = 12, 5
NAMES = tuple(f"cell {k + 1:02d}" for k in range(N_CELLS))
N_EXAM = 2_000
"""Bins at the end of a recording that nobody learns from."""
_RATE = 0.15
"""Probability of a spike in a bin where nothing is felt."""
_BLOCK = 500
"""Bins that are planted between two looks at what the user wants."""
_RIDGE, _ROUNDS, _HALVINGS, _CLOSE = 1e-2, 25, 8, 1e-7


@dataclass(frozen=True, eq=False)
class Cells:
    """``spikes`` bool[bin, cell], ``coupling`` float64[to, from] and how likely each spike was."""

    spikes: np.ndarray
    coupling: np.ndarray
    chance: np.ndarray
    """float64[bin, cell]: the probability of a spike that the plant gave."""


def planted(seed: int, n_bins: int, strength: float, density: float) -> Cells:
    """Cells of a generalised linear model: probability sigmoid(bias + couplings x history).

    History is what every cell did in the last five bins, falling by e with each; half of the
    couplings excite, and each is of ``strength`` times a uniform number in [0.5, 1).

    Raises:
        InputError: no pair is coupled, so that there is nothing to tell.
    """
    *_, made = planting([seed], n_bins, strength, density)
    assert isinstance(made, list)
    return made[0]


def planting(
    seeds: Sequence[int], n_bins: int, strength: float, density: float
) -> Iterator[float | list[Cells]]:
    """Recordings side by side: the share that is planted, now and then, and all of them last.

    Raises:
        InputError: no pair of a recording is coupled.
    """
    draws = [rng_of(seed, 31) for seed in seeds]
    coupling = np.stack([_coupled(draw, strength, density) for draw in draws])
    drawn = np.stack([draw.random((n_bins, N_CELLS)) for draw in draws])
    chance = np.empty(drawn.shape)
    for done in _following(drawn, coupling, chance):
        yield done / n_bins
    parts = zip(drawn < chance, coupling, chance, strict=True)
    yield [Cells(spikes, pairs, likely) for spikes, pairs, likely in parts]


def _coupled(draw: np.random.Generator, strength: float, density: float) -> np.ndarray:
    shape = N_CELLS, N_CELLS
    there = (draw.random(shape) < density) & ~np.eye(N_CELLS, dtype=bool)
    size = strength * (0.5 + 0.5 * draw.random(shape))
    if not there.any():
        raise InputError(
            f"no pair of cells was coupled at a share of {density:g}; take a larger share or "
            "another seed"
        )
    return np.where(draw.random(shape) < 0.5, size, -size) * there


def followed(drawn: np.ndarray, coupling: np.ndarray) -> Cells:
    """Spikes bin by bin: a cell fires where ``drawn`` float64[bin, cell] is below its chance."""
    chance = np.empty(drawn.shape)
    for _ in _following(drawn[None], coupling[None], chance[None]):
        pass
    return Cells(drawn < chance, coupling, chance)


def _following(drawn: np.ndarray, coupling: np.ndarray, chance: np.ndarray) -> Iterator[int]:
    """Fills in ``chance`` float64[recording, bin, cell]; how many bins are done, now and then."""
    kernel, bias = decay(WINDOW), np.log(_RATE / (1.0 - _RATE))
    recent = np.zeros((len(drawn), WINDOW, drawn.shape[2]))
    for t in range(drawn.shape[1]):
        felt = coupling @ (kernel @ recent)[:, :, None]
        chance[:, t] = sigmoid(bias + felt[:, :, 0])
        recent[:, 1:] = recent[:, :-1].copy()
        recent[:, 0] = drawn[:, t] < chance[:, t]
        if t % _BLOCK == _BLOCK - 1:
            yield t + 1


def other_cuts(silent: np.ndarray, n: int, seed: int) -> list[np.ndarray]:
    """As many other cells, bool[cell] each: ``n`` ways at random, none twice, never ``silent``."""
    asked, size = tuple(np.flatnonzero(silent).tolist()), int(silent.sum())
    ways = [one for one in combinations(range(len(silent)), size) if one != asked]
    chosen = rng_of(seed, 33).permutation(len(ways))[:n]
    return [np.isin(np.arange(len(silent)), ways[k]) for k in chosen]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0.0, -x))


def tokens(spikes: np.ndarray) -> np.ndarray:
    """float32[bin, cell x lag]: 1 for each spike of the five bins before, lag 1 first."""
    made = np.zeros((*spikes.shape, WINDOW), np.float32)
    for lag in range(1, WINDOW + 1):
        made[lag:, :, lag - 1] = spikes[:-lag]
    return made.reshape(len(spikes), -1)


def history(spikes: np.ndarray) -> np.ndarray:
    """float64[bin, cell]: recent spikes of every cell, falling as planted."""
    return tokens(spikes).reshape(*spikes.shape, WINDOW) @ decay(WINDOW)


def log_loss(spikes: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """float64[cell]: nats per bin that a log odds float64[bin, cell] of a spike costs."""
    return (np.logaddexp(0.0, drive) - spikes * drive).mean(axis=0)


def regression(spikes: np.ndarray) -> np.ndarray:
    """float64[to, 1 + from]: bias and couplings of the planted model at its likeliest.

    Logistic regression of each cell on everybody's history, by Newton's method (Truccolo et al.
    2005); a ridge of 0.01 keeps couplings of cells that hardly fire.
    """
    given = np.pad(history(spikes), ((0, 0), (1, 0)), constant_values=1.0)
    weight = np.zeros((spikes.shape[1], given.shape[1]))
    products = (given[:, :, None] * given[:, None]).reshape(len(given), -1)
    pull = _RIDGE * (np.arange(given.shape[1]) > 0)

    def cost(at: np.ndarray) -> np.ndarray:
        loss = len(given) * log_loss(spikes, given @ at.T)
        return loss + 0.5 * (pull * at**2).sum(axis=1)

    for _ in range(_ROUNDS):
        chance = sigmoid(given @ weight.T)
        slope = (spikes - chance).T @ given - pull * weight
        bend = ((chance * (1.0 - chance)).T @ products).reshape(-1, *2 * pull.shape)
        bend += np.diag(pull + 1e-9)
        step, before = np.linalg.solve(bend, slope[..., None])[..., 0], cost(weight)
        for _ in range(_HALVINGS):
            worse = cost(weight + step) > before
            if not worse.any():
                break
            step[worse] *= 0.5
        weight = weight + np.where((cost(weight + step) > before)[:, None], 0.0, step)
        if np.abs(step).max() < _CLOSE:
            break
    return weight


def lagged(spikes: np.ndarray) -> np.ndarray:
    """float64[to, from]: correlation of each cell with everybody's history; 0 for silent cells."""
    now, before = spikes - spikes.mean(axis=0), history(spikes)
    before = before - before.mean(axis=0)
    size = np.outer(np.linalg.norm(now, axis=0), np.linalg.norm(before, axis=0))
    return np.divide(now.T @ before, size, out=np.zeros_like(size), where=size > 0)
