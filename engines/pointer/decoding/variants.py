"""The same question asked in several ways: other starts, the symmetries of the square, samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.pointer.decoding.greedy import Decoded, decoded
from engines.pointer.tasks.protocol import Task


@dataclass(frozen=True)
class Variants:
    """One instance, several times."""

    points: np.ndarray
    """float64[variant, point, 2]."""
    index: np.ndarray
    """int64[variant, point]: which of the instance's points a variant's point is."""
    mirrored: np.ndarray
    """bool[variant]: whether left and right are swapped, so that answers run the other way."""


def variants(
    task: Task,
    points: np.ndarray,
    *,
    starts: bool = False,
    symmetries: bool = False,
    samples: int = 1,
) -> Variants:
    """An instance [point, 2] from every start (where one is given), in eight symmetries."""
    n = len(points)
    n_starts = n if starts and task.n_given else 1
    n_sides = 8 if symmetries and task.is_symmetric else 1
    index = (np.arange(n)[None] + np.arange(n_starts)[:, None]) % n
    index = np.tile(index, (n_sides * samples, 1))
    side = np.repeat(np.arange(n_sides), n_starts)
    side = np.tile(side, samples)
    turned = np.stack([symmetry(points, k) for k in range(n_sides)])
    mirrored = np.isin(side, (1, 3, 5, 7))
    return Variants(turned[side[:, None], index], index, mirrored)


def symmetry(points: np.ndarray, k: int) -> np.ndarray:
    """The k-th of eight: quarter turns of the unit square, odd ones mirrored as well."""
    centred = points - 0.5
    if k % 2:
        centred = centred * np.array([-1.0, 1.0])
    for _ in range(k // 2):
        centred = np.stack([-centred[..., 1], centred[..., 0]], axis=-1)
    return centred + 0.5


@dataclass(frozen=True)
class Best:
    """The best answer of several to one instance, in the instance's own indices."""

    answer: np.ndarray
    choices: np.ndarray
    """int64[step] with the stop."""
    distributions: np.ndarray
    """float32[step, point + 1]."""
    log_probability: float
    n_variants: int


def best(
    net: Any,
    task: Task,
    points: np.ndarray,
    asked: Variants,
    *,
    mask: bool = True,
    temperature: float = 0.0,
    seed: int = 0,
    between: np.ndarray | None = None,
) -> Best:
    """Decode every variant and keep the cheapest answer, or the most probable one.

    ``between`` are distances float64[city, city] that tours are measured by, if not the plane's.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    found = decoded(
        net, task, asked.points, mask=mask, trace=True, temperature=temperature, rng=rng
    )
    n = len(points)
    k = chosen_variant(task, asked, found, between)
    renamed = np.append(asked.index[k], n)
    choices = renamed[found.choices[k]]
    distributions = np.zeros_like(found.distributions[k])
    distributions[:, renamed] = found.distributions[k]
    answer = choices[: int(np.argmax(choices == n))] if (choices == n).any() else choices
    return Best(
        answer[::-1] if asked.mirrored[k] else answer,
        choices,
        distributions,
        float(found.log_probability[k]),
        len(asked.points),
    )


def chosen_variant(
    task: Task, asked: Variants, found: Decoded, between: np.ndarray | None = None
) -> int:
    """Which variant was answered best: least cost where the task has one, else most probable."""
    cost = task.cost(asked.points, found.answers)
    if between is not None:
        rows = np.take_along_axis(asked.index, np.maximum(found.answers, 0), axis=1)
        cost = np.where(
            np.isfinite(cost), between[rows, np.roll(rows, -1, axis=1)].sum(axis=1), np.nan
        )
    if np.isfinite(cost).any():
        return int(np.nanargmin(cost))
    return int(np.argmax(found.log_probability))
