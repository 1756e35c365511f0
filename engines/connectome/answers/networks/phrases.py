"""Phrases of strings that others counted, bursts and a spiking neuron in closed form."""

from __future__ import annotations

import numpy as np
import torch

from engines.connectome.learning import complexity, spiking
from engines.contract import KnownAnswer


def phrases_of(said: str) -> float:
    """Phrases of a string of 0 and 1."""
    return float(complexity.phrases(np.array([one == "1" for one in said])))


def correlation(again: float = 0.5) -> float:
    """Of trains in bursts with themselves a step later."""
    rng = np.random.Generator(np.random.Philox(7))
    spikes, bursts = complexity.trains(rng, 400, 200, 20, again)
    now = spikes[bursts] - complexity.RATE
    return float((now[:, :-1] * now[:, 1:]).mean() / (now**2).mean())


def first_spike(tau: float = 8.0, comes: float = 0.3) -> float:
    """Step in which a neuron first spikes that hears the same at every step."""
    layer = spiking.Layer(1, 1, 1, tau, 0)
    with torch.no_grad():
        layer.parts[0].fill_(comes)
        spikes = layer.spikes(torch.ones(len(spiking.ARMS), 1, 30, 1))
    return float(spikes[0, 0, :, 0].argmax())


def _closed(tau: float = 8.0, comes: float = 0.3) -> float:
    """Where comes (1 - d^(t + 1)) / (1 - d) passes 1, with d = exp(-1 / tau)."""
    d = np.exp(-1.0 / tau)
    t = np.arange(30)
    return float((comes * (1.0 - d ** (t + 1)) / (1.0 - d) > 1.0).argmax())


def phrase_answers() -> tuple[KnownAnswer, ...]:
    """Published and closed forms."""
    kaspar = "Lempel & Ziv 1976; Kaspar & Schuster 1987"
    return (
        KnownAnswer("phrases of 0001101001000101", f"{kaspar}: 0 001 10 100 1000 101", 6.0, 0.0,
                    lambda: phrases_of("0001101001000101")),
        KnownAnswer("phrases of forty zeros", f"{kaspar}: the least there is", 2.0, 0.0,
                    lambda: phrases_of("0" * 40)),
        KnownAnswer("phrases of 01 over and over", f"{kaspar}: 0 1 and the rest", 3.0, 0.0,
                    lambda: phrases_of("01" * 20)),
        KnownAnswer("correlation of bursts with a step later",
                    "closed form: odds after a spike less odds after none", 0.5 - 0.125, 0.01,
                    correlation),
        KnownAnswer("first spike of a neuron that hears 0.3 at every step",
                    "closed form: a geometric sum", _closed(), 0.0, first_spike),
    )  # fmt: skip
