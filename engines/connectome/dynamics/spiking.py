"""The spiking model on one core per trial: the state of a trial, and many of them side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from engines.connectome.dynamics.fly_model import (
    DELAY_MS,
    REFRACTORY_MS,
    RESET_MV,
    TAU_M_MS,
    TAU_S_MS,
    THRESHOLD_MV,
)
from engines.connectome.dynamics.network import Network
from engines.connectome.dynamics.stimulus import StimulusSpec, drive


class Trials(Protocol):
    """All trials of one stimulation, advanced together."""

    n_spikes: int

    def advance(self, first: int, n_steps: int) -> np.ndarray:
        """Run some steps; float32[trial, bin, neuron] spikes of the bins they touch."""
        ...


class ThreadedTrials:
    """Every trial in a thread of its own."""

    def __init__(self, spec: StimulusSpec, network: Network, every: int) -> None:
        self.trials = [SpikingTrial(spec, network, k, every) for k in range(spec.n_trials)]
        self.every, self.n_spikes = every, 0

    def advance(self, first: int, n_steps: int) -> np.ndarray:
        """As `Trials.advance`."""
        import numba

        with ThreadPoolExecutor(max(1, numba.get_num_threads())) as threads:
            list(threads.map(lambda trial: trial.advance(first, n_steps), self.trials))
        self.n_spikes = sum(trial.n_spikes for trial in self.trials)
        bins = slice(first // self.every, -(-(first + n_steps) // self.every))
        return np.stack([trial.spikes[bins] for trial in self.trials])


class SpikingTrial:
    """The state of one trial of the spiking model, in mV above rest."""

    def __init__(self, spec: StimulusSpec, network: Network, trial: int, every: int) -> None:
        out = network.chemical.T.tocsr()
        gap = network.gap
        f64, i32 = np.float64, np.int32
        self._out = out.indptr.astype(i32), out.indices.astype(i32), out.data * spec.synapse_mv
        self._gap = gap.indptr.astype(i32), gap.indices.astype(i32), gap.data * spec.gap
        n_rest = round(REFRACTORY_MS / spec.dt_ms)
        self._constants = np.array(
            [spec.dt_ms, TAU_M_MS, TAU_S_MS, THRESHOLD_MV, RESET_MV, n_rest], f64
        )
        self._drive = drive(spec) * THRESHOLD_MV
        self._network, self._noise, self._every = network, spec.noise * THRESHOLD_MV, every
        self.v, self.g = np.zeros(network.n), np.zeros(network.n)
        self._resting = np.zeros(network.n, i32)
        self._waiting = np.zeros((max(1, round(DELAY_MS / spec.dt_ms)), network.n))
        self._seed = (spec.seed + 0x5851F42D4C957F2D * (trial + 1)) % 2**64
        self._published = spec.reset == "v and g"
        self.spikes = np.zeros((-(-spec.n_steps // every), network.n), np.float32)
        self.n_spikes = 0

    def advance(self, first: int, n_steps: int) -> None:
        """Run some steps; noise depends on trial and step alone."""
        from engines.connectome.kernels import spikes

        seed = np.uint64((self._seed + first * 0x9E3779B97F4A7C15 * 131_071) % 2**64)
        run = spikes.run_published if self._published else spikes.run
        self.n_spikes += run(
            *self._out, *self._gap, self._drive, self._network.target, self._network.alive,
            self._constants, self.v, self.g, self._resting, self._waiting, first, n_steps,
            self._every, self._noise, seed, self.spikes,
        )  # fmt: skip
