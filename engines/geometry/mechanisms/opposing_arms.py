"""Networks that learn beside outliers, step by step, with every example's loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor, nn

from engines.contract import Frame, Result
from engines.geometry.mechanisms.opposing import (
    ARMS,
    EQUAL,
    INDEPENDENT,
    OpposingFrame,
    OpposingRun,
    OpposingSpec,
    Sharpening,
    measures_of,
)
from engines.lab.curvature.hessian import first_direction, sharpness
from engines.lab.training import (
    ArrayBatches,
    Rule,
    Stack,
    Training,
    log_spaced,
    one_thread,
    stack_from_seeds,
)

DIMENSION, N_ORDINARY = 40, 400
_ADAM_RATE = 0.005
_N_MOMENTS = 16
_LANCZOS = 12
_EVERY = 3
"""Steps between two places where a run can stop."""


def examples(spec: OpposingSpec, arm: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Examples float64[example, dimension] of norm 1 or so, outliers last, and labels -1 or 1.

    Ordinary ones are Gaussian and labelled by a plane; arms differ in the outliers alone.
    """
    rng = np.random.Generator(np.random.Philox(key=[spec.seed % 2**63, seed]))
    n = spec.n_outliers
    x = rng.standard_normal((N_ORDINARY + n, DIMENSION)) / np.sqrt(DIMENSION)
    y = np.sign(x @ rng.standard_normal(DIMENSION))
    own = rng.standard_normal((n, DIMENSION))
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    x[N_ORDINARY:] += spec.size * (own if arm == INDEPENDENT else own[0])
    y[N_ORDINARY:] = 1.0 if arm == EQUAL else np.where(first_group(spec), 1.0, -1.0)
    return x, y[:, None]


def first_group(spec: OpposingSpec) -> np.ndarray:
    """bool[outlier]: the first half, which has the first label where labels differ."""
    return np.arange(spec.n_outliers) < spec.n_outliers // 2


def training_of(spec: OpposingSpec, arms: tuple[str, ...], rule: Rule) -> Training:
    """These arms at their start, seeds of an arm behind each other."""
    drawn = [examples(spec, arm, seed) for arm in arms for seed in range(spec.n_seeds)]
    x, y = (np.stack(part).astype(np.float32) for part in zip(*drawn, strict=True))
    seeds = [spec.seed % 2**32 + k for k in range(spec.n_seeds)] * len(arms)
    stack = stack_from_seeds(lambda: _build(spec.width), seeds)
    batches = ArrayBatches(torch.from_numpy(x), torch.from_numpy(y), own=True)
    return Training(stack, batches, "squared error", rule)


def _build(width: int) -> nn.Module:
    return nn.Sequential(nn.Linear(DIMENSION, width), nn.Tanh(), nn.Linear(width, 1))


@torch.no_grad()
def losses_of(stack: Stack, x: Tensor, y: Tensor) -> np.ndarray:
    """float32[net, example]: squared errors now."""
    p = stack.parameters
    hidden = torch.tanh(torch.baddbmm(p["0.bias"][:, None], x, p["0.weight"].mT))
    said = torch.baddbmm(p["2.bias"][:, None], hidden, p["2.weight"].mT)
    return (said - y).square()[..., 0].numpy()


@dataclass(eq=False)
class Watched:
    """Some arms that learn by one rule, with what was seen of them."""

    training: Training
    losses: list[np.ndarray] = field(default_factory=list)
    sharp: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the search for the sharpest direction anywhere."""
        batches = self.training.batches
        assert isinstance(batches, ArrayBatches)
        self.x, self.y = batches.x, batches.y
        self.way = first_direction(self.training.stack, 0)

    def step(self, step: int, *, look: bool) -> None:
        """Note losses, at a moment the sharpness too, and learn one step."""
        with one_thread():
            self.losses.append(losses_of(self.training.stack, self.x, self.y))
            if look:
                top, way = sharpness(self.training.stack, self.x, self.y, "squared error",
                                     self.way, n_steps=_LANCZOS, own=True)  # fmt: skip
                # A network that diverged points nowhere; its place is begun anew, and stays nan.
                self.way = torch.where(way.isfinite().all(1)[:, None], way, self.way)
                self.sharp.append(top.double().numpy())
        self.training.advance(step + 1)


def frames_of(spec: OpposingSpec) -> Iterator[Frame | Result]:
    """A frame now and then while the arms learn in step; the run last."""
    descent = Rule(optimiser="SGD", learning_rate=spec.rate)
    adam = Rule(optimiser="Adam", learning_rate=_ADAM_RATE)
    both = [Watched(training_of(spec, ARMS[:3], descent)),
            Watched(training_of(spec, ARMS[3:], adam))]  # fmt: skip
    moments = log_spaced(spec.n_steps, _N_MOMENTS)
    frame = None
    for step in range(spec.n_steps + 1):
        fraction = (step + 1) / (spec.n_steps + 1)
        for one in both:
            one.step(step, look=step in moments)
        if step in moments:
            course, losses = _course(spec, both, moments), _shown(spec, both, spec.n_steps + 1)
            frame = OpposingFrame(spec, course, losses, step, fraction=fraction)
        if frame is not None and (step in moments or step % _EVERY == 0):
            yield replace(frame, fraction=fraction)
    yield OpposingRun(spec, _course(spec, both, moments), _shown(spec, both, spec.n_steps + 1),
                      _measured(spec, both))  # fmt: skip


def _course(spec: OpposingSpec, both: list[Watched], moments: tuple[int, ...]) -> Sharpening:
    seen = [np.stack(one.sharp).reshape(len(one.sharp), -1, spec.n_seeds) for one in both]
    steps = np.array(moments[: len(seen[0])], np.int64)
    return Sharpening(steps, np.concatenate(seen, axis=1))


def _shown(spec: OpposingSpec, both: list[Watched], n: int) -> np.ndarray:
    """float32[arm, step, group] of the shown network; nan after now."""
    found = np.full((len(ARMS), n, 3), np.nan, np.float32)
    first = first_group(spec)
    arm = 0
    for one in both:
        losses = np.stack(one.losses)
        for at in range(spec.network - 1, losses.shape[1], spec.n_seeds):
            mine = losses[:, at]
            out = mine[:, N_ORDINARY:]
            groups = (out[:, first].mean(1), out[:, ~first].mean(1), mine.mean(1))
            found[arm, : len(mine)] = np.stack(groups, 1)
            arm += 1
    return found


def _measured(spec: OpposingSpec, both: list[Watched]) -> np.ndarray:
    """float64[arm, seed, measure]."""
    rows = []
    for one in both:
        losses = np.stack(one.losses, axis=1)  # [net, step, example]
        edge = one.sharp[-1] * spec.rate / 2.0
        for net, alive in enumerate(one.training.alive):
            if alive and np.isfinite(losses[net]).all() and np.isfinite(edge[net]):
                seen = measures_of(losses[net], first_group(spec), spec.n_outliers)
                rows.append([*seen, edge[net]])
            else:
                rows.append([np.nan] * 5)
    return np.array(rows).reshape(len(ARMS), spec.n_seeds, 5)
