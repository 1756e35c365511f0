"""Patterns of few active cells in clipped Hebbian synapses, and their completion from a part."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom


def patterns(rng: np.random.Generator, n_patterns: int, n_cells: int, n_active: int) -> np.ndarray:
    """bool[pattern, cell], as many active cells in each."""
    rank = rng.random((n_patterns, n_cells)).argpartition(n_active, axis=1)
    made = np.zeros((n_patterns, n_cells), bool)
    np.put_along_axis(made, rank[:, :n_active], values=True, axis=1)
    return made


def synapses(
    rng: np.random.Generator, n_cells: int, share: float, *, both_ways: float
) -> np.ndarray:
    """bool[post, pre]: which synapses exist, without self-loops.

    Args:
        rng: draws them.
        n_cells: how many cells.
        share: odds that a synapse from one cell to another exists.
        both_ways: share of synapses that run both ways beyond what chance gives; 0 is chance.
    """
    one = rng.random((n_cells, n_cells)) < share
    pair = np.triu(rng.random((n_cells, n_cells)) < both_ways, 1)
    pair |= pair.T
    upper = np.triu(one, 1)
    made = np.where(pair, upper | upper.T, one)
    np.fill_diagonal(made, val=False)
    return made


def stored(kept: np.ndarray) -> np.ndarray:
    """bool[cell, cell]: pairs that were active together in any of bool[pattern, cell].

    Willshaw, Buneman & Longuet-Higgins 1969.
    """
    both = kept.astype(np.float32)
    return both.T @ both > 0


def cues(rng: np.random.Generator, whole: np.ndarray, n_shown: int) -> np.ndarray:
    """bool[pattern, cell]: ``n_shown`` of the active cells of each pattern."""
    order = np.where(whole, rng.random(whole.shape), 2.0).argpartition(n_shown, axis=1)
    made = np.zeros_like(whole)
    np.put_along_axis(made, order[:, :n_shown], values=True, axis=1)
    return made


def recalled(
    rng: np.random.Generator, weight: np.ndarray, cue: np.ndarray, n_active: int, n_rounds: int
) -> np.ndarray:
    """bool[round + 1, pattern, cell], the cue first.

    In each round the ``n_active`` cells that hear most active ones are active (inhibition); of
    equals, chance decides. ``weight`` float32[post, pre] of zeros and ones.
    """
    state, made = cue, [cue]
    for _ in range(n_rounds):
        heard = state.astype(np.float32) @ weight.T
        heard += 0.5 * rng.random(heard.shape, dtype=np.float32)
        first = np.argpartition(-heard, n_active - 1, axis=1)[:, :n_active]
        state = np.zeros_like(cue)
        np.put_along_axis(state, first, values=True, axis=1)
        made.append(state)
    return np.array(made)


def came_back(states: np.ndarray, whole: np.ndarray, cue: np.ndarray) -> np.ndarray:
    """float64[..., pattern]: share of a pattern's cells that were not shown and are active."""
    missing = whole & ~cue
    return (states & missing).sum(axis=-1) / missing.sum(axis=-1)


def one_round(n_cells: int, n_active: int, n_stored: int, n_shown: int) -> float:
    """Expected share of missing cells after one round where all synapses exist.

    The k - b missing cells hear all b that are shown. Any other cell is in r of the other patterns,
    r binomial, hears a shown cell with odds 1 - (1 - f)^r, so all of them with that to the power of
    b (Buckingham & Willshaw 1992); F such cells compete for the k places. Shown cells hear one
    fewer, themselves.
    """
    share = n_active / n_cells
    r = np.arange(n_stored)
    odds = 1.0 - (1.0 - (n_active - 1) / (n_cells - 1)) ** r
    every = float(binom.pmf(r, n_stored - 1, share) @ odds**n_shown)
    n_false = np.arange(n_cells - n_active + 1)
    spread = binom.pmf(n_false, n_cells - n_active, every)
    return float(spread @ np.minimum(1.0, n_active / (n_active - n_shown + n_false)))
