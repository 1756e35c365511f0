"""Sizes at which two entrants learn in the same time: measured here, so another machine may differ.

Time per step is CPU time of the thread that learns, of all seeds together. The first entrant is
measured again beside every size that is tried, in turn, so that what else the machine does slows
both alike; what is compared are medians of their ratios.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from engines.contract import InputError
from engines.diagrams.learning.entrants import Contestant
from engines.diagrams.learning.prices import price, sizable_axis, size_at_least
from engines.lab.training import Training

TIME_MISS_MAX = 0.10
"""Two times per step that differ by a larger share are not called equal: medians of a few repeats
scatter by some percent."""
ENOUGH = 1.0 + TIME_MISS_MAX / 2
N_REPEATS, N_STEPS = 7, 4
_SIZE_MAX, _PARAMETERS_MAX = 2**14, 2_000_000
_TRIES_MAX = 16


@dataclass(frozen=True)
class Pace:
    """Milliseconds per step of all seeds, medians; ``ratio`` is that of the pairs."""

    ours: float
    first: float
    ratio: float


Clock = Callable[[Contestant], Pace]


def pace(ours: Training, first: Training) -> Pace:
    """Both in turn, `N_REPEATS` times `N_STEPS` steps after the first, which loads and compiles."""
    for training in (ours, first):
        training.advance(training.step + 1)
    took = np.array([[_milliseconds(one) for one in (ours, first)] for _ in range(N_REPEATS)])
    ratio = float(np.median(took[:, 0] / took[:, 1]))
    milliseconds = np.median(took, axis=0)
    return Pace(float(milliseconds[0]), float(milliseconds[1]), ratio)


def _milliseconds(training: Training) -> float:
    on_device = training.stack.weights.device.type == "cuda"
    clock = time.perf_counter if on_device else time.thread_time
    begun = clock()
    training.advance(training.step + N_STEPS)
    if on_device:
        torch.cuda.synchronize()
    return 1_000.0 * (clock() - begun) / N_STEPS


def paced(one: Contestant, clock: Clock, axis: str = "") -> Iterator[tuple[Contestant, Pace]]:
    """Sizes that are tried, each with its pace; the last is the one to race.

    The size is doubled until a step takes clearly longer than one of the first entrant, and the
    interval is cut at the middle of its logarithm until neighbours are left; taken is the largest
    at which a step takes at most a twentieth longer. So where small sizes all take the same, as
    products of few numbers do, it is the largest of them.

    Raises:
        InputError: no axis to change, or no size within 10 %, with the two nearest.
    """
    poly = one.bill.total.params + one.bill.total.flops
    axis = sizable_axis(one, poly, axis, "the time of the first")
    tried: dict[int, Pace] = {}

    def at(size: int) -> tuple[Contestant, Pace]:
        sized = one.sized(axis, size)
        tried[size] = clock(sized)
        return sized, tried[size]

    size = size_at_least(one, poly, axis, 1)
    while size is not None and len(tried) < _TRIES_MAX:
        yield at(size)
        if tried[size].ratio > 1.0 + 1.5 * TIME_MISS_MAX:
            break
        size = _affordable(one, axis, size_at_least(one, poly, axis, 2 * size))
    low, high = _around(tried)
    while low and high > 1.1 * low and len(tried) < _TRIES_MAX:
        middle = size_at_least(one, poly, axis, max(low + 1, round((low * high) ** 0.5)))
        if middle is None or middle >= high:
            break
        yield at(middle)
        low, high = (middle, high) if tried[middle].ratio <= ENOUGH else (low, middle)
    fits = [size for size, found in tried.items() if abs(found.ratio - 1.0) <= TIME_MISS_MAX]
    best = low or max(fits, default=high)
    if best not in fits:
        ends = {size: tried[size] for size in (low, high) if size}
        raise InputError(_refusal(one.name, axis, ends))
    yield one.sized(axis, best), tried[best]


def _around(tried: dict[int, Pace]) -> tuple[int, int]:
    """The largest size that takes hardly longer, 0 if none, and the next, 0 if none."""
    low = max((size for size, found in tried.items() if found.ratio <= ENOUGH), default=0)
    return low, min((size for size in tried if size > low), default=0)


def _affordable(one: Contestant, axis: str, size: int | None) -> int | None:
    """A size that is not too large to be tried."""
    if size is None or size > _SIZE_MAX:
        return None
    return size if price(one.sized(axis, size)).parameters <= _PARAMETERS_MAX else None


def _refusal(name: str, axis: str, nearest: dict[int, Pace]) -> str:
    said = " and ".join(
        f"{axis} = {size} takes {pace.ours:.3g} ms a step where the first takes {pace.first:.3g}"
        for size, pace in sorted(nearest.items())
    )
    return (
        f"{name}: no size of {axis} comes within {TIME_MISS_MAX:.0%} of the first's time; {said}. "
        "Change the first entrant's sizes, or match nothing"
    )
