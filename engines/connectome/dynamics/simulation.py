"""Simulates a stimulated wiring: linear and rate models in batches of trials, spikes by events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engines.connectome.dynamics.activity import Activity, ActivityFrame
from engines.connectome.dynamics.network import (
    Network,
    network_of,
    scaled,
    spectral_radius,
    whole_of,
)
from engines.connectome.dynamics.stimulus import StimulusSpec, drive
from engines.connectome.dynamics.trials import trials_of
from engines.connectome.wiring.graph import connectome_of
from engines.contract import InputError

BINS_MAX = 400
SPIKE_BIN_MS = 5.0
"""Spikes are counted over at least this long."""
_FRAME_S = 0.06
_RUNAWAY = 1e6
_NUMBERS_MAX = 4e8


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
    inputs, rng = drive(spec), np.random.Generator(np.random.Philox(spec.seed))
    shape = network.n, spec.n_trials
    # Noise is drawn here wherever the steps are made, so every device gets the same.
    scale = spec.noise * np.sqrt(spec.dt_ms / spec.tau_ms)
    left = max(1, int(network.alive.sum()))
    model = graded_of(spec, network, weights, coupling)
    for k in range(spec.n_steps):
        model.step(inputs[k], scale * rng.standard_normal(shape) if spec.noise else None)
        if (k + 1) % every and k + 1 < spec.n_steps:
            continue
        x = model.state()
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


class Graded(Protocol):
    """The state of a linear or rate model, all trials at once."""

    def step(self, push: float, noise: np.ndarray | None) -> None:
        """One Euler step; ``push`` goes to the stimulated, ``noise`` float64[neuron, trial]."""
        ...

    def state(self) -> np.ndarray:
        """float64[neuron, trial]."""
        ...


def graded_of(spec: StimulusSpec, network: Network, weights: Any, coupling: Any) -> Graded:
    """On the engine's GPU where there is one, else with scipy, which is faster on CPUs."""
    from engines.connectome.dynamics import batched

    device = batched.device()
    if device:
        return batched.BatchedGraded(spec, network, weights, coupling, device)
    return ScipyGraded(spec, network, weights, coupling)


class ScipyGraded:
    """The linear or rate model with scipy's sparse matrices."""

    def __init__(self, spec: StimulusSpec, network: Network, weights: Any, coupling: Any) -> None:
        self._spec, self._network, self._weights, self._coupling = spec, network, weights, coupling
        self._x = np.zeros((network.n, spec.n_trials))

    def step(self, push: float, noise: np.ndarray | None) -> None:
        """As `Graded.step`."""
        given = np.where(self._network.target, push, 0.0)[:, None]
        self._x = graded_step(self._x, self._weights, self._coupling, given, self._spec)
        if noise is not None:
            self._x += noise
        self._x[~self._network.alive] = 0.0

    def state(self) -> np.ndarray:
        """As `Graded.state`."""
        return self._x


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
    """All trials advance by the same few bins, then are told."""
    run, every = _new_run(spec, network, spectral_radius(network.chemical))
    trials = trials_of(spec, network, every)
    n_steps, left = spec.n_steps, max(1, int(network.alive.sum()))
    chunk = every * max(1, len(run.times_ms) // 40)
    for first in range(0, n_steps, chunk):
        n = min(chunk, n_steps - first)
        counted = trials.advance(first, n)
        fresh = slice(run.n_bins, run.n_bins + counted.shape[1])
        width_s = np.diff(run.times_ms, prepend=0.0)[fresh, None] / 1_000.0
        run.mean[fresh] = counted.mean(axis=0) / width_s
        run.per_trial[fresh] = counted.sum(axis=2).T / width_s / left
        run.n_bins = fresh.stop
        run.n_spikes = trials.n_spikes
        yield run, run.n_bins / len(run.times_ms)
