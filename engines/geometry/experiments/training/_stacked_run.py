"""The run: training, a look at every kept moment, interventions and their random controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from engines.contract import Frame, Result
from engines.geometry.experiments.training._stacked_moments import (
    Course,
    StackedFrame,
    StackedResult,
)
from engines.lab.data.catalog import task_of
from engines.lab.data.task import Task
from engines.lab.interventions.activations import outputs
from engines.lab.interventions.control import random_like
from engines.lab.interventions.runs import Others
from engines.lab.interventions.spec import Ablate, Intervention
from engines.lab.interventions.text import parsed
from engines.lab.interventions.weights import parameters_at
from engines.lab.training import (
    Checkpoints,
    Rule,
    Stack,
    Training,
    arrays,
    log_spaced,
    one_thread,
    run,
    stack_from_seeds,
)
from engines.lab.training.losses import score_of
from engines.running import devices

if TYPE_CHECKING:
    from engines.geometry.experiments.training._stacked_spec import StackedSpec

_LOOKED_AT = 500
"""Examples that were learnt from on which loss and score are measured."""
_FUNCTIONS = {"ReLU": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "GELU": nn.GELU}


def build_of(spec: StackedSpec, task: Task) -> nn.Module:
    """One network; layers 0, 2, ... are linear, 1, 3, ... the functions behind them."""
    sizes = [task.n_features, *[spec.width] * spec.depth]
    parts: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        parts += [nn.Linear(n_in, n_out), _FUNCTIONS[spec.function]()]
    return nn.Sequential(*parts, nn.Linear(sizes[-1], task.n_outputs))


def training_of(spec: StackedSpec, task: Task) -> Training:
    """The networks of a spec at their start, with everything they will learn from."""
    device = devices.current()
    seeds = [spec.seed % 2**32 + k for k in range(spec.n_seeds)]
    stack = stack_from_seeds(lambda: build_of(spec, task), seeds, device)
    rule = Rule(
        signal=spec.signal,
        optimiser=spec.optimiser,
        learning_rate=spec.learning_rate,
        weight_decay=spec.weight_decay,
    )
    batches = arrays(task.x, task.y, size=spec.batch, seed=spec.seed, device=device)
    return Training(stack, batches, task.loss, rule, seed=spec.seed % 2**32)


def strongest(stack: Stack, n: int) -> tuple[Intervention, ...]:
    """Ablations of the n units of layer 1 whose weights to layer 2 are longest, net by net."""
    if not n:
        return ()
    length = stack.parameters["2.weight"].norm(dim=1).nan_to_num(0.0)
    chosen = length.argsort(dim=1, descending=True, stable=True)[:, :n].sort(dim=1).values.tolist()
    return tuple(Ablate(at="1", units=tuple(u), nets=(k,)) for k, u in enumerate(chosen))


@dataclass(eq=False)
class Looking:
    """What is measured at every kept moment."""

    spec: StackedSpec
    task: Task
    training: Training
    kept: Checkpoints = field(default_factory=Checkpoints)
    rows: dict[str, list[np.ndarray]] = field(default_factory=dict)
    steps: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put the examples where the networks are."""
        device = self.training.stack.weights.device
        some = arrays(self.task.x[:_LOOKED_AT], self.task.y[:_LOOKED_AT], device=str(device))
        exam = arrays(self.task.x_test, self.task.y_test, device=str(device))
        self.some, self.exam = (some.x, some.y), (exam.x, exam.y)

    def look(self) -> Iterator[None]:
        """Measure this moment; yields between its parts, so that a run can stop there."""
        self.kept.keep(self.training)
        seen = self.training.measure(*self.some)
        found = {"loss": seen["loss"], "learnt": seen["score"]}
        found["whole"] = self._scores(())
        yield
        done = self.interventions(self.training.stack)
        found["done"] = self._scores(done) if done else np.array([])
        draws = []
        for k in range(self.spec.n_controls if done else 0):
            control = self._control(done, k)
            if control is None:
                break
            draws.append(self._scores(control))
            yield
        nothing = np.full(self.spec.n_seeds, np.nan)
        found["random"] = np.mean(draws, axis=0) if draws else nothing
        self.steps.append(self.training.step)
        for name, values in found.items():
            self.rows.setdefault(name, []).append(values)

    def interventions(self, stack: Stack) -> tuple[Intervention, ...]:
        """Those of the text, and the ablation of the strongest units of this moment."""
        return (*parsed(self.spec.interventions), *strongest(stack, self.spec.n_strongest))

    def _control(
        self, done: tuple[Intervention, ...], draw: int
    ) -> tuple[Intervention, ...] | None:
        """As large ones at random; None where one of them has no such control."""
        made = []
        for k, one in enumerate(done):
            n_units, n_inputs = self._size(one)
            # Other numbers than those of the weights, for every draw and intervention.
            seed = self.spec.seed % 2**32 + 1_000_003 * (draw + 1) + 101 * k
            made.append(random_like(one, n_units, seed, n_inputs=n_inputs))
        return None if None in made else tuple(one for one in made if one is not None)

    def _size(self, one: Intervention) -> tuple[int, int]:
        places = self.training.stack.places
        at = getattr(one, "at", "")
        if at.isdigit() and f"{at}.weight" not in places:
            return self.spec.width, 0
        shape = places[parameters_at(self.training.stack, at)[0]].shape
        return shape[0], shape[1] if len(shape) > 1 else 0

    def _scores(self, done: tuple[Intervention, ...]) -> np.ndarray:
        others = Others(at_step=lambda step: self.kept.stack_at(self.training, step))
        with one_thread():
            found = outputs(self.training.stack, self.exam[0], done, others)
        scores = [float(score_of(self.task.loss, output, self.exam[1])) for output in found]
        return np.where(self.training.alive, scores, np.nan)

    def course(self) -> Course:
        """Everything so far."""
        stacked = {name: np.stack(rows) for name, rows in self.rows.items()}
        score = "R²" if self.task.loss == "squared error" else "share right"
        return Course(np.array(self.steps), **stacked, chance=self.task.chance, score=score)


def frames_of(spec: StackedSpec) -> Iterator[Frame | Result]:
    """A frame at every kept moment and the last one again in between, and the run last."""
    task = task_of(spec.task, spec.seed)
    training = training_of(spec, task)
    looking, frame = Looking(spec, task, training), None
    for pause in run(training, log_spaced(spec.n_steps, spec.n_moments)):
        for _ in looking.look() if pause.scheduled else ():
            if frame is not None:
                yield frame
        if pause.scheduled:
            frame = StackedFrame(looking.course(), len(looking.steps) - 1, fraction=pause.fraction)
        if frame is not None:
            frame = replace(frame, fraction=pause.fraction)
            yield frame
    strong = f"{spec.n_strongest} strongest units of layer 1 ablated" if spec.n_strongest else ""
    yield StackedResult(
        looking.course(),
        done="; ".join(filter(None, [spec.interventions, strong])),
        only_strongest=bool(spec.n_strongest) and not spec.interventions,
        way=training.way,
        n_parameters=training.stack.n_parameters,
        n_controls=spec.n_controls,
        seed=spec.seed,
        chance_because=task.chance_because,
        diverged_at=training.diverged_at.copy(),
    )
