"""What leaky units do in closed form, and how often bits are odd."""

from __future__ import annotations

import numpy as np
import torch

from engines.connectome.learning import timescales
from engines.contract import KnownAnswer


def off_from_decay() -> float:
    """Largest difference of a lone unit from 1 - (1 - 1 / tau)^t, after ones that enter with 1."""
    nets = timescales.Leaky(1, 1, 0)
    weight, entry, _, _, out, level = nets.parts
    with torch.no_grad():
        weight.zero_()
        entry.fill_(1.0)
        out.fill_(1.0)
        level.zero_()
        said = nets.says(torch.ones(1, 12))[0, 0, :, 0].numpy()
        tau = float(nets.tau()[0, 0, 0])
    closed = 1.0 - (1.0 - 1.0 / tau) ** np.arange(1, 13)
    return float(np.abs(said - closed).max())


def odd_of_seven() -> float:
    """Share of all sequences of 12 bits whose last seven hold an odd number of ones."""
    every = (np.arange(2**12)[:, None] >> np.arange(12)) & 1
    odd, _ = timescales.parities(every)
    return float(odd[:, -1, 7 - timescales.N_FIRST].mean())


def timescale_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms."""
    return (
        KnownAnswer("a leaky unit that hears ones, less 1 - (1 - 1 / tau)^t",
                    "closed form of a leaky integrator", 0.0, 1e-6, off_from_decay),
        KnownAnswer("share of all sequences whose last seven bits are odd",
                    "closed form: half of them", 0.5, 0.0, odd_of_seven),
    )  # fmt: skip
