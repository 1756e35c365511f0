"""Weights dealt to edges so that every neuron keeps its strengths, by simulated annealing."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part
from engines.connectome.kernels.random import _STEP, below, mixed

_UNIT = 1.0 / 9007199254740992.0
_S11 = np.uint64(11)


@part
def moved(gap: np.ndarray, i: int, by: float) -> float:
    """Add to a neuron's gap; answers what the sum of squared gaps gains."""
    before = gap[i]
    gap[i] = before + by
    return by * (2.0 * before + by)


@part
def exchanged(
    gap_out: np.ndarray, gap_in: np.ndarray, a: int, b: int, c: int, d: int, by: float
) -> float:
    """Let edge a-b gain ``by`` and edge c-d lose it; answers what the energy gains."""
    cost = moved(gap_out, a, by) + moved(gap_in, b, by)
    return cost + moved(gap_out, c, -by) + moved(gap_in, d, -by)


@kernel
def deal(
    pre: np.ndarray,
    post: np.ndarray,
    weight: np.ndarray,
    gap_out: np.ndarray,
    gap_in: np.ndarray,
    warmth: np.ndarray,
    n_tries: int,
    seed: np.uint64,
) -> None:
    """Exchange the weights of two edges, over and over, until strengths are what they should be.

    The energy is the sum of squared gaps between what neurons send (``gap_out`` float64[n]) and
    hear (``gap_in``; the same array where directions are forgotten) and what they should. An
    exchange that adds to it is taken with the odds of Metropolis et al. 1953 at each temperature of
    ``warmth`` in turn, ``n_tries`` times.
    """
    m, state = len(weight), seed
    for stage in range(len(warmth)):
        for _ in range(n_tries):
            state += _STEP
            e = below(mixed(state), m)
            state += _STEP
            f = below(mixed(state), m)
            by = weight[f] - weight[e]
            if by == 0.0:
                continue
            cost = exchanged(gap_out, gap_in, pre[e], post[e], pre[f], post[f], by)
            if cost > 0.0:
                state += _STEP
                odds = np.float64(mixed(state) >> _S11) * _UNIT
                if warmth[stage] <= 0.0 or odds >= np.exp(-cost / warmth[stage]):
                    exchanged(gap_out, gap_in, pre[e], post[e], pre[f], post[f], -by)
                    continue
            weight[e], weight[f] = weight[f], weight[e]
