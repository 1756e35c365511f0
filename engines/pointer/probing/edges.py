"""Answers as sets of edges, so that two of them can be held against each other."""

from __future__ import annotations

import numpy as np


def edges(drawing: str, answers: np.ndarray, n: int) -> np.ndarray:
    """Edges of answers int64[instance, place], padded with -1: bool[instance, point, point].

    A polygon is closed, a path is open; directions do not count.
    """
    found = np.zeros((len(answers), n, n), bool)
    tail, head = answers[:, :-1], answers[:, 1:]
    if drawing == "polygon" and answers.shape[1]:
        last = np.maximum((answers >= 0).sum(axis=1) - 1, 0)[:, None]
        tail = np.concatenate([tail, np.take_along_axis(answers, last, axis=1)], axis=1)
        head = np.concatenate([head, answers[:, :1]], axis=1)
    row, place = np.nonzero((tail >= 0) & (head >= 0) & (tail != head))
    found[row, tail[row, place], head[row, place]] = True
    return found | found.transpose(0, 2, 1)


def changed_share(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Share of the edges of either that only one has (Jaccard distance): float64[instance].

    0 where neither has any. ``one`` may have a single instance.
    """
    both = (one & other).sum(axis=(1, 2))
    either = (one | other).sum(axis=(1, 2))
    return np.where(either > 0, 1.0 - both / np.maximum(either, 1), 0.0)


def line_length(found: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Summed length of edges bool[instance, point, point] at points[instance, point, 2]."""
    apart = points[:, :, None] - points[:, None]
    return 0.5 * (np.hypot(apart[..., 0], apart[..., 1]) * found).sum(axis=(1, 2))
