"""The run: every entrant is a stack of networks; all learn in turn, from one look to the next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from engines.diagrams.edges.asked import ONE, SPLINES, TWO, KanSpec
from engines.diagrams.edges.drawing import Functions, Row
from engines.diagrams.edges.networks import Edges, network
from engines.diagrams.edges.results import Course, KanFrame, KanResult
from engines.lab.data.catalog import task_of
from engines.lab.data.rules import FORMULAS, formula
from engines.lab.data.task import Task
from engines.lab.training import Rule, Training, arrays, log_spaced, run, stack_from_seeds
from engines.running import devices

_N_LOOKS = 24
_N_POINTS = 41
_SIDE = 46
BATCH = 128
"""Digits of a step; formulas are learnt from all points at once."""


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run."""

    spec: KanSpec
    task: Task = field(init=False)
    trainings: tuple[Training, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec = self.spec
        digits = spec.classifies
        self.task = task_of("digits", spec.seed) if digits else formula(spec.task, spec.seed)
        device = devices.current()
        data = arrays(self.task.x, self.task.y, size=BATCH if digits else 0,
                      seed=spec.seed, device=device)  # fmt: skip
        self.exam = arrays(self.task.x_test, self.task.y_test, device=device)
        rule = Rule(learning_rate=spec.learning_rate)
        seeds = [spec.seed % 2**32 + k for k in range(spec.n_nets)]
        self.trainings = tuple(
            Training(stack_from_seeds(self._builder(name), seeds, device), data, self.task.loss,
                     rule, exact=False)
            for name in spec.names
        )  # fmt: skip

    def _builder(self, name: str) -> _Builder:
        return _Builder(name, self.task.n_features, self.spec.n_hidden, self.task.n_outputs)

    def errors(self) -> np.ndarray:
        """float64[entrant, net] in the exam."""
        scores = np.array([t.measure(self.exam.x, self.exam.y)["score"] for t in self.trainings])
        return 1.0 - scores if self.spec.classifies else np.sqrt(np.maximum(1.0 - scores, 0.0))

    @torch.no_grad()
    def functions(self, step: int) -> Functions:
        """Those of the first network with splines, over what its exam puts through them."""
        layers = self._first(SPLINES)
        x, rows = self.exam.x, []
        for layer in layers:
            assert isinstance(layer, Edges)
            low, high = torch.quantile(x, x.new_tensor([0.005, 0.995]), dim=0)
            across = torch.linspace(0, 1, _N_POINTS, device=x.device)
            places = low[:, None] + (high - low)[:, None] * across
            found = (places, layer.functions(places))
            rows.append(Row(*(v.float().cpu().numpy() for v in found)))
            x = layer(x)
        return Functions(step, self._inputs(), self._outputs(), (rows[0], rows[1]))

    def _first(self, name: str) -> nn.Sequential:
        made = self.trainings[self.spec.names.index(name)].stack.module(0)
        assert isinstance(made, nn.Sequential)
        return made

    def _inputs(self) -> tuple[str, ...]:
        if self.spec.classifies:
            return tuple(f"{k // 8 + 1},{k % 8 + 1}" for k in range(64))
        return ("x", "y", "z")[: self.task.n_features]

    def _outputs(self) -> tuple[str, ...]:
        return tuple(map(str, range(10))) if self.spec.classifies else ("out",)

    @torch.no_grad()
    def answers(self, mlp: str) -> np.ndarray:
        """float32[what, row, column]: the formula and two networks over the plane."""
        if self.task.n_features != 2:
            return np.zeros((0, 0, 0), np.float32)
        side = np.linspace(-1, 1, _SIDE)
        places = np.stack(np.meshgrid(side, side[::-1]), -1).reshape(-1, 2)
        x = torch.as_tensor(places, dtype=torch.float32, device=self.exam.x.device)
        found = [FORMULAS[self.spec.task][1](places)]
        found += [self._first(name)(x)[:, 0].cpu().numpy() for name in (SPLINES, mlp)]
        return np.stack(found).reshape(3, _SIDE, _SIDE).astype(np.float32)

    @torch.no_grad()
    def alike(self) -> np.ndarray:
        """float64[2, net]: |correlation| of a single sum's functions with sin(pi x) and y²."""
        if self.spec.task != "exp(sin(pi x) + y²)" or self.spec.n_hidden != 1:
            return np.zeros((0, 0))
        stack = self.trainings[self.spec.names.index(SPLINES)].stack
        across = np.linspace(-1, 1, 201)
        known = np.sin(np.pi * across), across**2
        places = torch.as_tensor(np.stack([across, across]), dtype=torch.float32)
        found = np.zeros((2, stack.n_nets))
        for net in range(stack.n_nets):
            made = stack.module(net)
            assert isinstance(made, nn.Sequential)
            layer = made[0]
            assert isinstance(layer, Edges)
            ours = layer.functions(places.to(layer.base.device))[0].cpu().numpy()
            found[:, net] = [abs(np.corrcoef(a, b)[0, 1]) for a, b in zip(ours, known, strict=True)]
        return found


@dataclass(frozen=True)
class _Builder:
    """Builds the network of a name anew, from torch's generator."""

    name: str
    n_in: int
    n_hidden: int
    n_out: int

    def __call__(self) -> nn.Module:
        return network(self.name, self.n_in, self.n_hidden, self.n_out)


def frames_of(spec: KanSpec) -> Iterator[KanFrame | KanResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    steps = log_spaced(spec.n_steps, _N_LOOKS)
    errors, functions = [made.errors()], [made.functions(0)]
    seconds = np.zeros((len(spec.names), len(steps)))

    def course() -> Course:
        return Course(spec.classifies, spec.names, np.array(steps[: len(errors)]), np.stack(errors))

    frame = KanFrame(course(), functions[-1], fraction=0.0)
    yield frame
    for look, step in enumerate(steps[1:], start=1):
        for k, training in enumerate(made.trainings):
            for _ in _timed(training, step, seconds[k], look):
                yield frame
        errors.append(made.errors())
        functions.append(made.functions(step))
        frame = KanFrame(course(), functions[-1], fraction=step / spec.n_steps)
        yield frame
    yield _result(made, course(), tuple(functions), seconds)


def _result(
    made: Comparison, course: Course, functions: tuple[Functions, ...], seconds: np.ndarray
) -> KanResult:
    spec = made.spec
    n_parameters = tuple(t.stack.n_parameters for t in made.trainings)
    middles = {name: float(np.nanmedian(course.error[-1, k])) for k, name in enumerate(spec.names)}
    mlp = min((ONE, TWO), key=middles.__getitem__)
    return KanResult(
        spec, course, n_parameters, functions, made.answers(mlp), made.alike(), seconds
    )


def _timed(training: Training, step: int, row: np.ndarray, look: int) -> Iterator[None]:
    """Advance to a step; what this thread worked for it is added to its place in a row."""
    pauses = run(training, (step,))
    while True:
        begun = time.thread_time()
        pause = next(pauses, None)
        row[look] += time.thread_time() - begun
        if pause is None:
            return
        yield
