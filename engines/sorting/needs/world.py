"""The world: digits in an order, and labels that change places, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.sorting.needs.asked import BATCH, INTERVALS, N_CLASSES, NeedsSpec

_ORDER, _SWAPS, _COINS = 30, 31, 32


def _drawn(spec: NeedsSpec, place: int, batch: int) -> np.random.Generator:
    """A stream for each use of a seed and each batch."""
    return np.random.Generator(
        np.random.Philox(key=spec.seed % 2**64, counter=[0, 0, batch, place])
    )


def order(spec: NeedsSpec, batch: int, n: int) -> np.ndarray:
    """int64[net, example]: which of so many digits a batch has."""
    return _drawn(spec, _ORDER, batch).integers(0, n, (spec.n_nets, BATCH))


def coins(spec: NeedsSpec, batch: int) -> np.ndarray:
    """bool[interval x net]: heads or tails, the same for all starts."""
    n = len(INTERVALS) * spec.n_nets
    return _drawn(spec, _COINS, batch).integers(0, 2, n).astype(bool)


def swaps(spec: NeedsSpec) -> Iterator[np.ndarray]:
    """int64[interval, net, class], batch after batch: the label that a class has.

    Two classes that are drawn change their labels every so many batches; all kinds of learner meet
    the same, and the k-th swap of a network is the same for all intervals.
    """
    label = np.tile(np.arange(N_CLASSES), (len(INTERVALS), spec.n_nets, 1))
    nets = np.arange(spec.n_nets)
    for batch in range(spec.n_batches):
        for k, interval in enumerate(INTERVALS):
            if interval and batch and batch % interval == 0:
                draw = _drawn(spec, _SWAPS, batch // interval - 1)
                one = draw.integers(0, N_CLASSES, spec.n_nets)
                other = (one + draw.integers(1, N_CLASSES, spec.n_nets)) % N_CLASSES
                row = label[k]
                row[nets, one], row[nets, other] = row[nets, other], row[nets, one].copy()
        yield label.copy()
