"""The world: digits in an order, and labels that change places."""

from __future__ import annotations

import numpy as np

from engines.lab.data.catalog import task_of
from engines.lab.data.task import rng_of
from engines.sorting.needs.asked import BATCH, INTERVALS, N_CLASSES, NeedsSpec

_ORDER, _SWAPS, COINS = 30, 31, 32


def stream(spec: NeedsSpec) -> tuple[np.ndarray, np.ndarray]:
    """Pictures float32[net, batch, example, 64] and classes int64[net, batch, example]."""
    task = task_of("digits", spec.seed)
    shape = (spec.n_nets, spec.n_batches, BATCH)
    at = rng_of(spec.seed, _ORDER).integers(0, len(task.y), shape)
    return task.x[at], task.y[at]


def swaps(spec: NeedsSpec) -> np.ndarray:
    """int64[batch, interval, net, class]: the label that a class has during every batch.

    Two classes that are drawn change their labels every so many batches; all kinds of learner meet
    the same, and the k-th swap of a network is the same for all intervals.
    """
    draw = rng_of(spec.seed, _SWAPS)
    pairs = np.array([
        [draw.permutation(N_CLASSES)[:2] for _ in range(spec.n_nets)]
        for _ in range(spec.n_batches)
    ])  # fmt: skip
    found = np.empty((spec.n_batches, len(INTERVALS), spec.n_nets, N_CLASSES), np.int64)
    label = np.tile(np.arange(N_CLASSES), (len(INTERVALS), spec.n_nets, 1))
    nets = np.arange(spec.n_nets)
    for batch in range(spec.n_batches):
        for k, interval in enumerate(INTERVALS):
            if interval and batch and batch % interval == 0:
                one, other = pairs[batch // interval - 1].T
                row = label[k]
                row[nets, one], row[nets, other] = row[nets, other], row[nets, one].copy()
        found[batch] = label
    return found
