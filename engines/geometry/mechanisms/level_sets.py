"""Level sets of a classifier's confidence: how far one gets without its noticing.

Level set traversal after Balasubramanian et al. 2023 (arXiv 2310.19889): go towards another image,
but only along directions that leave the loss of the source's label as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

Layers = tuple[tuple[np.ndarray, np.ndarray], ...]
"""Weights float64[out, in] and biases float64[out] of each layer, ReLU between them."""
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Look:
    """What a network says of some points: confidence float64[point] in a label, its gradient."""

    confidence: np.ndarray
    gradient: np.ndarray
    """float64[point, pixel]: of the cross-entropy of the label."""


def look(layers: Layers, x: np.ndarray, label: np.ndarray) -> Look:
    """Confidence in ``label`` int64[point] at x float64[point, pixel], and the loss's gradient."""
    active, hidden = [], x
    for weight, bias in layers[:-1]:
        before = hidden @ weight.T + bias
        active.append(before > 0)
        hidden = np.maximum(before, 0.0)
    weight, bias = layers[-1]
    logit = hidden @ weight.T + bias
    share = np.exp(logit - logit.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    confidence = share[rows, label].copy()
    # What is left for the others, not confidence less one: that is 0 long before this is.
    share[rows, label] = 0.0
    share[rows, label] = -share.sum(axis=1)
    back = share @ weight
    for (weight, _), on in zip(layers[-2::-1], active[::-1], strict=True):
        back = (back * on) @ weight
    return Look(confidence, back)


def confidences(layers: Layers, x: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Confidence float64[point, ...] along the middle axes of x float64[point, ..., pixel]."""
    flat = x.reshape(-1, x.shape[-1])
    n_each = len(flat) // len(label)
    return look(layers, flat, np.repeat(label, n_each)).confidence.reshape(x.shape[:-1])


@dataclass(frozen=True, eq=False)
class Walk:
    """Where the points are after some steps: float64[point, pixel], and their confidence."""

    step: int
    x: np.ndarray
    confidence: np.ndarray


def walk(
    layers: Layers, source: np.ndarray, goal: np.ndarray, label: np.ndarray, *,
    rate: float = 0.02, push: float = 0.001, drop: float = 0.2, n_steps: int = 400,
    n_kept: int = 20,
) -> Iterator[Walk]:  # fmt: skip
    """Steps x + rate (D less its part along the gradient) - push x the gradient's direction.

    D leads to the goal. A step that would leave confidence more than ``drop`` below the source's
    is not taken; the point goes back up the confidence instead. Yields ``n_kept`` times.
    """
    x = source.astype(np.float64)
    seen = look(layers, x, label)
    least = seen.confidence - drop
    every = max(1, n_steps // n_kept)
    yield Walk(0, x, seen.confidence)
    for step in range(1, n_steps + 1):
        size = np.linalg.norm(seen.gradient, axis=1, keepdims=True)
        way = seen.gradient / np.maximum(size, _TINY)
        ahead = goal - x
        along = ahead - (ahead * way).sum(axis=1, keepdims=True) * way
        tried = x + rate * along - push * way * (size > _TINY)
        then = look(layers, tried, label)
        refused = then.confidence < least
        x = np.where(refused[:, None], x - push * way, tried)
        seen = look(layers, x, label) if refused.any() else then
        if step % every == 0 or step == n_steps:
            yield Walk(step, x, seen.confidence)


def line(layers: Layers, start: np.ndarray, end: np.ndarray, label: np.ndarray,
         n_points: int = 51) -> np.ndarray:  # fmt: skip
    """Confidence float64[pair, place] on the straight line between two points."""
    share = np.linspace(0.0, 1.0, n_points)[None, :, None]
    return confidences(layers, start[:, None] + share * (end - start)[:, None], label)


def covered(source: np.ndarray, goal: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Share float64[pair] of the distance to the goal that is gone at the end."""
    whole = np.linalg.norm(goal - source, axis=1)
    return 1.0 - np.linalg.norm(goal - end, axis=1) / whole


def straight_until(confidence: np.ndarray, drop: float) -> np.ndarray:
    """Share float64[pair] of a straight line until confidence falls by more than ``drop``."""
    fallen = confidence < confidence[:, :1] - drop
    first = np.where(fallen.any(axis=1), fallen.argmax(axis=1), confidence.shape[1])
    return np.maximum(first - 1, 0) / (confidence.shape[1] - 1)


def triangle(layers: Layers, source: np.ndarray, one: np.ndarray, other: np.ndarray,
             label: int, n: int = 41) -> np.ndarray:  # fmt: skip
    """Confidence float64[v, u] at source + u (one - source) + v (other - source); nan beyond."""
    u, v = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n))
    points = source + u[..., None] * (one - source) + v[..., None] * (other - source)
    found = confidences(layers, points[None], np.array([label]))[0]
    return np.where(u + v <= 1.0 + 1e-9, found, np.nan)
