"""Memory capacities that follow from algebra (Jaeger 2001), held against our readout."""

from __future__ import annotations

import numpy as np

from engines.connectome.memory.attractors import signals_in_theory
from engines.connectome.memory.driving import all_states
from engines.connectome.memory.readout import N_STEPS, remembered
from engines.contract import KnownAnswer

_N = 8


def _drive(seed: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(seed)).uniform(-1, 1, N_STEPS)


def delay_line(seed: int = 0) -> float:
    """Capacity of eight units that hand the input on."""
    line = np.eye(_N, k=-1)[None]
    entry = np.eye(_N)[0]
    drive = _drive(seed)
    # The first unit holds the input of now, which is no memory; the last hands on to one more.
    states = all_states(line, entry, drive, lambda x: x)[:, 0]
    return float(remembered(states, drive, 3 * _N).sum())


def linear_network(seed: int = 0, n: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """float64[delay] of r squared of a linear network: ours, and from its Gramian.

    With independent input, what is known of the input d steps ago is
    p' C^-1 p, p = W^d v, C = sum over j of (W^j v)(W^j v)' (Jaeger 2001, proposition 2).
    """
    rng = np.random.Generator(np.random.Philox(seed))
    weight = rng.normal(size=(n, n))
    weight *= 0.8 / np.abs(np.linalg.eigvals(weight)).max()
    entry = rng.uniform(-1, 1, n)
    drive = _drive(seed + 1)
    states = all_states(weight[None], entry, drive, lambda x: x)[:, 0]
    powers = [entry]
    for _ in range(400):
        powers.append(weight @ powers[-1])
    p = np.array(powers)
    gram = p.T @ p
    closed = np.einsum("dn,dn->d", p[1:61], np.linalg.solve(gram, p[1:61].T).T)
    return remembered(states, drive, 60), closed


def _difference() -> float:
    ours, closed = linear_network()
    return float(np.abs(ours - closed).max())


def reservoir_answers() -> tuple[KnownAnswer, ...]:
    """A delay line and a linear network."""
    return (
        KnownAnswer(
            "memory capacity of a delay line of 8 units",
            "closed form: one input for each unit but the one that holds the present",
            _N - 1.0, 0.1, delay_line,
        ),
        KnownAnswer(
            "r² of an earlier input in a linear network less its Gramian's, largest of 60 delays",
            "closed form (Jaeger 2001); r² of 1,200 steps has a standard error of at most .022, "
            "and the largest of 60 stays within 4.5 of them",
            0.0, 0.1, _difference,
        ),
    )  # fmt: skip


def hopfield_answers() -> tuple[KnownAnswer, ...]:
    """Agliari et al. 2012, 2023: the hierarchy without noise, and where memory begins."""
    return (
        KnownAnswer(
            "third signal of three at d = 0.3 without noise", "closed form: (1 - d) d²",
            0.7 * 0.3**2, 1e-6, lambda: float(signals_in_theory(0.3, 1e4, 3)[2]),
        ),
        KnownAnswer(
            "signal of one pattern where beta (1 - d) is just below 1",
            "closed form: the onset is at beta (1 - d) = 1",
            0.0, 1e-3, lambda: float(signals_in_theory(0.3, 0.99 / 0.7, 1)[0]),
        ),
        KnownAnswer(
            "hierarchy of three at d = 0.8, first less third signal, noise 0.05",
            "closed form: 1 - 2 d + d³ < 0, so the heights are equal",
            0.0, 1e-4, lambda: float(np.ptp(signals_in_theory(0.8, 20.0, 3))),
        ),
    )  # fmt: skip
