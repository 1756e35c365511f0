"""The run: a stack for every kind of network, which learn from the same fields."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.arms.running import watched
from engines.diagrams.multigrid.asked import (
    BANDS,
    BATCH,
    FIXED,
    LEARN,
    N_EXAM,
    N_LEARNT,
    PLAN,
    RATES,
    MultigridSpec,
)
from engines.diagrams.multigrid.fields import fields
from engines.diagrams.multigrid.networks import network
from engines.diagrams.multigrid.results import MultigridResult
from engines.lab.data.task import rng_of
from engines.lab.training import OrderedBatches, Rule, Training, one_thread, stack_from_seeds
from engines.running import devices


@dataclass(eq=False)
class Comparison:
    """Fields and networks of a run."""

    spec: MultigridSpec
    trainings: dict[str, Training] = field(init=False)

    def __post_init__(self) -> None:
        """Draw fields and everybody's first weights."""
        spec, device = self.spec, devices.current()
        drawn = [fields(rng_of(spec.seed, 760 + k), N_LEARNT + N_EXAM, band, periodic=spec.periodic)
                 for k, band in enumerate(BANDS.values())]  # fmt: skip
        # All right sides in one unit, so that networks begin at their usual sizes.
        self.unit = float(np.sqrt(np.mean([f[:N_LEARNT] ** 2 for f, _ in drawn])))

        def told(parts: list[np.ndarray]) -> Tensor:
            return torch.from_numpy(np.concatenate(parts)).float().to(device)

        x = told([f[:N_LEARNT] for f, _ in drawn]) / self.unit
        y = told([u[:N_LEARNT] for _, u in drawn])
        self.exam = [(told([f[N_LEARNT:]]) / self.unit, told([u[N_LEARNT:]])) for f, u in drawn]
        batches = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        seeds = [spec.seed % 2**32 + k for k in range(spec.n_nets)]
        self.trainings = {
            name: Training(
                stack_from_seeds(partial(network, name, periodic=spec.periodic), seeds, device),
                batches, "squared error", Rule(learning_rate=spec.rate_factor * RATES[name]),
                exact=False,
            )
            for name in LEARN
        }  # fmt: skip
        self.fixed = network(FIXED, periodic=spec.periodic).to(device)

    def look(self) -> Generator[None, None, np.ndarray]:
        """float64[1, arm, band, net]: mean over fields of the relative error (L2)."""
        found = np.empty((1, len(LEARN) + 1, len(BANDS), self.spec.n_nets))
        for k, (x, y) in enumerate(self.exam):
            for arm, training in enumerate(self.trainings.values()):
                with one_thread():
                    said = training.outputs(x)
                found[0, arm, k] = np.where(training.alive, _relative(said, y), np.nan)
                yield
            with torch.no_grad(), one_thread():
                found[0, -1, k] = _relative(self.fixed(x.double() * self.unit)[None], y)
        return found

    @torch.no_grad()
    def shown(self) -> np.ndarray:
        """float32[what, row, column]: a solution of the first band, and everybody's error there."""
        x, y = self.exam[0]
        off = [training.outputs(x[:1])[0, 0] - y[0] for training in self.trainings.values()]
        off.append((self.fixed(x[:1].double() * self.unit)[0] - y[0]).float())
        return torch.stack([y[0], *off]).float().cpu().numpy()


def _relative(said: Tensor, y: Tensor) -> np.ndarray:
    """float64[net]: of outputs [net, field, row, column]."""
    off = (said.double() - y).square().sum((-2, -1)) / y.double().square().sum((-2, -1))
    return off.sqrt().mean(-1).cpu().numpy()


def frames_of(spec: MultigridSpec) -> Iterator[ArmsFrame | MultigridResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    frame = None
    for frame in watched(PLAN, list(made.trainings.values()), spec.n_steps, made.look):
        yield frame
    assert frame is not None
    counted = tuple(training.stack.n_parameters for training in made.trainings.values())
    yield MultigridResult(spec, frame.looks, counted, made.shown())
