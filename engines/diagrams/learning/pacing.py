"""Sizes at which two entrants learn in the same time: measured here, so another machine may differ.

Time per step is CPU time of the thread that learns, of all seeds together. The first entrant is
measured again beside every size that is tried, in turn, so that what else the machine does slows
both alike; what is compared are medians of their ratios.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
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


Measuring = Generator[None, None, Pace]
"""Yields where it may be stopped."""
Clock = Callable[[Contestant], Measuring]
Tried = tuple[Contestant, Pace | None]
"""A size, with its pace once it has been measured."""


def pace(ours: Training, first: Training) -> Measuring:
    """Both in turn, `N_REPEATS` times `N_STEPS` steps after the first, which loads and compiles."""
    for training in (ours, first):
        training.advance(training.step + 1)
        yield
    took = np.zeros((N_REPEATS, 2))
    for repeat in took:
        for k, training in enumerate((ours, first)):
            repeat[k] = _milliseconds(training)
            yield
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


def _any(_sized: Contestant) -> bool:
    return True


def paced(
    one: Contestant, clock: Clock, axis: str = "", fits: Callable[[Contestant], bool] = _any
) -> Iterator[Tried]:
    """Sizes that are tried, without a pace while they are measured; the last is the one to race.

    The size is doubled until a step takes clearly longer than one of the first entrant, and the
    interval is cut at the middle of its logarithm until neighbours are left; taken is the largest
    at which a step takes at most a twentieth longer. So where small sizes all take the same, as
    products of few numbers do, it is the largest of them.

    Args:
        one: who is sized.
        clock: measures a size.
        axis: which axis; the first that changes the price when empty.
        fits: whether a size is small enough to be built; no other is measured.

    Raises:
        InputError: no axis to change, none small enough, or no size within 10 %, with the two
            nearest.
    """
    poly = one.bill.total.params + one.bill.total.flops
    axis = sizable_axis(one, poly, axis, "the time of the first")
    tried: dict[int, Pace] = {}

    def at(size: int) -> Iterator[Tried]:
        sized = one.sized(axis, size)
        measuring = clock(sized)
        while size not in tried:
            try:
                next(measuring)
            except StopIteration as end:
                tried[size] = end.value
            yield sized, tried.get(size)

    size = _affordable(one, axis, size_at_least(one, poly, axis, 1), fits)
    if size is None:
        raise InputError(
            f"{one.name}: too large to be timed at any size of {axis}; take fewer seeds, steps or "
            "smaller sizes of its other axes"
        )
    while size is not None and len(tried) < _TRIES_MAX:
        yield from at(size)
        if tried[size].ratio > 1.0 + 1.5 * TIME_MISS_MAX:
            break
        size = _affordable(one, axis, size_at_least(one, poly, axis, 2 * size), fits)
    low, high = _around(tried)
    while low and high > 1.1 * low and len(tried) < _TRIES_MAX:
        middle = size_at_least(one, poly, axis, max(low + 1, round((low * high) ** 0.5)))
        if middle is None or middle >= high:
            break
        yield from at(middle)
        low, high = (middle, high) if tried[middle].ratio <= ENOUGH else (low, middle)
    near = [size for size, found in tried.items() if abs(found.ratio - 1.0) <= TIME_MISS_MAX]
    best = low or max(near, default=high)
    if best not in near:
        ends = {size: tried[size] for size in (low, high) if size}
        raise InputError(_refusal(one.name, axis, ends))
    yield one.sized(axis, best), tried[best]


def _around(tried: dict[int, Pace]) -> tuple[int, int]:
    """The largest size that takes hardly longer, 0 if none, and the next, 0 if none."""
    low = max((size for size, found in tried.items() if found.ratio <= ENOUGH), default=0)
    return low, min((size for size in tried if size > low), default=0)


def _affordable(
    one: Contestant, axis: str, size: int | None, fits: Callable[[Contestant], bool]
) -> int | None:
    """A size that is not too large to be tried."""
    if size is None or size > _SIZE_MAX:
        return None
    sized = one.sized(axis, size)
    return size if price(sized).parameters <= _PARAMETERS_MAX and fits(sized) else None


def _refusal(name: str, axis: str, nearest: dict[int, Pace]) -> str:
    said = " and ".join(
        f"{axis} = {size} takes {pace.ours:.3g} ms a step where the first takes {pace.first:.3g}"
        for size, pace in sorted(nearest.items())
    )
    return (
        f"{name}: no size of {axis} comes within {TIME_MISS_MAX:.0%} of the first's time; {said}. "
        "Change the first entrant's sizes, or match nothing"
    )
