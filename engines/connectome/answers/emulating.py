"""Identities of networks without bias and of transport, and floors of the bundled emulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def _found(trained_from: str) -> Any:
    from engines.connectome.experiments.learning.rnn_hmm import EXPERIMENT, EmulatorSpec

    return EXPERIMENT.result(EmulatorSpec(trained_from=trained_from))  # type: ignore[arg-type]


def _left(trained_from: str, direction: int) -> Callable[[], float]:
    """Chance of a switch without its kickers, as a share of that of the whole network."""

    def found() -> float:
        moved, could = _found(trained_from).cuts[[0, 1 + direction], direction].sum(axis=2).T
        whole, cut = moved / could
        return float(cut / whole)

    return found


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
            lambda: _found("seed 0").error,
        ),
        KnownAnswer(
            "switches from B to A without their kickers, share of the whole, seed 0", floor,
            0.0, 0.2, _left("seed 0", 1),
        ),
        KnownAnswer(
            "the same from A to B, seed 3", floor, 0.0, 0.2, _left("seed 3", 0),
        ),
        KnownAnswer(
            "the same from B to A, seed 3", floor, 0.0, 0.2, _left("seed 3", 1),
        ),
    )  # fmt: skip
