"""Closed forms of coincidences, identities of synapses with delays, and a floor."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer


def _share() -> float:
    from engines.connectome.learning import delays

    ear = delays.Ear(10, 24, 3, 0.1)
    _, meet = delays.heard(ear, delays.planted(ear, 4, 0), 400, 0, 0)
    return float(meet.mean())


def _planted_f1() -> float:
    """Of neurons that have the planted delays and a threshold between two and three spikes."""
    import torch

    from engines.connectome.learning import delays

    ear = delays.Ear(10, 24, 3, 0.1)
    true = delays.planted(ear, 3, 0)
    made = delays.Listeners(ear, 3, 0)
    with torch.no_grad():
        made.centre[0] = torch.from_numpy(true).float()
        made.gain.fill_(1.0)
        made.bias.fill_(-2.5)
    return float(made.f1(true, 0)[0].min())


def _weight() -> float:
    import torch

    from engines.connectome.learning.delays import kernels

    centre, weight = torch.rand(1, 2, 5) * 24, torch.randn(1, 2, 5)
    made = kernels(centre, weight, torch.tensor([3.0]), torch.arange(25).float())
    return float((made.sum(-1) - weight).abs().max())


def _found() -> float:
    """Share of 30 delays found to a step by three neurons in 600 steps."""
    from engines.connectome.learning import delays

    ear = delays.Ear(10, 24, 3, 0.1)
    *_, last = delays.learn(ear, n_nets=3, n_steps=600, first=8.0, last=0.5, seed=0)
    return float((np.abs(last.delays - delays.planted(ear, 3, 0)) <= 1.0).mean())


def delay_answers() -> tuple[KnownAnswer, ...]:
    """What is known of coincidences and of synapses."""
    return (
        KnownAnswer(
            "share of steps at which 3 of 10 channels meet, a spike in one step of ten",
            "closed form: binomial, 1 - P(0) - P(1) - P(2)",
            1.0 - 0.9**10 - 10 * 0.1 * 0.9**9 - 45 * 0.01 * 0.9**8, 0.002, _share,
        ),
        KnownAnswer("F1 of neurons with the planted delays", "identity", 1.0, 0.0, _planted_f1),
        KnownAnswer("weight of a synapse less the sum of its Gaussian", "identity", 0.0, 1e-5,
                    _weight),
        KnownAnswer(
            "share of delays found to a step, three neurons", "measured; the floor of 0.9 is ours",
            1.0, 0.1, _found, full=True,
        ),
    )  # fmt: skip
