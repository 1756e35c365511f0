"""Undirected weighted nulls: degrees, and strengths if asked, are kept for each sign by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from scipy import sparse

from engines.connectome.measures.numbers import DENSE_MAX
from engines.connectome.nulls.annealing import dealt_to
from engines.connectome.nulls.run import seeds_of
from engines.contract import InputError

Kept = Literal["degrees", "degrees and strengths"]
_ATTEMPTS_PER_EDGE = 20


def check_nulls(n: int) -> None:
    """Raise InputError for so many neurons that a table of all pairs is too large."""
    if n > DENSE_MAX:
        raise InputError(f"nulls of {n:,} neurons are too large here; set Nulls to 0")


def symmetric_nulls(weights: Any, n_nulls: int, seed: int, kept: Kept) -> Iterator[Any]:
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
) -> Any:
    """One null; ``table`` uint8[n, n] says who is joined, whatever the sign."""
    from engines.connectome.kernels import swaps

    n, made = len(table), weight.copy()
    rng = np.random.Generator(np.random.Philox(int(seed)))
    for part in (weight > 0, weight < 0):
        there = np.flatnonzero(part)
        if len(there) < 2:
            continue
        was = pre[there], post[there]
        now = was[0].copy(), was[1].copy()
        word = np.uint64(rng.integers(2**63))
        # Edges of the other sign stand in the table: no swap may lay one on top of another.
        swaps.swap_undirected(table, *now, swaps.ANYWHERE, _ATTEMPTS_PER_EDGE * len(there), word)
        pre[there], post[there] = now
        made[there] = rng.permutation(weight[there])
        if kept == "degrees and strengths":
            due = np.bincount(np.concatenate(was), np.tile(weight[there], 2), n)
            made[there] = dealt_to(now, made[there], due, rng)
    half = sparse.csr_array((made, (pre, post)), shape=(n, n))
    return sparse.csr_array(half + half.T)
