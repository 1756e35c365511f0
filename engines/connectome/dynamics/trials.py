"""Trials of the spiking model, on the engine's GPU or on one core each."""

from __future__ import annotations

from engines.connectome.dynamics.network import Network
from engines.connectome.dynamics.spiking import ThreadedTrials, Trials
from engines.connectome.dynamics.stimulus import StimulusSpec


def trials_of(spec: StimulusSpec, network: Network, every: int) -> Trials:
    """Trials on the engine's GPU where there is one, else by threads; bins of ``every`` steps."""
    from engines.connectome.dynamics import batched

    device = batched.device()
    if device:
        return batched.BatchedTrials(spec, network, every, device)
    return ThreadedTrials(spec, network, every)
