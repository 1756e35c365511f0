"""Simulations in torch: all trials in one tensor, on the engine's GPU.

On CPUs scipy and the compiled loop are used, and the same code runs on a CPU tensor and is tested
against them; ``benchmarks/connectome.py`` prints how long each takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engines.connectome.dynamics.network import Network
from engines.connectome.dynamics.stimulus import StimulusSpec, drive
from engines.running import devices

if TYPE_CHECKING:
    import torch


def device() -> str:
    """The GPU that simulations run on, "" where compiled loops are the better choice.

    Apple's GPUs know neither double precision nor sparse matrices.
    """
    current = devices.current()
    return current if devices.device_class(current) == "cuda" else ""


def _sparse(matrix: Any, on: str) -> torch.Tensor:
    """A scipy matrix as torch's compressed rows, float64."""
    import warnings

    import torch

    rows = matrix.tocsr()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            torch.from_numpy(rows.indptr.astype(np.int64)),
            torch.from_numpy(rows.indices.astype(np.int64)),
            torch.from_numpy(rows.data.astype(np.float64)),
            size=rows.shape,
            check_invariants=True,
        ).to(on)


class BatchedGraded:
    """The linear or rate model: float64[neuron, trial] on one device."""

    def __init__(
        self, spec: StimulusSpec, network: Network, weights: Any, coupling: Any, on: str
    ) -> None:
        import torch

        self._matrix = _sparse(weights + coupling, on)
        self._x = torch.zeros((network.n, spec.n_trials), dtype=torch.float64, device=on)
        self._target = torch.from_numpy(network.target.astype(np.float64)).to(on)[:, None]
        self._alive = torch.from_numpy(network.alive.astype(np.float64)).to(on)[:, None]
        self._rate, self._linear = spec.dt_ms / spec.tau_ms, spec.model == "linear"

    def step(self, push: float, noise: np.ndarray | None) -> None:
        """One Euler step, as ``dynamics.graded_step``."""
        import torch

        answer = self._matrix @ self._x + push * self._target
        if not self._linear:
            answer = torch.tanh(torch.clamp(answer, min=0.0))
        self._x = self._x + self._rate * (answer - self._x)
        if noise is not None:
            self._x += torch.from_numpy(noise).to(self._x.device)
        self._x *= self._alive

    def state(self) -> np.ndarray:
        """float64[neuron, trial]."""
        return self._x.cpu().numpy()


class BatchedTrials:
    """The spiking model, as ``kernels.spikes.run``: one step of all trials at a time.

    Only edges of neurons that spiked are touched. Without noise potentials agree with the compiled
    loop to rounding; noise is torch's own, from the same seed on every run.
    """

    def __init__(self, spec: StimulusSpec, network: Network, every: int, on: str) -> None:
        import torch

        from engines.connectome.dynamics import spiking

        self._spec, self._every, self._on = spec, every, on
        out = network.chemical.T.tocsr()
        self._indptr = torch.from_numpy(out.indptr.astype(np.int64)).to(on)
        self._post = torch.from_numpy(out.indices.astype(np.int64)).to(on)
        self._weight = torch.from_numpy(out.data * spec.synapse_mv).to(on)
        self._gap = _sparse(network.gap * spec.gap, on) if network.gap.nnz else None
        leak = np.asarray(network.gap.sum(axis=1)).ravel() * spec.gap
        shape = network.n, spec.n_trials
        self._leak = torch.from_numpy(leak).to(on)[:, None]
        self._target = torch.from_numpy(network.target.astype(np.float64)).to(on)[:, None]
        self._alive = torch.from_numpy(network.alive).to(on)[:, None].expand(shape)
        self._drive = drive(spec) * spiking.THRESHOLD_MV
        self._rest = round(spiking.REFRACTORY_MS / spec.dt_ms)
        n_slots = max(1, round(spiking.DELAY_MS / spec.dt_ms))
        wide: Any = {"dtype": torch.float64, "device": on}
        self.v, self.g = torch.zeros(shape, **wide), torch.zeros(shape, **wide)
        self._waiting = torch.zeros((n_slots, *shape), **wide)
        self._resting = torch.zeros(shape, dtype=torch.int32, device=on)
        self._noise = torch.Generator(device=on).manual_seed(spec.seed % 2**63)
        self.n_spikes = 0

    def advance(self, first: int, n_steps: int) -> np.ndarray:
        """Run some steps; float32[trial, bin, neuron] spikes of the bins they touch."""
        import torch

        low = first // self._every
        n_bins = -(-(first + n_steps) // self._every) - low
        counted = torch.zeros((n_bins, *self.v.shape), dtype=torch.float32, device=self._on)
        with torch.no_grad():
            for step in range(first, first + n_steps):
                published = self._spec.reset == "v and g"
                spiked = self._published_step(step) if published else self._step(step)
                counted[step // self._every - low] += spiked
        self.n_spikes += int(counted.sum(dtype=torch.float64).item())
        return np.ascontiguousarray(counted.cpu().numpy().transpose(2, 0, 1))

    def _step(self, step: int) -> torch.Tensor:
        """One Euler step; bool[neuron, trial] of who spiked."""
        import torch

        from engines.connectome.dynamics.fly_model import RESET_MV, TAU_M_MS, TAU_S_MS, THRESHOLD_MV

        dt = self._spec.dt_ms
        arrived = self._waiting[step % len(self._waiting)]
        self.g += arrived
        arrived.zero_()
        push = self._drive[step] * self._target
        flow = 0.0 if self._gap is None else self._gap @ self.v - self._leak * self.v
        change = dt * (self.g - self.v + push + flow) / TAU_M_MS
        if self._spec.noise:
            size = self._spec.noise * THRESHOLD_MV * np.sqrt(dt / TAU_M_MS)
            change += size * torch.randn(
                self.v.shape, generator=self._noise, dtype=torch.float64, device=self._on
            )
        free = (self._resting == 0) & self._alive
        self.v += torch.where(free, change, 0.0)
        self.g -= torch.where(self._alive, dt * self.g / TAU_S_MS, 0.0)
        self._resting = torch.clamp(self._resting - 1, min=0)
        spiked = free & (self.v > THRESHOLD_MV)
        self.v[spiked] = RESET_MV
        self._resting[spiked] = self._rest
        self._send(spiked, arrived)
        return spiked

    def _published_step(self, step: int) -> torch.Tensor:
        """One exact step as ``kernels.spikes.run_published``; bool[neuron, trial] of who spiked."""
        import torch

        from engines.connectome.dynamics.fly_model import RESET_MV, TAU_M_MS, TAU_S_MS, THRESHOLD_MV

        dt = self._spec.dt_ms
        keep_v, keep_g = np.exp(-dt / TAU_M_MS), np.exp(-dt / TAU_S_MS)
        share = TAU_S_MS / (TAU_M_MS - TAU_S_MS) * (keep_v - keep_g)
        push = self._drive[step] * self._target
        if self._gap is not None:
            push = push + self._gap @ self.v - self._leak * self.v
        self._resting = torch.clamp(self._resting - 1, min=0)
        free = (self._resting == 0) & self._alive
        fresh = push + (self.v - push) * keep_v + self.g * share
        if self._spec.noise:
            size = self._spec.noise * THRESHOLD_MV * np.sqrt(dt / TAU_M_MS)
            fresh = fresh + size * torch.randn(
                self.v.shape, generator=self._noise, dtype=torch.float64, device=self._on
            )
        self.v = torch.where(free, fresh, self.v)
        self.g = torch.where(free, self.g * keep_g, self.g)
        spiked = free & (self.v > THRESHOLD_MV)
        arrived = self._waiting[step % len(self._waiting)]
        self.g += arrived
        arrived.zero_()
        self.v[spiked], self.g[spiked] = RESET_MV, 0.0
        self._resting[spiked] = self._rest
        self._send(spiked, arrived)
        return spiked

    def _send(self, spiked: torch.Tensor, arrived: torch.Tensor) -> None:
        """Add the spikes' weights to what arrives a delay later, edge by edge."""
        import torch

        neuron, trial = torch.nonzero(spiked, as_tuple=True)
        if not len(neuron):
            return
        first = self._indptr[neuron]
        n_out = self._indptr[neuron + 1] - first
        ends = torch.cumsum(n_out, 0)
        total = int(ends[-1].item())
        event = torch.repeat_interleave(n_out, output_size=total)
        edge = torch.arange(total, device=self._on) - (ends - n_out)[event] + first[event]
        place = self._post[edge] * self.v.shape[1] + trial[event]
        arrived.view(-1).index_add_(0, place, self._weight[edge])
