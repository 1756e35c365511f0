"""Closed forms that a simulated neuron or network must reproduce."""

from __future__ import annotations

import math

import numpy as np

from engines.connectome.dynamics.activity import Activity
from engines.connectome.dynamics.fly_model import REFRACTORY_MS, TAU_M_MS
from engines.connectome.dynamics.network import network_of, scaled
from engines.connectome.dynamics.simulation import frames_of
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.contract import KnownAnswer

_ALONE = StimulusSpec(
    chemical=False, electrical=False, targets="AVAL", shape="step", start_ms=0.0, gap=0.0
)


def run(spec: StimulusSpec) -> Activity:
    """The activity of a spec."""
    *_, last = frames_of(spec)
    assert isinstance(last, Activity)
    return last


def _rate_alone() -> float:
    spec = _ALONE.replace(model="spiking", amplitude=2.0, dt_ms=0.01, duration_ms=5_000.0)
    found = run(spec)
    return found.n_spikes / 5.0


def _leak() -> float:
    spec = _ALONE.replace(model="linear", duration_ms=20.0, dt_ms=0.001)
    return float(run(spec).mean[-1].max())


def _steady() -> float:
    spec = StimulusSpec(
        model="linear", shape="step", start_ms=0.0, gain=0.5, electrical=False, duration_ms=2_000.0
    )
    network = network_of(spec)
    weights, _ = scaled(network, network, spec.gain)
    exact = np.linalg.solve(np.eye(network.n) - weights.toarray(), network.target.astype(float))
    return float(np.abs(run(spec).mean[-1] - exact).max())


def dynamics_answers() -> tuple[KnownAnswer, ...]:
    """Rate of one spiking neuron, decay of a leak, fixed point of a linear network."""
    # tau ln(I / (I - threshold)) with I = 2 thresholds, and the rest after each spike.
    period = REFRACTORY_MS + TAU_M_MS * math.log(2.0)
    return (
        KnownAnswer(
            "firing rate at twice the threshold (Hz)", "closed form: 1 / (t_ref + tau ln 2)",
            1_000.0 / period, 0.4, _rate_alone,
        ),
        KnownAnswer(
            "leaky neuron after one time constant", "closed form: 1 - 1/e", 1 - math.exp(-1), 1e-4,
            _leak,
        ),
        KnownAnswer(
            "largest distance from the linear fixed point", "closed form: (1 - W)^-1 input", 0.0,
            1e-4, _steady,
        ),
    )  # fmt: skip
