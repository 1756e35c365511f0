"""What a lateral circuit must find, and what later learning must leave alone."""

from __future__ import annotations

import numpy as np

from engines.connectome.memory import lateral
from engines.contract import KnownAnswer


def _rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(0))


def _kept() -> float:
    """Largest change of what the first layer makes of inputs that its circuit holds."""
    rng = _rng()
    net = lateral.started(rng, (12, 9, 9), 1, 3)
    held = np.linalg.qr(rng.normal(size=(12, 4)))[0].T
    inside = rng.normal(size=(20, 4)) @ held
    before = inside @ net.layers[0].T
    x, y = rng.normal(size=(40, 12)), rng.integers(0, 3, 40)
    for _ in range(30):
        net.step(x, y, 0, 0.5, [held, np.zeros((0, 9))])
    return float(np.abs(inside @ net.layers[0].T - before).max())


def _orthonormal() -> float:
    """A settled circuit's cells against each other, less the identity."""
    rng = _rng()
    x = rng.normal(size=(20_000, 10)) * np.linspace(2.0, 0.5, 10)
    made = lateral.grown(np.zeros((0, 10)), x, 3, rng)
    return float(np.abs(made @ made.T - np.eye(3)).max())


def lateral_answers() -> tuple[KnownAnswer, ...]:
    """A floor, a theorem, an identity."""
    return (
        KnownAnswer(
            "least cosine with 5 principal directions of 6,000 inputs, 50 units",
            "numpy's singular vectors; the floor of 0.99 is ours", 1.0, 0.01,
            lambda: float(lateral.agreement(0, 6_000)[-1]),
        ),
        KnownAnswer(
            "cells of a settled circuit against each other, less the identity",
            "theorem: Oja's subspace rule comes to rest at right angles (Oja 1989)", 0.0, 0.05,
            _orthonormal,
        ),
        KnownAnswer(
            "change of what a layer makes of inputs that its circuit holds",
            "closed form: changes are at right angles to them", 0.0, 1e-9, _kept,
        ),
    )  # fmt: skip
