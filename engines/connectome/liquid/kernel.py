"""Leaky neurons, plastic synapses and an astrocyte, step by step of a millisecond."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel

THRESHOLD, REFRACTORY, TAU_MS, TAU_TRACE_MS = 20.0, 2, 16.0, 10.0
"""Millivolts, steps, and the time constants of potential and current, and of traces of spikes."""
TRACE, WEIGHT_MAX = 0.1, 3.0


@kernel
def bounded(weight: float, sign: int) -> float:
    """A weight within 0 and `WEIGHT_MAX`, of its sender's sign."""
    if sign > 0:
        return min(WEIGHT_MAX, max(0.0, weight))
    return max(-WEIGHT_MAX, min(0.0, weight))


@kernel
def found(spikes: np.ndarray, who: np.ndarray) -> int:
    """Fill ``who`` with those that spike, bool[input]; answers how many."""
    n_who = 0
    for k in range(len(spikes)):
        if spikes[k]:
            who[n_who] = k
            n_who += 1
    return n_who


@kernel
def send(
    who: np.ndarray, n_who: int, ptr: np.ndarray, post: np.ndarray, weight: np.ndarray,
    current: np.ndarray,
) -> None:  # fmt: skip
    """Add the weights of those that spiked, the first ``n_who`` of ``who``, to the currents."""
    for k in range(n_who):
        for e in range(ptr[who[k]], ptr[who[k] + 1]):
            current[post[e]] += weight[e]


@kernel
def fire(
    keep: float, current: np.ndarray, potential: np.ndarray, resting: np.ndarray, who: np.ndarray
) -> int:
    """Leak, hear and fire; ``who`` is filled with those that spike, and their number comes back.

    A resting neuron leaks and does not hear.
    """
    n_who = 0
    for i in range(len(potential)):
        potential[i] *= keep
        if resting[i] > 0:
            resting[i] -= 1
            continue
        potential[i] += current[i]
        if potential[i] > THRESHOLD:
            potential[i] = 0.0
            resting[i] = REFRACTORY
            who[n_who] = i
            n_who += 1
    return n_who


@kernel
def plastic(
    who: np.ndarray, n_who: int, ptr: np.ndarray, pre: np.ndarray, post: np.ndarray,
    back_ptr: np.ndarray, back: np.ndarray, sign: np.ndarray, trace: np.ndarray,
    up: float, down: float, weight: np.ndarray,
) -> None:  # fmt: skip
    """Change the weights at both ends of those that spiked, by the traces at the other ends.

    Then their own traces grow, and all fall.

    Of a sender that excites: up where it spiked before the receiver, down where after. Of one
    that inhibits the two change places, and down means stronger.
    """
    for k in range(n_who):
        own = sign[who[k]]
        rate = -down if own > 0 else up
        for e in range(ptr[who[k]], ptr[who[k] + 1]):
            weight[e] = bounded(weight[e] + rate * trace[post[e]], own)
        for q in range(back_ptr[who[k]], back_ptr[who[k] + 1]):
            e = back[q]
            sender = sign[pre[e]]
            rate = up if sender > 0 else -down
            weight[e] = bounded(weight[e] + rate * trace[pre[e]], sender)
    for k in range(n_who):
        trace[who[k]] += TRACE
    trace *= np.exp(-1.0 / TAU_TRACE_MS)


@kernel
def run(
    spikes: np.ndarray, in_ptr: np.ndarray, in_post: np.ndarray, entry: np.ndarray,
    ptr: np.ndarray, pre: np.ndarray, post: np.ndarray, back_ptr: np.ndarray, back: np.ndarray,
    sign: np.ndarray, start: np.ndarray, carries: bool, up: float, down: float, hears: float,
    tau: float, count: np.ndarray, level: np.ndarray, raster: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Show pictures, one after the other; the weights float64[synapse] after the last come back.

    Args:
        spikes: bool[picture, step, input].
        in_ptr: int64[input + 1], where the synapses of each input begin.
        in_post: int64[input synapse], whom they reach.
        entry: float64[input synapse], their weights.
        ptr: the liquid's synapses, with pre, post, back_ptr and back as in `wiring.Synapses`.
        pre: see there.
        post: see there.
        back_ptr: see there.
        back: see there.
        sign: int64[neuron].
        start: float64[synapse], first weights.
        carries: whether weights and astrocyte go on from picture to picture, or start anew.
        up: what a spike adds to weights per trace of an earlier one; 0 where nothing is plastic.
        down: the same for what is taken away, at first and without an astrocyte for good.
        hears: how much the astrocyte changes for each spike more than come in.
        tau: in how many steps it forgets.
        count: int64[picture, neuron], filled with spikes.
        level: float64[picture, step], filled with what is taken away.
        raster: bool[picture, step, neuron], filled for the first pictures it has room for.
    """
    n_inputs, n = spikes.shape[2], len(sign)
    keep = np.exp(-1.0 / TAU_MS)
    weight, now = start.copy(), down
    current, potential, trace = np.zeros(n), np.zeros(n), np.zeros(n)
    resting, who, came = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n_inputs, np.int64)
    for picture in range(len(spikes)):
        current[:], potential[:], trace[:], resting[:], n_who = 0.0, 0.0, 0.0, 0, 0
        if not carries:
            weight[:], now = start, down
        for step in range(spikes.shape[1]):
            n_came = found(spikes[picture, step], came)
            current *= keep
            send(came, n_came, in_ptr, in_post, entry, current)
            send(who, n_who, ptr, post, weight, current)
            n_who = fire(keep, current, potential, resting, who)
            for k in range(n_who):
                count[picture, who[k]] += 1
            if picture < len(raster):
                for k in range(n_who):
                    raster[picture, step, who[k]] = True
            if up > 0.0:
                plastic(who, n_who, ptr, pre, post, back_ptr, back, sign, trace, up, now, weight)
            # The bias is the first level: with as many spikes as come in, it stays there.
            # Below 0 what comes too late would make weights grow.
            if hears > 0.0:
                now += (hears * (n_who - n_came) + down - now) / tau
                now = max(0.0, now)
            level[picture, step] = now
    return weight
