"""Identities of networks without bias and of transport, and floors of the bundled emulator."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from engines.connectome.emulating import chain, network
from engines.contract import KnownAnswer


def _doubled() -> float:
    """Twice the noise and twice the first state, less twice every state."""
    net = network.drawn(0, 50, 10)
    rng = np.random.Generator(np.random.Philox(0))
    h, noise = (
        network.starts(rng, 8, 50),
        rng.standard_normal((60, 8, 10), np.float32),
    )
    whole = np.ones_like(h)
    once = network.followed(net, h, noise, whole)
    twice = network.followed(net, 2 * h, 2 * noise, whole)
    return float(np.abs(twice - 2 * once).max())


def _silent() -> float:
    from engines.connectome.emulating.shipped import shipped

    return float(network.silent_norms(shipped(), 64, 400, 0)[-1])


def _simulated() -> float:
    rng = np.random.Generator(np.random.Philox(0))
    _, symbols = chain.sampled(rng, 400, 2_000)
    found = chain.shares(chain.counted(symbols).sum(axis=0))
    return float(np.abs(found - chain.following()).max())


def _transported(apart: float) -> float:
    import torch

    from engines.connectome.emulating.transport import divergence

    x = torch.tensor([[0.0, 0.0], [0.0, 0.0]], dtype=torch.float64)
    return float(divergence(x, x + torch.tensor([apart, 2.0 * apart], dtype=torch.float64)))


def _error() -> float:
    from engines.connectome.emulating.shipped import shipped

    run = network.ran(shipped(), 64, 1_000, 0)
    found = chain.shares(chain.counted(run.symbols).sum(axis=0))
    return float(np.abs(found - chain.following()).max())


@lru_cache(maxsize=2)
def _cut(trained_from: int) -> np.ndarray:
    """float64[direction]: chance of a switch without its kickers, over that of the whole."""
    from engines.connectome.emulating import measuring
    from engines.connectome.emulating.shipped import shipped

    seen = measuring.watched(shipped(trained_from), 64, 1_000, 3, 0)
    cuts = measuring.scissors(seen, "", 3, 64, 1_000, 0).found.sum(axis=3)
    chance = cuts[:3, :, 0] / cuts[:3, :, 1]
    return np.array([chance[1, 0], chance[2, 1]]) / chance[0]


def _left(trained_from: int, direction: int) -> Callable[[], float]:
    return lambda: float(_cut(trained_from)[direction])


def emulator_answers() -> tuple[KnownAnswer, ...]:
    """What must be zero, what is known in closed form, and what is measured with a floor."""
    floor = "measured on the bundled network; the floor is ours"
    return (
        KnownAnswer(
            "twice the noise and first state, less twice every state",
            "closed form: ReLU units without bias are positively homogeneous", 0.0, 0.0, _doubled,
        ),
        KnownAnswer(
            "length of the state after 400 steps without input",
            "closed form: 0 is a fixed point; that it is reached is measured", 0.0, 1e-3, _silent,
        ),
        KnownAnswer(
            "largest error of what follows what in 800,000 steps of the chain",
            "closed form: posterior, transition, emission", 0.0, 0.02, _simulated,
        ),
        KnownAnswer(
            "divergence of two heaps that lie sqrt(5) apart",
            "closed form: half the squared distance", 2.5, 1e-9, lambda: _transported(1.0),
        ),
        KnownAnswer(
            "divergence of equal samples", "identity", 0.0, 1e-12, lambda: _transported(0.0)
        ),
        KnownAnswer(
            "largest error of a chance, bundled network", floor, 0.0, 0.06,
            _error,
        ),
        KnownAnswer(
            "switches from B to A without their kickers, share of the whole, seed 0", floor,
            0.0, 0.2, _left(0, 1),
        ),
        KnownAnswer(
            "the same from A to B, seed 3", floor, 0.0, 0.2, _left(3, 0),
        ),
        KnownAnswer(
            "the same from B to A, seed 3", floor, 0.0, 0.2, _left(3, 1),
        ),
    )  # fmt: skip
