"""Simulates a stimulated wiring: linear and rate models in batches of trials, spikes by events.

Constants of the spiking model: Shiu et al. 2024, Nature 634:210 (rest -52, threshold -45 mV,
tau 20 and 5 ms, refractory 2.2 ms, delay 1.8 ms, 0.275 mV per synapse).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.connectome.activity import Activity, ActivityFrame
from engines.connectome.graph import connectome_of
from engines.connectome.network import Network, network_of, scaled, spectral_radius, whole_of
from engines.connectome.stimulus import StimulusSpec
from engines.contract import InputError

THRESHOLD_MV, RESET_MV = 7.0, 0.0
TAU_M_MS, TAU_S_MS, REFRACTORY_MS, DELAY_MS = 20.0, 5.0, 2.2, 1.8
BINS_MAX = 400
SPIKE_BIN_MS = 5.0
"""Spikes are counted over at least this long."""
_FRAME_S = 0.06
_RUNAWAY = 1e6
_NUMBERS_MAX = 4e8


def drive(spec: StimulusSpec) -> np.ndarray:
    """float64[step]: the input to stimulated neurons through time, before noise of its own."""
    t = np.arange(spec.n_steps) * spec.dt_ms
    on = (t >= spec.start_ms).astype(float)
    match spec.shape:
        case "pulse":
            return spec.amplitude * on * (t < spec.start_ms + spec.width_ms)
        case "step":
            return spec.amplitude * on
        case "sine":
            phase = 2.0 * np.pi * spec.frequency_hz * (t - spec.start_ms) / 1_000.0
            return spec.amplitude * on * np.sin(phase)
        case _:
            rng = np.random.Generator(np.random.Philox([spec.seed, 7]))
            return spec.amplitude * on * rng.standard_normal(spec.n_steps)


def phi(x: np.ndarray) -> np.ndarray:
    """The rate model's answer: tanh of the positive part."""
    return np.tanh(np.maximum(x, 0.0))


def frames_of(spec: StimulusSpec) -> Iterator[ActivityFrame | Activity]:
    """Frames as time runs, the activity last; a lesioned wiring is run without its lesion too."""
    network = network_of(spec)
    _check_size(spec, network)
    before: _Run | None = None
    if spec.lesion or spec.lesion_fraction:
        before = yield from _simulated(whole_of(spec), 0.0, 0.5)
    run = yield from _simulated(spec, 0.5 if before else 0.0, 1.0)
    yield run.activity(before)


def _check_size(spec: StimulusSpec, network: Network) -> None:
    n_bins = min(BINS_MAX, spec.n_steps)
    if spec.model == "spiking" and n_bins * network.n * spec.n_trials > _NUMBERS_MAX:
        raise InputError("this many trials do not fit into memory; take fewer")
    if float(spec.n_trials) * network.n > 2e7:
        raise InputError(
            f"{spec.n_trials:,} trials of {network.n:,} neurons do not fit into memory; take fewer"
        )


@dataclass
class _Run:
    """One simulation: what is kept of it, bin by bin."""

    spec: StimulusSpec
    network: Network
    radius: float
    times_ms: np.ndarray
    mean: np.ndarray
    per_trial: np.ndarray
    """float64[bin, trial]: mean over the neurons that are left."""
    n_bins: int = 0
    n_spikes: int = 0
    stopped: str = ""

    def activity(self, before: _Run | None) -> Activity:
        kept = slice(0, self.n_bins)
        mean, per_trial = self.mean[kept], self.per_trial[kept]
        empty = np.zeros(0)
        peak, peak_ms = _peaks(mean, self.times_ms[kept])
        shared = min(self.n_bins, before.n_bins) if before else 0
        return Activity(
            spec=self.spec,
            neurons=connectome_of(self.spec.wiring).neurons,
            times_ms=self.times_ms[kept],
            mean=mean,
            population=per_trial.mean(axis=1),
            population_sd=per_trial.std(axis=1),
            peak=peak,
            peak_ms=peak_ms,
            alive=self.network.alive,
            target=self.network.target,
            radius=self.radius,
            n_spikes=self.n_spikes,
            n_unknown=self.network.n_unknown,
            stopped=self.stopped,
            before=_padded(before.per_trial[:shared].mean(axis=1), self.n_bins)
            if before
            else empty,
            peak_before=_peaks(before.mean[: before.n_bins], before.times_ms)[0]
            if before
            else empty,
        )


def _padded(values: np.ndarray, n: int) -> np.ndarray:
    return np.concatenate([values, np.full(n - len(values), np.nan)])


def _peaks(mean: np.ndarray, times_ms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(mean):
        return np.zeros(mean.shape[1]), np.zeros(mean.shape[1])
    at = np.argmax(np.abs(mean), axis=0)
    return mean[at, np.arange(mean.shape[1])].astype(float), times_ms[at]


def _new_run(spec: StimulusSpec, network: Network, radius: float) -> tuple[_Run, int]:
    every = max(1, -(-spec.n_steps // BINS_MAX))
    if spec.model == "spiking":
        every = min(spec.n_steps, max(every, round(SPIKE_BIN_MS / spec.dt_ms)))
    n_bins = -(-spec.n_steps // every)
    ends = np.minimum(np.arange(1, n_bins + 1) * every, spec.n_steps) * spec.dt_ms
    mean = np.zeros((n_bins, network.n), np.float32)
    return _Run(spec, network, radius, ends, mean, np.zeros((n_bins, spec.n_trials))), every


def _simulated(
    spec: StimulusSpec, low: float, high: float
) -> Iterator[ActivityFrame]:  # returns the run
    network = network_of(spec)
    step = _spiking if spec.model == "spiking" else _graded
    shown = time.perf_counter()
    run: _Run | None = None
    for run, share in step(spec, network):
        now = time.perf_counter()
        if now - shown > _FRAME_S:
            shown = now
            kept = slice(0, run.n_bins)
            yield ActivityFrame(
                times_ms=run.times_ms[kept],
                population=run.per_trial[kept].mean(axis=1),
                fraction=low + (high - low) * share,
            )
    return run  # type: ignore[return-value]


def _graded(spec: StimulusSpec, network: Network) -> Iterator[tuple[_Run, float]]:
    """Linear or rate model, all trials at once: float64[neuron, trial]."""
    whole = network_of(whole_of(spec))
    weights, radius = scaled(network, whole, spec.gain)
    coupling = gap_coupling(network, whole, spec.gap)
    run, every = _new_run(spec, network, radius)
    x = np.zeros((network.n, spec.n_trials))
    inputs, rng = drive(spec), np.random.Generator(np.random.Philox(spec.seed))
    left = max(1, int(network.alive.sum()))
    for k in range(spec.n_steps):
        push = np.where(network.target, inputs[k], 0.0)[:, None]
        x = graded_step(x, weights, coupling, push, spec)
        if spec.noise:
            scale = spec.noise * np.sqrt(spec.dt_ms / spec.tau_ms)
            x += scale * rng.standard_normal(x.shape)
        x[~network.alive] = 0.0
        if (k + 1) % every and k + 1 < spec.n_steps:
            continue
        if not np.abs(x).max(initial=0.0) < _RUNAWAY:
            at = (k + 1) * spec.dt_ms
            run.stopped = (
                f"The activity ran away after {at:.0f} ms: the gain is {spec.gain:g}; keep it "
                "below 1, or take the rate model."
            )
            break
        run.mean[run.n_bins] = x.mean(axis=1)
        run.per_trial[run.n_bins] = x.sum(axis=0) / left
        run.n_bins += 1
        yield run, (k + 1) / spec.n_steps
    yield run, 1.0


def graded_step(
    x: np.ndarray, weights: Any, coupling: Any, push: np.ndarray, spec: StimulusSpec
) -> np.ndarray:
    """One Euler step of the linear or rate model, without noise: float64[neuron, trial]."""
    drive = weights @ x + coupling @ x + push
    answer = drive if spec.model == "linear" else phi(drive)
    return x + (spec.dt_ms / spec.tau_ms) * (answer - x)


def gap_coupling(network: Network, whole: Network, gap: float) -> Any:
    """Gap junctions as diffusion; ``gap`` is the largest leak through them without a lesion."""
    from scipy import sparse

    total = np.asarray(network.gap.sum(axis=1)).ravel()
    most = float(np.max(whole.gap.sum(axis=1), initial=0.0))
    if not total.any() or most <= 0:
        return network.gap * 0.0
    return (network.gap - sparse.diags_array(total)) * (gap / most)


def _spiking(spec: StimulusSpec, network: Network) -> Iterator[tuple[_Run, float]]:
    """Every trial in a thread of its own; all advance by the same few bins, then are told."""
    import numba

    run, every = _new_run(spec, network, spectral_radius(network.chemical))
    trials = [SpikingTrial(spec, network, k, every) for k in range(spec.n_trials)]
    n_steps, left = spec.n_steps, max(1, int(network.alive.sum()))
    chunk = every * max(1, len(run.times_ms) // 40)
    with ThreadPoolExecutor(max(1, numba.get_num_threads())) as threads:
        for first in range(0, n_steps, chunk):
            n = min(chunk, n_steps - first)
            list(threads.map(lambda trial: trial.advance(first, n), trials))  # noqa: B023
            done = -(-(first + n) // every)
            fresh = slice(run.n_bins, done)
            width_s = np.diff(run.times_ms, prepend=0.0)[fresh, None] / 1_000.0
            rates = np.stack([trial.spikes[fresh] for trial in trials])
            run.mean[fresh] = rates.mean(axis=0) / width_s
            run.per_trial[fresh] = rates.sum(axis=2).T / width_s / left
            run.n_bins = done
            run.n_spikes = sum(trial.n_spikes for trial in trials)
            yield run, done / len(run.times_ms)


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
        self.spikes = np.zeros((-(-spec.n_steps // every), network.n), np.float32)
        self.n_spikes = 0

    def advance(self, first: int, n_steps: int) -> None:
        """Run some steps; noise depends on trial and step alone."""
        from engines.connectome.kernels import spikes

        seed = np.uint64((self._seed + first * 0x9E3779B97F4A7C15 * 131_071) % 2**64)
        self.n_spikes += spikes.run(
            *self._out, *self._gap, self._drive, self._network.target, self._network.alive,
            self._constants, self.v, self.g, self._resting, self._waiting, first, n_steps,
            self._every, self._noise, seed, self.spikes,
        )  # fmt: skip
