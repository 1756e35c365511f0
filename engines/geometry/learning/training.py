"""The studio's networks while they learn: problem, snapshots, and what is measured at each."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engines.geometry.learning.networks import Networks, initial_networks
from engines.geometry.learning.spec import N_DIMENSIONS, StudioSpec
from engines.geometry.tasks import hypercube as tasks
from engines.running import devices

_EXAM = 256
"""Noisy stimuli on which loss and accuracy are measured."""
_SCREEN = 60
"""Digits that are recorded, six of each."""


def snapshot_steps(n_steps: int, n_snapshots: int) -> np.ndarray:
    """int64[snapshot]: 0, then log-spaced up to the last step; early ones are every step.

    >>> snapshot_steps(100, 6).tolist()
    [0, 1, 3, 10, 32, 100]
    """
    spaced = np.geomspace(n_steps, 1, n_snapshots - 1)
    steps = np.unique(np.rint(spaced).astype(np.int64))
    return np.concatenate([[0], steps])


@dataclass(eq=False)
class Problem:
    """What is learnt, and the stimuli that are recorded."""

    clean: Tensor
    """[net, stimulus, in]: recorded."""
    wanted: Tensor
    """[stimulus, out], 0 or 1."""
    stimuli: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    noise: float
    pool: tuple[Tensor, Tensor] | None = None
    """Inputs [stimulus, in] and targets to learn from, where those are not the recorded ones."""
    exam: tuple[Tensor, Tensor] | None = None

    def batch(self, n: int, draw: torch.Generator) -> tuple[Tensor, Tensor]:
        """Inputs [net, n, in] and targets [1, n, out]; all networks see one batch and one noise."""
        if self.pool is not None:
            chosen = torch.randint(len(self.pool[0]), (n,), generator=draw)
            x = self.pool[0][chosen].expand(len(self.clean), -1, -1)
            return x, self.pool[1][chosen][None]
        chosen = torch.randint(self.clean.shape[1], (n,), generator=draw)
        noise = torch.randn(n, self.clean.shape[2], generator=draw)
        device = self.clean.device
        x = self.clean[:, chosen.to(device)] + self.noise * noise.to(device)
        return x, self.wanted[chosen.to(device)][None]


def aligned_problem(spec: StudioSpec, alignments: np.ndarray | None = None) -> Problem:
    """The aligned points; every seed turns its inputs in its own way.

    ``alignments`` are shares of c_max, one per network, where they differ.
    """
    wanted = tasks.targets(spec.n_points, spec.n_targets)
    most = tasks.alignment_max(spec.n_points, spec.n_targets)
    shares = np.full(spec.n_nets, spec.alignment) if alignments is None else alignments
    seeds = np.arange(len(shares)) % spec.n_seeds + spec.seed % 2**32
    kernels = {c: tasks.input_kernel(spec.n_points, spec.n_targets, c * most) for c in set(shares)}
    clean = [
        tasks.inputs_from_kernel(kernels[c], N_DIMENSIONS, int(seed))
        for c, seed in zip(shares, seeds, strict=True)
    ]
    corners = tasks.hypercube(spec.n_points)
    labels = {"class": tuple("+" if v > 0 else "-" for v in wanted[:, 0])}
    for k in range(corners.shape[1]):
        labels[f"bit {k + 1}"] = tuple("1" if v > 0 else "0" for v in corners[:, k])
    names = tuple("".join("1" if v > 0 else "0" for v in row[::-1]) for row in corners)
    on = torch.as_tensor((wanted + 1) / 2, dtype=torch.float32)
    return Problem(torch.as_tensor(np.stack(clean), dtype=torch.float32), on, names, labels,
                   spec.noise)  # fmt: skip


def digits_problem(spec: StudioSpec) -> Problem:
    """1,797 pictures of 8 x 8; the recorded sixty and 297 for the exam are held out."""
    from sklearn.datasets import load_digits

    pictures, digit = load_digits(return_X_y=True)
    order = np.random.default_rng([spec.seed % 2**32, 2]).permutation(len(digit))
    x = torch.as_tensor(pictures[order] / 16.0, dtype=torch.float32)
    y = torch.nn.functional.one_hot(torch.as_tensor(digit[order]), 10).float()
    held = np.arange(357)
    shown = np.concatenate([held[digit[order][:357] == d][: _SCREEN // 10] for d in range(10)])
    names = tuple(f"{digit[order][k]} no. {order[k]}" for k in shown)
    labels = {"digit": tuple(str(digit[order][k]) for k in shown)}
    rest = np.setdiff1d(held, shown)
    clean = x[shown].expand(spec.n_nets, -1, -1).contiguous()
    return Problem(clean, y[shown], names, labels, 0.0, (x[357:], y[357:]), (x[rest], y[rest]))


@dataclass(eq=False)
class Training:
    """Networks in training; ``advance`` moves on, ``record`` and ``measure`` look."""

    spec: StudioSpec
    problem: Problem
    networks: Networks
    step: int = 0
    exam: tuple[Tensor, Tensor] = field(init=False)
    draw: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        """The noise of the exam is drawn once, so that its curve has no jitter of its own."""
        self.draw = torch.Generator().manual_seed(self.spec.seed % 2**63)
        if self.problem.exam is not None:
            x, y = self.problem.exam
            self.exam = x.expand(self.networks.n_nets, -1, -1), y[None]
        else:
            apart = torch.Generator().manual_seed(self.spec.seed % 2**62 + 1)
            self.exam = self.problem.batch(_EXAM, apart)

    def advance(self, to_step: int) -> None:
        """Learn until this step."""
        while self.step < to_step:
            x, y = self.problem.batch(self.spec.batch_size, self.draw)
            self.networks.step(x, y, self.spec.learning_rate)
            self.step += 1

    def record(self) -> list[np.ndarray]:
        """Hidden layers on the recorded stimuli: float32[net, stimulus, unit] each."""
        values = self.networks.forward(self.problem.clean)[1:-1]
        return [v.cpu().numpy().astype(np.float32) for v in values]

    def measure(self, hidden: np.ndarray) -> dict[str, np.ndarray]:
        """float64[net] each, of the last hidden layer and of the exam."""
        x, y = self.exam
        logits = self.networks.forward(x)[-1]
        if self.networks.loss == "softmax":
            right = logits.argmax(-1) == y.argmax(-1)
        else:
            right = ((logits > 0) == (y > 0.5)).float().mean(-1)
        wanted = self.problem.wanted.cpu().numpy()[None]
        aligned_to = {"target CKA": wanted, "input CKA": self.problem.clean.cpu().numpy()}
        found = {name: cka_of_each(hidden, other) for name, other in aligned_to.items()}
        found["participation ratio"] = participation_of_each(hidden)
        found["accuracy"] = right.float().mean(-1).cpu().numpy().astype(np.float64)
        found["loss"] = self.networks.losses(logits, y).cpu().numpy().astype(np.float64)
        return found


def training_from_spec(spec: StudioSpec, alignments: np.ndarray | None = None,
                       nonlinearities: tuple[str, ...] | None = None) -> Training:  # fmt: skip
    """Networks at their start, with everything they will learn from."""
    names = nonlinearities or spec.nonlinearities
    aligned = spec.task == "aligned points"
    problem = aligned_problem(spec, alignments) if aligned else digits_problem(spec)
    sizes = [problem.clean.shape[2], *[spec.width] * spec.depth, problem.wanted.shape[1]]
    seeds = [k % spec.n_seeds + spec.seed % 2**32 for k in range(len(names))]
    device = devices.current()
    networks = initial_networks(
        sizes,
        names,
        seeds,
        loss="logistic" if aligned else "softmax",
        frozen_readout=spec.frozen_readout,
        device=device,
    )
    problem.clean, problem.wanted = problem.clean.to(device), problem.wanted.to(device)
    if problem.pool is not None and problem.exam is not None:
        problem.pool = problem.pool[0].to(device), problem.pool[1].to(device)
        problem.exam = problem.exam[0].to(device), problem.exam[1].to(device)
    return Training(spec, problem, networks)


def cka_of_each(hidden: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Biased linear CKA of each network [net, stimulus, unit] with [net or 1, stimulus, any]."""
    k, target = (_centred_gram(np.asarray(a, np.float64)) for a in (hidden, other))
    cross = (k * target).sum((-2, -1))
    size = np.sqrt((k * k).sum((-2, -1)) * (target * target).sum((-2, -1)))
    return np.where(size > 1e-30, cross / np.where(size > 1e-30, size, 1.0), np.nan)


def participation_of_each(hidden: np.ndarray) -> np.ndarray:
    """Participation ratio of each network: tr(K)^2 / tr(K^2)."""
    k = _centred_gram(np.asarray(hidden, np.float64))
    squares = (k * k).sum((-2, -1))
    trace = np.trace(k, axis1=-2, axis2=-1)
    return np.where(squares > 1e-30, trace**2 / np.where(squares > 1e-30, squares, 1.0), np.nan)


def _centred_gram(x: np.ndarray) -> np.ndarray:
    x = x - x.mean(axis=-2, keepdims=True)
    return x @ x.swapaxes(-1, -2)


def choose_threads(training: Training, wanted: int) -> int:
    """Set torch's threads: as many as wanted, or what a few steps of a copy find faster."""
    most = max(wanted, torch.get_num_threads())
    if wanted:
        torch.set_num_threads(wanted)
        return wanted
    if most == 1:
        return 1
    times = {}
    for n in (1, most):
        torch.set_num_threads(n)
        times[n] = _seconds_of_steps(training)
    chosen = min(times, key=lambda n: times[n])
    torch.set_num_threads(chosen)
    return chosen


def _seconds_of_steps(training: Training) -> float:
    copied = Networks(
        [w.clone() for w in training.networks.weights],
        [b.clone() for b in training.networks.biases],
        training.networks.nonlinearities,
        training.networks.loss,
        training.networks.frozen_readout,
    )
    draw = torch.Generator().manual_seed(0)
    x, y = training.problem.batch(training.spec.batch_size, draw)
    copied.step(x, y, 1e-3)
    started = time.perf_counter()
    for _ in range(5):
        copied.step(x, y, 1e-3)
    return time.perf_counter() - started
