"""Graphs that no passing of messages tells apart, and what does."""

from __future__ import annotations

import numpy as np


def ring(*lengths: int) -> np.ndarray:
    """int64[edge, (from, to)], both directions: circles of so many nodes, side by side."""
    edges, first = [], 0
    for n in lengths:
        at = first + np.arange(n)
        after = first + (np.arange(n) + 1) % n
        edges += [np.stack([at, after], axis=1), np.stack([after, at], axis=1)]
        first += n
    return np.concatenate(edges)


def colours(edges: np.ndarray, first: np.ndarray, n_rounds: int) -> np.ndarray:
    """int64[node]: colours after rounds of refinement (Weisfeiler & Leman 1968).

    Two nodes keep one colour as long as they had one and the same colours around them; no block
    that gathers messages tells nodes of one colour apart (Xu et al. 2019; Morris et al. 2019).
    Colours are numbered by what they stand for, so graphs side by side share them.
    """
    colour = np.unique(first, return_inverse=True)[1]
    for _ in range(n_rounds):
        around = [sorted(colour[edges[edges[:, 1] == v, 0]].tolist()) for v in range(len(colour))]
        seen = [(int(c), tuple(near)) for c, near in zip(colour, around, strict=True)]
        order = {key: k for k, key in enumerate(sorted(set(seen)))}
        colour = np.array([order[key] for key in seen])
    return colour


def among_neighbours(edges: np.ndarray, n: int) -> np.ndarray:
    """int64[node]: edges between a node's neighbours, a feature of its ego network (SPEN)."""
    joined = np.zeros((n, n), np.int64)
    joined[edges[:, 0], edges[:, 1]] = 1
    return np.diag(joined @ joined @ joined) // 2
