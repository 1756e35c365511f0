"""What one moved point changes, at every place of the plane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from engines.pointer.decoding.greedy import decoded
from engines.pointer.probing.edges import changed_share, edges, line_length
from engines.pointer.probing.taps import features_of, previous_of
from engines.pointer.tasks import Task

_BATCH = 112
"""Places that are asked about at once: four rows of the usual grid, a twentieth of a second."""


@dataclass(frozen=True)
class Change:
    """How the answer at places differs from the answer where the point lies."""

    choices: np.ndarray
    """float64[place, step]: total variation of the step's probabilities, earlier choices held; 0
    where the choice is given."""
    answer: np.ndarray
    """float64[place]: share of the answer's edges that are others."""
    length: np.ndarray
    """float64[place]: length of the answer's line, over that of before, less 1."""
    right: np.ndarray
    """float64[place]: share of the right answer's edges that are others; nan if not asked for."""


def grid_places(side: int) -> np.ndarray:
    """Middles of a grid's fields over the unit square, top row first: float64[place, 2]."""
    middles = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(middles, middles[::-1])
    return np.stack([x.ravel(), y.ravel()], axis=1)


def with_moved(points: np.ndarray, moved: int, places: np.ndarray) -> np.ndarray:
    """Points[point, 2] once for each place, one of them put there: float64[place, point, 2]."""
    found = np.repeat(points[None], len(places), axis=0)
    found[:, moved] = places
    return found


@torch.inference_mode()
def probabilities(net: Any, task: Task, points: np.ndarray, choices: np.ndarray) -> np.ndarray:
    """What the network says at every step, nothing forbidden: float64[instance, step, point + 1].

    Args:
        net: the network.
        task: what it was taught.
        points: float64[instance, point, 2].
        choices: int64[instance, step] that it is told.
    """
    n = points.shape[1]
    memory = net.encode(features_of(task, points))
    logits = net.teach(memory, previous_of(choices, n))
    if not task.has_stop:
        logits[..., n] = -torch.inf
    return logits.double().softmax(dim=-1).numpy()


@dataclass(frozen=True)
class Base:
    """The answer where the point lies."""

    net: Any
    task: Task
    points: np.ndarray
    """float64[point, 2]."""
    choices: np.ndarray
    """int64[step]."""
    answer: np.ndarray
    """int64[place]."""
    right: np.ndarray
    """int64[place]; empty when the right answer is not asked for."""


def changes(base: Base, moved: int, places: np.ndarray) -> Iterator[Change]:
    """What happens when a point is put at each of places[place, 2], batch by batch."""
    here = probabilities(base.net, base.task, base.points[None], base.choices[None])
    for start in range(0, len(places), _BATCH):
        yield _change(base, with_moved(base.points, moved, places[start : start + _BATCH]), here)


def _change(base: Base, points: np.ndarray, here: np.ndarray) -> Change:
    n, task = len(base.points), base.task
    told = np.repeat(base.choices[None], len(points), axis=0)
    there = probabilities(base.net, task, points, told)
    before = edges(task.drawing, base.answer[None], n)
    after = edges(task.drawing, decoded(base.net, task, points).answers, n)
    shift = 0.5 * np.abs(there - here).sum(axis=-1)
    shift[:, : task.n_given] = 0.0
    whole = line_length(before, base.points[None])
    right = np.full(len(points), np.nan)
    if len(base.right):
        solved = edges(task.drawing, task.solve(points).answers, n)
        right = changed_share(edges(task.drawing, base.right[None], n), solved)
    return Change(
        shift,
        changed_share(before, after),
        line_length(after, points) / whole - 1.0 if whole[0] > 0 else np.zeros(len(points)),
        right,
    )


def joined(parts: list[Change]) -> Change:
    """All places of several batches."""
    return Change(*(np.concatenate([getattr(p, name) for p in parts])
                    for name in ("choices", "answer", "length", "right")))  # fmt: skip
