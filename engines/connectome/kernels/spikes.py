"""Leaky integrate-and-fire neurons with delayed exponential synapses, driven by events."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel
from engines.connectome.kernels.random import _STEP, mixed

_UNIT = 1.0 / 9007199254740992.0
_S11 = np.uint64(11)


@kernel
def normal(word_1: np.uint64, word_2: np.uint64) -> float:
    """A standard normal number from two random words (Box & Muller 1958)."""
    u = (np.float64(word_1 >> _S11) + 0.5) * _UNIT
    v = (np.float64(word_2 >> _S11) + 0.5) * _UNIT
    return np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)


@kernel
def gap_flow(
    indptr: np.ndarray, indices: np.ndarray, weight: np.ndarray, v: np.ndarray, flow: np.ndarray
) -> None:
    """Fill float64[n]: what flows into each neuron through its gap junctions, in mV."""
    for i in range(len(v)):
        flow[i] = 0.0
        for e in range(indptr[i], indptr[i + 1]):
            flow[i] += weight[e] * (v[indices[e]] - v[i])


@kernel
def arriving(waiting: np.ndarray, g: np.ndarray) -> None:
    """Add the input that arrives now to float64[n] ``g`` and empty its place in the ring."""
    for i in range(len(g)):
        g[i] += waiting[i]
        waiting[i] = 0.0


@kernel
def run(
    indptr: np.ndarray,
    indices: np.ndarray,
    weight_mv: np.ndarray,
    gap_indptr: np.ndarray,
    gap_indices: np.ndarray,
    gap_weight: np.ndarray,
    drive_mv: np.ndarray,
    target: np.ndarray,
    alive: np.ndarray,
    constants: np.ndarray,
    v: np.ndarray,
    g: np.ndarray,
    resting: np.ndarray,
    waiting: np.ndarray,
    first: int,
    n_steps: int,
    every: int,
    noise_mv: float,
    seed: np.uint64,
    rates: np.ndarray,
) -> int:
    """Advance ``n_steps`` Euler steps from step ``first``; answers the number of spikes.

    ``indptr``, ``indices``, ``weight_mv``: out-edges. ``drive_mv`` float64[step] goes to
    ``target``. State: ``v``, ``g`` float64[n] (mV above rest, mV), ``resting`` int32[n] steps left,
    ``waiting`` float64[delay, n] ring of arriving input. ``rates`` float32[bin, n] counts spikes
    per ``every`` steps. ``constants``: dt, tau_m, tau_syn (ms), threshold, reset (mV above rest),
    refractory steps.
    """
    dt, tau_m, tau_s, threshold, reset = (
        constants[0], constants[1], constants[2], constants[3], constants[4],
    )  # fmt: skip
    n_rest = np.int32(constants[5])
    n = len(v)
    delay = len(waiting)
    n_spikes = 0
    state = seed
    flow = np.zeros(n)
    for step in range(first, first + n_steps):
        arrived = waiting[step % delay]
        arriving(arrived, g)
        # All gap junctions look at the same moment.
        if len(gap_indices):
            gap_flow(gap_indptr, gap_indices, gap_weight, v, flow)
        for i in range(n):
            if not alive[i]:
                continue
            if resting[i] > 0:
                resting[i] -= 1
                g[i] -= dt * g[i] / tau_s
                continue
            push = drive_mv[step] if target[i] else 0.0
            v[i] += dt * (g[i] - v[i] + push + flow[i]) / tau_m
            if noise_mv > 0.0:
                state += _STEP
                word = mixed(state)
                state += _STEP
                v[i] += noise_mv * np.sqrt(dt / tau_m) * normal(word, mixed(state))
            g[i] -= dt * g[i] / tau_s
            if v[i] > threshold:
                v[i] = reset
                resting[i] = n_rest
                n_spikes += 1
                rates[step // every, i] += 1.0
                # The row that was just emptied comes round after the delay.
                for e in range(indptr[i], indptr[i + 1]):
                    arrived[indices[e]] += weight_mv[e]
    return n_spikes


@kernel
def run_published(
    indptr: np.ndarray,
    indices: np.ndarray,
    weight_mv: np.ndarray,
    gap_indptr: np.ndarray,
    gap_indices: np.ndarray,
    gap_weight: np.ndarray,
    drive_mv: np.ndarray,
    target: np.ndarray,
    alive: np.ndarray,
    constants: np.ndarray,
    v: np.ndarray,
    g: np.ndarray,
    resting: np.ndarray,
    waiting: np.ndarray,
    first: int,
    n_steps: int,
    every: int,
    noise_mv: float,
    seed: np.uint64,
    rates: np.ndarray,
) -> int:
    """As ``run``, as Shiu et al. 2024 run it in Brian2; answers the number of spikes.

    While a neuron is refractory its v and g stand still, though input still adds to g; a spike sets
    both to 0 after the input of its moment has come. Between spikes v and g are integrated exactly,
    and input is heard behind the step's threshold (Brian2's order: states, thresholds, synapses,
    resets). What flows through gap junctions, which the fly model has not, counts as constant
    during a step.
    """
    dt, tau_m, tau_s, threshold, reset = (
        constants[0], constants[1], constants[2], constants[3], constants[4],
    )  # fmt: skip
    n_rest = np.int32(constants[5])
    keep_v, keep_g = np.exp(-dt / tau_m), np.exp(-dt / tau_s)
    share = tau_s / (tau_m - tau_s) * (keep_v - keep_g)
    n, delay = len(v), len(waiting)
    n_spikes, state = 0, seed
    flow, spiked = np.zeros(n), np.zeros(n, np.bool_)
    for step in range(first, first + n_steps):
        if len(gap_indices):
            gap_flow(gap_indptr, gap_indices, gap_weight, v, flow)
        for i in range(n):
            spiked[i] = False
            resting[i] = max(0, resting[i] - 1)
            if resting[i] > 0 or not alive[i]:
                continue
            push = flow[i] + (drive_mv[step] if target[i] else 0.0)
            v[i] = push + (v[i] - push) * keep_v + g[i] * share
            g[i] *= keep_g
            if noise_mv > 0.0:
                state += _STEP
                word = mixed(state)
                state += _STEP
                v[i] += noise_mv * np.sqrt(dt / tau_m) * normal(word, mixed(state))
            spiked[i] = v[i] > threshold
        arrived = waiting[step % delay]
        arriving(arrived, g)
        for i in range(n):
            if spiked[i]:
                v[i], g[i] = reset, 0.0
                resting[i] = n_rest
                n_spikes += 1
                rates[step // every, i] += 1.0
                for e in range(indptr[i], indptr[i + 1]):
                    arrived[indices[e]] += weight_mv[e]
    return n_spikes
