"""Undirected weighted nulls: degrees, and strengths if asked, are kept for each sign by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import sparse

from engines.connectome.measures.numbers import DENSE_MAX
from engines.connectome.nulls.annealing import dealt_to
from engines.connectome.nulls.run import seeds_of
from engines.contract import InputError

Kept = Literal["degrees", "degrees and strengths"]
_ATTEMPTS_PER_EDGE = 20


@dataclass(frozen=True, eq=False)
class SymmetricNull:
    """A symmetric matrix like a wiring, and how far the walk to it went."""

    weights: Any
    """Sparse float64[neuron, neuron] without self-loops."""
    accepted: float
    """Swaps that were accepted, per edge; 0 is the wiring itself."""
    in_place: float
    """Share of the wiring's edges that are still there, with their sign."""


def walked(walks: Sequence[tuple[float, float]]) -> np.ndarray:
    """float64[2]: means of each null's accepted swaps per edge and share in place; nan without."""
    return np.mean(walks, axis=0) if walks else np.full(2, np.nan)


def check_nulls(n: int) -> None:
    """Raise InputError for so many neurons that a table of all pairs is too large."""
    if n > DENSE_MAX:
        raise InputError(f"nulls of {n:,} neurons are too large here; set Nulls to 0")


def symmetric_nulls(weights: Any, n_nulls: int, seed: int, kept: Kept) -> Iterator[SymmetricNull]:
    """Symmetric matrices like ``weights`` (sparse, no self-loops), one after the other.

    Edges of each sign are swapped among themselves (Rubinov & Sporns 2011), so that every neuron
    keeps how many it has of each. Weights of a sign are dealt out by chance, or so that every
    neuron keeps its sums of each.

    Raises:
        InputError: too many neurons for a table of all pairs.
    """
    check_nulls(weights.shape[0])
    table = (weights.toarray() != 0).astype(np.uint8)
    upper = sparse.triu(weights, 1).tocoo()
    pre, post = (ends.astype(np.int32) for ends in upper.coords)
    for one in seeds_of(seed, n_nulls):
        yield _drawn(table.copy(), pre.copy(), post.copy(), upper.data, one, kept)


def _drawn(
    table: np.ndarray, pre: np.ndarray, post: np.ndarray, weight: np.ndarray, seed: Any, kept: Kept
) -> SymmetricNull:
    """One null; ``table`` uint8[n, n] says who is joined, whatever the sign."""
    from engines.connectome.kernels import swaps

    n, made, n_accepted, n_in_place = len(table), weight.copy(), 0, 0
    rng = np.random.Generator(np.random.Philox(int(seed)))
    for part in (weight > 0, weight < 0):
        there = np.flatnonzero(part)
        n_in_place += len(there)
        if len(there) < 2:
            continue
        was = pre[there], post[there]
        now = was[0].copy(), was[1].copy()
        word = np.uint64(rng.integers(2**63))
        # Edges of the other sign stand in the table: no swap may lay one on top of another.
        n_tried = _ATTEMPTS_PER_EDGE * len(there)
        n_accepted += swaps.swap_undirected(table, *now, swaps.ANYWHERE, n_tried, word)
        n_in_place += len(np.intersect1d(_pairs(*was, n), _pairs(*now, n))) - len(there)
        pre[there], post[there] = now
        made[there] = rng.permutation(weight[there])
        if kept == "degrees and strengths":
            due = np.bincount(np.concatenate(was), np.tile(weight[there], 2), n)
            made[there] = dealt_to(now, made[there], due, rng)
    half = sparse.csr_array((made, (pre, post)), shape=(n, n))
    m = max(1, len(weight))
    in_place = n_in_place / m if len(weight) else 1.0
    return SymmetricNull(sparse.csr_array(half + half.T), n_accepted / m, in_place)


def _pairs(pre: np.ndarray, post: np.ndarray, n: int) -> np.ndarray:
    """int64[edge]: a number for who is joined, whichever end comes first."""
    return np.minimum(pre, post).astype(np.int64) * n + np.maximum(pre, post)
