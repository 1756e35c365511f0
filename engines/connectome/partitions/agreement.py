"""How two partitions agree."""

from __future__ import annotations

import numpy as np


def _contingency(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    _, a = np.unique(a, return_inverse=True)
    _, b = np.unique(b, return_inverse=True)
    table = np.zeros((a.max(initial=-1) + 1, b.max(initial=-1) + 1))
    np.add.at(table, (a, b), 1.0)
    return table


def nmi(a: np.ndarray, b: np.ndarray) -> float:
    """Normalised mutual information, arithmetic mean of the entropies (Danon et al. 2005).

    >>> round(nmi(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])), 6)
    0.8
    """
    table = _contingency(a, b)
    joint = table / max(1.0, table.sum())
    pa, pb = joint.sum(axis=1), joint.sum(axis=0)
    ha, hb = -np.sum(pa * np.log(pa)), -np.sum(pb * np.log(pb))
    there = joint > 0
    shared = np.sum(joint[there] * np.log((joint / np.outer(pa, pb))[there]))
    return float(2.0 * shared / (ha + hb)) if ha + hb > 0 else 1.0


def ari(a: np.ndarray, b: np.ndarray) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985).

    >>> round(ari(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])), 6)
    0.571429
    """
    table = _contingency(a, b)

    def pairs(n: np.ndarray) -> float:
        return float(np.sum(n * (n - 1.0) / 2.0))

    both, first, second = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    all_pairs = pairs(np.array([table.sum()]))
    expected = first * second / all_pairs if all_pairs else 0.0
    most = 0.5 * (first + second)
    return (both - expected) / (most - expected) if most != expected else 1.0
