"""What a neuron, a synapse, an astrocyte and branching do in closed form."""

from __future__ import annotations

import numpy as np

from engines.connectome.liquid import kernel
from engines.connectome.liquid.watching import WITHIN, Plasticity, branching, shown
from engines.connectome.liquid.wiring import Liquid, synapses
from engines.contract import KnownAnswer

_LOUD = 2.0 * kernel.THRESHOLD
"""An input of such a weight makes a neuron spike at once."""


def pair(entry: float, *, joined: bool) -> Liquid:
    """Two neurons, each with an input of its own, the first sending to the second or not."""
    there = np.array([[False, joined], [False, False]])
    return Liquid(np.ones(2, np.int64), synapses(there), synapses(np.eye(2, dtype=bool)),
                  np.full(2, entry))  # fmt: skip


def first_spike(weight: float = 5.0) -> float:
    """Step of a neuron's first spike after one spike of such a weight came at step 0."""
    spikes = np.zeros((1, 40, 2), bool)
    spikes[0, 0, 0] = True
    seen = shown(pair(weight, joined=False), spikes, np.zeros(0), Plasticity(), carries=False,
                 n_kept=1)  # fmt: skip
    return float(seen.raster[0, :, 0].argmax())


def _alpha(weight: float = 5.0) -> float:
    """Where (t + 1) exp(-t / tau) times the weight passes the threshold."""
    t = np.arange(40)
    return float((weight * (t + 1) * np.exp(-t / kernel.TAU_MS) > kernel.THRESHOLD).argmax())


def off_from_window(up: float = 0.002, down: float = 0.003) -> float:
    """Largest difference of a weight's change from the window of plasticity, in either order.

    The window is summed over all pairs of a spike of the sender and one of the receiver.
    """
    made, off = pair(_LOUD, joined=True), []
    for early in (0, 1):
        spikes = np.zeros((1, 20, 2), bool)
        spikes[0, 2, early] = spikes[0, 9, 1 - early] = True
        seen = shown(made, spikes, np.ones(1), Plasticity(up, down), carries=False, n_kept=1)
        sender, receiver = (np.flatnonzero(seen.raster[0, :, k]) for k in (0, 1))
        lag = receiver - sender[:, None]
        window = np.where(lag > 0, up, np.where(lag < 0, -down, 0.0))
        due = (window * kernel.TRACE * np.exp(-np.abs(lag) / kernel.TAU_TRACE_MS)).sum()
        off.append(abs(seen.weight[0] - 1.0 - due))
    return float(max(off))


def off_from_astrocyte(hears: float = 0.05, tau: float = 8.0) -> float:
    """Largest difference of a level from 0.4 - hears (1 - (1 - 1 / tau)^t), one spike a step."""
    spikes = np.zeros((1, 30, 2), bool)
    spikes[0, :, 0] = True
    rule = Plasticity(0.4, 0.4, hears, tau)
    seen = shown(pair(0.0, joined=True), spikes, np.ones(1), rule, carries=False)
    closed = 0.4 - hears * (1.0 - (1.0 - 1.0 / tau) ** np.arange(1, 31))
    return float(np.abs(seen.level[0] - closed).max())


def of_ring() -> float:
    """Branching where all neurons of a ring fire at every step."""
    ring = np.roll(np.eye(6, dtype=bool), 1, axis=1)
    return branching(np.ones((2, 3 * WITHIN, 6), bool), ring)


def liquid_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms."""
    return (
        KnownAnswer("step of a neuron's first spike after a spike of 5 mV",
                    "closed form: an alpha function", _alpha(), 0.0, first_spike),
        KnownAnswer("a weight after two trains of spikes, less the window of plasticity",
                    "closed form: exp(-lag / tau), summed over pairs", 0.0, 1e-12, off_from_window),
        KnownAnswer("an astrocyte that hears one spike a step come in, less its closed form",
                    "closed form of a leaky integrator", 0.0, 1e-12, off_from_astrocyte),
        KnownAnswer("branching where everybody on a ring fires all the time",
                    "closed form: as many after as before", 1.0, 1e-12, of_ring),
    )  # fmt: skip
