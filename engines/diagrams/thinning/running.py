"""The run: all networks learn in one stack, and lose their units each in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn.functional import cross_entropy

from engines.diagrams.arms.blocks import Repeated, block
from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.thinning.asked import (
    ARMS,
    BATCH,
    CORRECTED,
    DRAWN,
    HYBRID,
    KEPT,
    N_HIDDEN,
    N_PERIODS,
    PLAN,
    SIZE,
    ThinningSpec,
)
from engines.diagrams.thinning.saliency import corrected, forgetting, least, saliency
from engines.lab.data.catalog import task_of
from engines.lab.data.task import rng_of
from engines.lab.training import (
    Constraints,
    OrderedBatches,
    Rule,
    Training,
    one_thread,
    run,
    stack_of,
)
from engines.running import devices

_IN, _BIAS, _OUT = "0.weight", "0.bias", "2.weight"
_N_ASKED = 512
"""Examples by which slopes are taken."""
_EVERY = 50
"""Steps between looks."""


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run: a block for every arm and number of units that stay."""

    spec: ThinningSpec
    training: Training = field(init=False)
    gone: Tensor = field(init=False)
    """bool[net, unit]: units that are going or have gone."""
    dead: Tensor = field(init=False)
    """bool[net, unit]: units that are 0 for good."""

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec, device = self.spec, devices.current()
        self.task = task = task_of(spec.task, spec.seed)
        x, y, *self.exam = (
            torch.from_numpy(np.ascontiguousarray(v)).to(device)
            for v in (task.x, task.y, task.x_test, task.y_test)
        )
        self.some = x[:_N_ASKED], y[:_N_ASKED]
        self.blocks = list(product(ARMS, KEPT))
        inner = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        made = []
        with torch.random.fork_rng(devices=[]):
            for _ in self.blocks:
                for k in range(spec.n_nets):
                    torch.manual_seed((spec.seed + k) % 2**63)
                    made.append(nn.Sequential(nn.Linear(task.n_features, N_HIDDEN), nn.ReLU(),
                                              nn.Linear(N_HIDDEN, task.n_outputs)))  # fmt: skip
        self.training = Training(
            stack_of(made, device), Repeated(inner, len(self.blocks)), task.loss,
            Rule(learning_rate=spec.learning_rate), exact=False,
        )  # fmt: skip
        self.gone = torch.zeros(len(made), N_HIDDEN, dtype=torch.bool, device=device)
        self.dead = self.gone.clone()
        # Drawn once a network, so that with fewer that stay the same go, and more.
        drawn = rng_of(spec.seed, 64).random((spec.n_nets, N_HIDDEN))
        self.drawn = torch.from_numpy(drawn).to(device)

    def part(self, k: int) -> slice:
        """Networks of a block."""
        return slice(k * self.spec.n_nets, (k + 1) * self.spec.n_nets)

    def rows(self, k: int) -> Tensor:
        """[net, unit, number]: weights in and bias of a block's units, a copy."""
        held = self.training.stack.parameters
        part = self.part(k)
        return torch.cat([held[_IN][part], held[_BIAS][part][..., None]], -1)

    def slopes(self, k: int, rows: Tensor) -> Tensor:
        """Of a block's loss by its units' rows, were they these."""
        stack = block(self.training.stack, self.part(k).start, self.spec.n_nets)
        x, y = self.some

        def loss(rows: Tensor, rest: dict[str, Tensor]) -> Tensor:
            own = {**rest, _IN: rows[:, :-1], _BIAS: rows[:, -1]}
            return cross_entropy(functional_call(stack.skeleton, own, (x,)), y)

        with one_thread():
            return vmap(grad(loss))(rows, stack.parameters)

    def choose(self, period: int) -> None:
        """Say who goes in a period; those that have gone stay away."""
        for k, (arm, kept) in enumerate(self.blocks):
            n = round((N_HIDDEN - kept) * (period + 1) / N_PERIODS)
            part, rows = self.part(k), self.rows(k)
            if arm == DRAWN:
                self.gone[part] = least(self.drawn, n)
            elif arm == HYBRID:
                scores = saliency(rows, self.slopes(k, rows))
                self.gone[part] = least(torch.where(self.dead[part], -1.0, scores), n)
            elif arm == CORRECTED:
                if period == 0:
                    self._corrected = {**getattr(self, "_corrected", {}), k: corrected(
                        rows, lambda at, k=k: self.slopes(k, at), N_HIDDEN - kept)}  # fmt: skip
                scores = saliency(rows, self.slopes(k, rows))
                self.gone[part] = least(torch.where(self.dead[part], -1.0, scores), n,
                                        never=~self._corrected[k])  # fmt: skip

    def cut_by_size(self) -> None:
        """All that go at once: the smallest product of norms in and out."""
        held = self.training.stack.parameters
        for k, (arm, kept) in enumerate(self.blocks):
            if arm == SIZE:
                size = self.rows(k).norm(dim=-1) * held[_OUT][self.part(k)].norm(dim=1)
                self.gone[self.part(k)] = least(size, N_HIDDEN - kept)

    def shrink(self, left: int) -> None:
        """Forget a part of those that are going."""
        held = self.training.stack.parameters
        by = torch.where(self.gone & ~self.dead, forgetting(left), 1.0)
        held[_IN].mul_(by[..., None])
        held[_BIAS].mul_(by)

    def bury(self) -> None:
        """Those that have gone stay 0."""
        self.dead = self.gone.clone()
        there = ~self.dead
        shape = self.training.stack.parameters[_IN].shape
        masks = {_IN: there[..., None].expand(shape), _BIAS: there}
        self.training.constrain(Constraints(masks=masks))

    def look(self) -> np.ndarray:
        """float64[measure, arm, kept, net]: share right and loss in the exam."""
        seen = self.training.measure(*self.exam)
        shape = len(ARMS), len(KEPT), self.spec.n_nets
        return np.stack([seen[name].reshape(shape) for name in ("score", "loss")])

    def n_left(self) -> np.ndarray:
        """int64[arm, kept, net]: units of which any number is not 0."""
        held = self.training.stack.parameters
        alive = (held[_IN] != 0).any(-1) | (held[_BIAS] != 0)
        return alive.sum(-1).cpu().numpy().reshape(len(ARMS), len(KEPT), -1)


def frames_of(spec: ThinningSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    whole = spec.n_before + spec.n_during + spec.n_after
    steps, seen = [0], [made.look()]
    frame = _frame(steps, seen, whole)
    yield frame
    for step in _steps(made):
        if step != steps[-1] and (step % _EVERY == 0 or step == whole):
            steps.append(step)
            seen.append(made.look())
            frame = _frame(steps, seen, whole)
        yield frame
    yield ArmsResult(spec, frame.looks)


def _steps(made: Comparison) -> Iterator[int]:
    """The steps at which a run may stop."""
    spec, training = made.spec, made.training
    for at in range(_EVERY, spec.n_before + _EVERY, _EVERY):
        for _ in run(training, (min(at, spec.n_before),)):
            yield training.step
    ends = np.linspace(0, spec.n_during, N_PERIODS + 1).round().astype(int)
    for period, (begin, end) in enumerate(pairwise(ends)):
        made.choose(period)
        for left in range(int(end - begin), 0, -1):
            training.advance(training.step + 1)
            made.shrink(left)
            yield training.step
        if period == N_PERIODS - 1:
            made.cut_by_size()
        made.bury()
    last = training.step + spec.n_after
    for at in range(training.step + 1, last + 1):
        training.advance(at)
        yield at


def _frame(steps: list[int], seen: list[np.ndarray], whole: int) -> ArmsFrame:
    looks = Looks(PLAN, np.array(steps), np.stack(seen, axis=1))
    return ArmsFrame(looks, fraction=steps[-1] / whole)
