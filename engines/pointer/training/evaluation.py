"""How good a network is on fresh instances: means with their standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engines.pointer.decoding.greedy import decoded
from engines.pointer.tasks.protocol import Task

_CHUNK_POINTS = 20_000
"""Points decoded at a time, so that long instances do not fill the memory."""


def instances(task: Task, n: int, n_instances: int, seed: int) -> np.ndarray:
    """The evaluation set of a seed: float64[batch, point, 2]; never a training batch."""
    rng = np.random.Generator(np.random.Philox(key=[seed, n], counter=[0, 0, 1, 0]))
    return task.generate(rng, n_instances, n)


def scores(net: Any, task: Task, points: np.ndarray, *, mask: bool = True) -> dict[str, np.ndarray]:
    """``accuracy``, the task's quality and ``valid`` of greedy answers, one per instance."""
    chunk = max(1, _CHUNK_POINTS // points.shape[1])
    parts = [_scored(net, task, points[k : k + chunk], mask) for k in range(0, len(points), chunk)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _scored(net: Any, task: Task, points: np.ndarray, mask: bool) -> dict[str, np.ndarray]:
    answers = decoded(net, task, points, mask=mask).answers
    valid = [not task.check(p, a) for p, a in zip(points, answers, strict=True)]
    found = task.score(points, answers, task.solve(points).answers)
    return {**found, "valid": np.array(valid, float)}


def means(scored: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Mean of every score over the instances where it is defined, and its standard error."""
    found: dict[str, float] = {}
    for name, values in scored.items():
        there = values[np.isfinite(values)]
        found[name] = float(there.mean()) if len(there) else float("nan")
        spread = float(there.std(ddof=1)) if len(there) > 1 else 0.0
        found[f"{name} error"] = spread / max(1.0, len(there)) ** 0.5
    return found
