"""Sets of the four numbers of a square that a filter may take: of orders, or drawn at random.

Dolores-Cuenca et al. 2024, arXiv 2412.06097: the value of a filter is the largest sum over the
corners of an order polytope, which are the sets that hold with a point everything on one side of
it (Stanley 1986).
"""

from __future__ import annotations

import numpy as np

from engines.lab.data.posets import ideals, kinds, labelled

N_SETS = 16
"""Most sets that an order of four points has; fewer are filled up with the empty set."""


def order_sets() -> np.ndarray:
    """float64[kind, set, 4]: order ideals of the 16 kinds, as zeros and ones."""
    return _filled([ideals(less) for less in kinds(labelled(4))[0]])


def random_sets(rng: np.random.Generator) -> np.ndarray:
    """float64[kind, set, 4]: as many sets as each kind of order has, the empty and the whole too.

    Those between are drawn at random, so that whether they make an order is left to chance.
    """
    every = (np.arange(16)[:, None] >> np.arange(4)) & 1
    found = []
    for sets in (ideals(less) for less in kinds(labelled(4))[0]):
        chosen = 1 + rng.permutation(14)[: len(sets) - 2]
        found.append(every[np.sort(np.concatenate(([0], chosen, [15])))])
    return _filled(found)


def _filled(families: list[np.ndarray]) -> np.ndarray:
    found = np.zeros((len(families), N_SETS, 4))
    for family, sets in zip(found, families, strict=True):
        family[: len(sets)] = sets
    return found


def means_of(sets: np.ndarray) -> np.ndarray:
    """The same sets as weights of a mean; the empty ones become the whole, which has a mean."""
    whole = np.where(sets.sum(-1, keepdims=True) > 0, sets, 1.0)
    return whole / whole.sum(-1, keepdims=True)
