"""Known answers of experts and bricks: all of them are the network, and planted groups."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.experts.bricks import answering, lost
from engines.geometry.experts.groups import alike, spread


def experts_answers() -> tuple[KnownAnswer, ...]:
    """By construction."""
    built = "by construction"
    return (
        KnownAnswer("largest difference of all experts from the plain network", built, 0.0, 0.0,
                    all_of_them),
        KnownAnswer("pairs of units of planted groups that stay together", built, 1.0, 0.0,
                    together),
        KnownAnswer("variance within groups of copies", built, 0.0, 1e-20,
                    lambda: spread(np.repeat(np.eye(4), 3, axis=0), np.repeat(np.arange(4), 3))),
        KnownAnswer("share of a label lost without the one unit that says it", built, 1.0, 0.0,
                    lambda: float(planted()[1])),
        KnownAnswer("share of other labels lost without it", built, 0.0, 0.0,
                    lambda: float(planted()[[0, 2]].max())),
    )  # fmt: skip


def all_of_them() -> float:
    """Bit for bit."""
    import torch

    from engines.geometry.experts.routed import Routed, membership

    draw = torch.Generator().manual_seed(0)
    net, x = Routed(32, 8), torch.randn(20, 64, generator=draw)
    net.member.copy_(membership(np.arange(32) % 8))
    with torch.no_grad():
        return float((net(x) - net.values(net.keys(x).relu())).abs().max())


def together() -> float:
    """Four far groups of eight."""
    rng, true = np.random.default_rng(0), np.repeat(np.arange(4), 8)
    keys = 30.0 * rng.normal(size=(4, 6))[true] + rng.normal(size=(32, 6))
    found = min((alike(keys, 4, np.random.default_rng(k)) for k in range(8)),
                key=lambda groups: spread(keys, groups))  # fmt: skip
    same = np.equal.outer(true, true)
    return float(np.equal.outer(found, found)[same].mean())


def planted() -> np.ndarray:
    """float64[label]: three labels, one unit for each."""
    labels = np.arange(30) % 3
    held = np.eye(3)[labels]
    most = int(answering(held, labels, 3)[1].argmax())
    values = np.eye(3), np.array([0.0, -0.1, 0.0])
    return lost(held, labels, values, np.array([most]), np.zeros(3))
