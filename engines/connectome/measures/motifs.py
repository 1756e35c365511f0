"""The thirteen connected triads: their names, their classes, and where their instances are."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations

import numpy as np

from engines.connectome.wiring.graph import Graph

NAMES = (
    "021D", "021U", "021C", "111D", "111U", "030T", "030C",
    "201", "120D", "120U", "120C", "210", "300",
)  # fmt: skip
"""Holland & Leinhardt's names, as networkx.triadic_census writes them."""
WORDS = {
    "021D": "diverging: one sends to two",
    "021U": "converging: two send to one",
    "021C": "chain",
    "111D": "mutual pair, one of them hears a third",
    "111U": "mutual pair, one of them tells a third",
    "030T": "feed-forward loop",
    "030C": "cycle",
    "201": "two mutual pairs",
    "120D": "a third tells a mutual pair",
    "120U": "a mutual pair tells a third",
    "120C": "mutual pair inside a chain",
    "210": "two mutual pairs and one more edge",
    "300": "all mutual",
}
_SAMPLES = {
    "021D": ((1, 0), (1, 2)), "021U": ((0, 1), (2, 1)), "021C": ((0, 1), (1, 2)),
    "111D": ((0, 1), (1, 0), (2, 1)), "111U": ((0, 1), (1, 0), (1, 2)),
    "030T": ((0, 1), (0, 2), (2, 1)), "030C": ((0, 1), (1, 2), (2, 0)),
    "201": ((0, 1), (1, 0), (1, 2), (2, 1)), "120D": ((1, 0), (1, 2), (0, 2), (2, 0)),
    "120U": ((0, 1), (2, 1), (0, 2), (2, 0)), "120C": ((0, 1), (1, 2), (0, 2), (2, 0)),
    "210": ((0, 1), (1, 2), (2, 1), (0, 2), (2, 0)),
    "300": ((0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)),
}  # fmt: skip
"""Edges of one triad of each class on neurons 0, 1, 2."""


def edges(name: str) -> tuple[tuple[int, int], ...]:
    """The directed edges of a class, drawn on neurons 0, 1 and 2."""
    return _SAMPLES[name]


@lru_cache(maxsize=1)
def classes() -> np.ndarray:
    """int8[64]: class of (dyad 01, dyad 02, dyad 12), each 0 none, 1 out, 2 in, 3 both; -1 none."""
    found = np.full(64, -1, np.int8)
    for k, name in enumerate(NAMES):
        for order in permutations(range(3)):
            moved = {(order[i], order[j]) for i, j in _SAMPLES[name]}
            dyad = [((a, b) in moved) + 2 * ((b, a) in moved) for a, b in ((0, 1), (0, 2), (1, 2))]
            found[16 * dyad[0] + 4 * dyad[1] + dyad[2]] = k
    return found


@lru_cache(maxsize=1)
def shares() -> np.ndarray:
    """float64[13, 48]: what one count of ``kernels.bits.dyads`` adds to each class.

    A triad is met once from every connected pair in it: twice or three times.
    """
    table = np.zeros((len(NAMES), 48))
    for kind in range(3):
        for pair in range(16):
            dyad = (kind + 1, pair // 4, pair % 4)
            k = classes()[16 * dyad[0] + 4 * dyad[1] + dyad[2]]
            n_connected = sum(d > 0 for d in dyad)
            if k >= 0 and n_connected > 1:
                table[k, 16 * kind + pair] = 1.0 / n_connected
    return table


def counted(triads: np.ndarray) -> np.ndarray:
    """float64[graph, 13] whole numbers of instances from int64[graph, 3, 16] of dyads.

    Counted in sixths, as a triad is met two or three times.
    """
    sixths = np.rint(6.0 * shares()).astype(np.int64)
    return (triads.reshape(len(triads), -1) @ sixths.T // 6).astype(float)


def instances(graph: Graph, name: str, most: int = 5_000) -> np.ndarray:
    """int32[instance, 3] of members, i < j < k, at most ``most``, those of lowest numbers first."""
    wanted = NAMES.index(name)
    dense = graph.binary.toarray().astype(np.int8)
    dyad = dense + 2 * dense.T
    lookup = classes()
    found: list[np.ndarray] = []
    n_found = 0
    for i in range(graph.n):
        codes = 16 * dyad[i][:, None] + 4 * dyad[i][None, :] + dyad
        j, k = np.nonzero(np.triu(lookup[codes] == wanted, 1))
        later = j > i
        found.append(np.stack([np.full(later.sum(), i), j[later], k[later]], axis=1))
        n_found += len(found[-1])
        if n_found >= most:
            break
    joined = np.concatenate([np.zeros((0, 3), np.int64), *found])
    return joined[:most].astype(np.int32)
