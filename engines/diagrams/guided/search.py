"""Searches: which of all networks to look at next.

Every one begins with the same networks and is told the errors of those that it has looked at.
Costs are known of all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.diagrams.guided.area import ahead, peeled
from engines.diagrams.guided.asked import (
    CHOICES,
    EVOLVED,
    GUIDED,
    N_EACH,
    N_FIRST,
    N_LAYERS,
    RANDOM,
    SHUFFLED,
    WIDTHS,
)
from engines.lab.data.task import rng_of

_GENES = np.array(CHOICES)
_N = len(CHOICES)
_N_POOL, _N_ROUNDS, _RIDGE = 60, 3, 1e-2
Guess = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Places and errors of networks seen, to errors guessed of all networks."""


def place_of(genes: np.ndarray) -> np.ndarray:
    """Places in CHOICES of int[..., layer]."""
    return genes @ len(WIDTHS) ** np.arange(N_LAYERS - 1, -1, -1)


def children(rng: np.random.Generator, parents: np.ndarray, n: int) -> np.ndarray:
    """Places of n networks: genes of two parents each, every third one step narrower or wider."""
    two = _GENES[rng.choice(parents, (n, 2))]
    mixed = np.where(rng.random((n, N_LAYERS)) < 0.5, two[:, 0], two[:, 1])
    moved = rng.choice((-1, 1), mixed.shape) * (rng.random(mixed.shape) < 1 / N_LAYERS)
    return place_of(np.clip(mixed + moved, 0, len(WIDTHS) - 1))


def guess(seen: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """float64[choice]: errors by a quadratic in the logarithms of the widths (ridge)."""
    wide = np.log2(np.array(WIDTHS, float))[_GENES]
    wide = (wide - wide.mean(axis=0)) / wide.std(axis=0)
    pairs = [wide[:, i] * wide[:, j] for i in range(N_LAYERS) for j in range(i, N_LAYERS)]
    bases = np.column_stack([np.ones(_N), wide, *pairs])
    least = errors[errors > 0].min() if (errors > 0).any() else 1.0
    asked, wanted = bases[seen], np.log(np.maximum(errors, least / 2.0))
    gram = asked.T @ asked + _RIDGE * np.eye(bases.shape[1])
    return np.exp(bases @ np.linalg.solve(gram, asked.T @ wanted))


def order_of(way: str, cost: np.ndarray, error: np.ndarray, seed: int, net: int) -> np.ndarray:
    """Places of all networks in the order in which a search looks at them.

    Args:
        way: one of WAYS.
        cost: float64[choice].
        error: float64[choice]; nothing of one that has yet to be looked at is used.
        seed: of the run.
        net: whose networks these are.
    """
    first = rng_of(seed, 1_091_000 + net).permutation(_N)
    if way == RANDOM:
        return first
    rng = rng_of(seed, 1_092_000 + net)
    seen = list(first[:N_FIRST])
    while len(seen) < _N:
        known = np.array(seen)
        seen += _next(way, cost, known, error[known], rng)
    return np.array(seen)


def _next(
    way: str, cost: np.ndarray, seen: np.ndarray, errors: np.ndarray, rng: np.random.Generator
) -> list[int]:
    """The networks to look at next, none of them seen."""
    front = seen[ahead(np.column_stack([cost[seen], errors]))]
    if way == EVOLVED:
        return _unseen(children(rng, front, _N_POOL), seen, rng, N_EACH)
    assert way in (GUIDED, SHUFFLED)
    guessed = guess(seen, rng.permutation(errors) if way == SHUFFLED else errors)
    guessed[seen] = errors
    parents, pool = front, np.zeros(0, int)
    for _ in range(_N_ROUNDS):
        pool = np.unique(np.r_[pool, children(rng, parents, _N_POOL)])
        every = np.r_[seen, pool]
        parents = every[ahead(np.column_stack([cost[every], guessed[every]]))]
    pool = np.array(_unseen(pool, seen, rng, N_EACH, whole=True))
    best = peeled(np.column_stack([cost[pool], guessed[pool]]), N_EACH)
    return [int(k) for k in pool[best]]


def _unseen(
    pool: np.ndarray, seen: np.ndarray, rng: np.random.Generator, n: int, *, whole: bool = False
) -> list[int]:
    """Some of a pool that were not seen, each once, in its order; filled up by others as drawn."""
    known = set(seen.tolist())
    found = [k for k in dict.fromkeys(pool.tolist()) if k not in known]
    if len(found) < n:
        rest = rng.permutation(np.setdiff1d(np.arange(_N), np.r_[seen, found].astype(int)))
        found += rest[: n - len(found)].tolist()
    return found if whole else found[:n]
