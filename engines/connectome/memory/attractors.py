"""Patterns with blanks that a network of spins retrieves side by side (Agliari et al. 2012, 2023).

Entries of a pattern are 0 with probability d, else 1 or -1; spins that one pattern leaves blank
are free for the next, so several signals stand at once.
"""

from __future__ import annotations

from itertools import product

import numpy as np

N_BLOCKS = 40
"""Parts of a sweep whose spins turn together."""
_STEPS_MAX, _STILL = 20_000, 1e-12


def signals_in_theory(dilution: float, beta: float, n_patterns: int) -> np.ndarray:
    """float64[pattern]: the mean field m_k = E[x_k tanh(beta sum of m_l x_l)], summed exactly.

    Found by iteration from the hierarchy, so it is the solution that parallel retrieval starts
    towards.
    """
    cells = np.array(list(product((-1.0, 0.0, 1.0), repeat=n_patterns)))
    blank = cells == 0.0
    odds = np.where(blank, dilution, 0.5 * (1.0 - dilution)).prod(axis=1)
    m = hierarchy(dilution, n_patterns)
    for _ in range(_STEPS_MAX):
        new = (odds * np.tanh(beta * (cells @ m))) @ cells
        if np.abs(new - m).max() < _STILL:
            return new
        m = new
    return m


def hierarchy(dilution: float, n_patterns: int) -> np.ndarray:
    """float64[pattern]: (1 - d) d^k without noise; stable while 1 - 2 d + d^K > 0."""
    return (1.0 - dilution) * dilution ** np.arange(n_patterns)


def patterns(
    rng: np.random.Generator, n_runs: int, n_patterns: int, n: int, dilution: float
) -> np.ndarray:
    """int8[run, pattern, spin] of -1, 0 and 1."""
    size = (n_runs, n_patterns, n)
    sign = rng.integers(0, 2, size, dtype=np.int8) * 2 - 1
    return np.where(rng.random(size) < dilution, 0, sign).astype(np.int8)


def begun(rng: np.random.Generator, known: np.ndarray, flipped: float) -> np.ndarray:
    """float64[run, spin]: each spin as the first pattern that is not blank there, some flipped."""
    state = rng.choice((-1.0, 1.0), (known.shape[0], known.shape[2]))
    for pattern in known.transpose(1, 0, 2)[::-1]:
        state = np.where(pattern != 0, pattern, state)
    return np.where(rng.random(state.shape) < flipped, -state, state)


def overlaps(known: np.ndarray, state: np.ndarray) -> np.ndarray:
    """float64[run, pattern]: mean of pattern times spin."""
    return np.einsum("rkn,rn->rk", known, state) / state.shape[1]


def sweep(
    rng: np.random.Generator,
    known: np.ndarray,
    state: np.ndarray,
    beta: float,
    coupled: np.ndarray | None = None,
) -> np.ndarray:
    """All spins once, by heat bath, in `N_BLOCKS` random parts.

    Args:
        rng: draws order and noise.
        known: float64[run, pattern, spin].
        state: float64[run, spin] of -1 and 1.
        beta: one over the noise.
        coupled: float64[spin, spin] whose rows sum to 1: how a spin weighs the others; None for
            all alike.
    """
    n = state.shape[1]
    state = state.copy()
    for part in np.array_split(rng.permutation(n), min(N_BLOCKS, n)):
        here = known[:, :, part]
        if coupled is None:
            field = np.einsum("rkp,rk->rp", here, overlaps(known, state))
        else:
            heard = (known * state[:, None, :]) @ coupled[part].T
            field = np.einsum("rkp,rkp->rp", here, heard)
        up = rng.random(field.shape) < 0.5 * (1.0 + np.tanh(beta * field))
        state[:, part] = np.where(up, 1.0, -1.0)
    return state
