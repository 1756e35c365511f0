"""The run: cycles in which neurons learn, then dendrites open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, vmap
from torch.nn.functional import cross_entropy

from engines.diagrams.arms.blocks import Repeated, block
from engines.diagrams.arms.looks import Looks
from engines.diagrams.dendrites.asked import BATCH, N_CYCLES, PLAN, WAYS, DendritesSpec
from engines.diagrams.dendrites.networks import Growing
from engines.diagrams.dendrites.results import Course, DendritesFrame, DendritesResult
from engines.lab.data.catalog import task_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Stack,
    Training,
    evenly_spaced,
    one_thread,
    outputs_of,
    run,
    stack_of,
)
from engines.running import devices

Tensors = dict[str, Tensor]
_N_LOOKS = 4
"""In every phase."""


@dataclass(eq=False)
class Later:
    """The same batches from a step on, so that a training that begins anew sees what comes next."""

    inner: OrderedBatches
    begun: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of this step."""
        return self.inner.batch(self.begun + step)


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run: a block for each way, those that follow first."""

    spec: DendritesSpec
    stack: Stack = field(init=False)
    step: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec, device = self.spec, devices.current()
        task = task_of(spec.task, spec.seed)
        x, y, x_test, y_test = (
            torch.from_numpy(np.ascontiguousarray(v)).to(device)
            for v in (task.x, task.y, task.x_test, task.y_test)
        )
        self.learnt, self.exam = (x, y), (x_test, y_test)
        self.labelled = torch.cat([x, y[:, None].to(x)], -1)
        self.batches = OrderedBatches(self.labelled, y, BATCH, spec.n_nets, spec.seed)
        made = []
        with torch.random.fork_rng(devices=[]):
            for way in WAYS.values():
                for k in range(spec.n_nets):
                    torch.manual_seed((spec.seed + k) % 2**63)
                    made.append(Growing(task.n_features, spec.n_hidden, task.n_outputs, way))
        self.stack = stack_of(made, device)

    def phase(self, cycle: int, *, following: bool) -> list[Training]:
        """Trainings of a phase; the optimiser begins anew for all networks.

        One that follows is not open yet; others open at once and go on learning.
        """
        n, n_ways = self.spec.n_nets, len(WAYS)
        if not following:
            return [self._training(0, n_ways, cycle)]
        first = self._training(0, 1, cycle - 1, follows=True)
        return [first, self._training(n, n_ways - 1, cycle)]

    def _training(
        self, first: int, n_blocks: int, n_open: int, *, follows: bool = False
    ) -> Training:
        stack = self.grown(first, n_blocks * self.spec.n_nets, n_open, follows=follows)
        batches = Repeated(Later(self.batches, self.step), n_blocks)
        rule = Rule(learning_rate=self.spec.learning_rate)
        return Training(stack, batches, "its own", rule, exact=False)

    def grown(self, first: int, n: int, n_open: int, *, follows: bool = False) -> Stack:
        """Some of the networks, with so many dendrites open."""
        stack = block(self.stack, first, n)
        assert isinstance(stack.skeleton, Growing)
        stack.skeleton.n_open = n_open
        stack.skeleton.phase = "dendrites" if follows else "neurons"
        return stack

    def look(self, n_open: tuple[int, int]) -> np.ndarray:
        """float64[measure, way, net]: all but the correlation.

        Args:
            n_open: dendrites of those that follow, and of the others.
        """
        n, whole = self.spec.n_nets, len(self.stack.weights)
        parts = [self.grown(0, n, n_open[0]), self.grown(n, whole - n, n_open[1])]
        found = [self._asked(parts, self.learnt)[:1], self._asked(parts, self.exam),
                 np.full((1, whole), np.nan)]  # fmt: skip
        return np.concatenate(found).reshape(len(PLAN.measures), len(WAYS), n)

    def _asked(self, parts: list[Stack], data: tuple[Tensor, Tensor]) -> np.ndarray:
        """float64[loss or share right, net]; nan where the loss is not finite."""
        x, y = data
        with one_thread():
            said = torch.cat([outputs_of(part, x) for part in parts]).double()
        loss = cross_entropy(said.movedim(-1, 1), y.expand(len(said), -1), reduction="none")
        right = (said.argmax(-1) == y).double()
        found = torch.stack([loss.mean(-1), right.mean(-1)]).cpu().numpy()
        return np.where(np.isfinite(found[0]), found, np.nan)

    def followed(self, cycle: int) -> np.ndarray:
        """float64[way, net]: mean correlation of this cycle's dendrite with the error left.

        The error is what there is without it; nan for those that have none.
        """
        n = len(self.stack.weights)
        stack = self.grown(0, n, cycle - 1, follows=True)
        stack.skeleton.train()

        def one(parameters: Tensors, buffers: Tensors) -> Tensor:
            return functional_call(stack.skeleton, (parameters, buffers), (self.labelled,))

        with one_thread(), torch.no_grad():
            said = vmap(one)(stack.parameters, stack.buffers)
        found = 1.0 - said.double().cpu().numpy().reshape(len(WAYS), -1)
        opens = np.array([way.opens for way in WAYS.values()])
        return np.where(opens[:, None], found, np.nan)


def frames_of(spec: DendritesSpec) -> Iterator[DendritesFrame | DendritesResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    look = made.look((0, 0))
    steps, losses = [0], [look[1]]
    frame = _frame(made, steps, losses)
    yield frame
    seen = np.full((len(PLAN.measures), 1, len(WAYS), N_CYCLES + 1, spec.n_nets), np.nan)
    before = []
    for cycle, following in _phases():
        n_steps = spec.n_following if following else spec.n_steps
        if following:
            before.append(made.followed(cycle)[0])
        trainings = made.phase(cycle, following=following)
        for at in evenly_spaced(n_steps, _N_LOOKS + 1)[1:]:
            for training in trainings:
                for _ in run(training, (at,)):
                    yield frame
            look = made.look((cycle - following, cycle))
            steps.append(made.step + at)
            losses.append(look[1])
            frame = _frame(made, steps, losses)
            yield frame
        made.step += n_steps
        if following:
            seen[-1, 0, :, cycle] = made.followed(cycle)
        else:
            seen[:-1, 0, :, cycle] = look[:-1]
        yield frame
    looks = Looks(PLAN, np.array(steps[-1:]), seen)
    yield DendritesResult(spec, looks, frame.course, np.stack(before))


def _phases() -> Iterator[tuple[int, bool]]:
    """Cycle, and whether its dendrites follow: the first cycle has none."""
    yield 0, False
    for cycle in range(1, N_CYCLES + 1):
        yield from ((cycle, True), (cycle, False))


def _frame(made: Comparison, steps: list[int], losses: list[np.ndarray]) -> DendritesFrame:
    spec = made.spec
    whole = (N_CYCLES + 1) * spec.n_steps + N_CYCLES * spec.n_following
    course = Course(np.array(steps), np.stack(losses))
    return DendritesFrame(course, fraction=steps[-1] / whole)
