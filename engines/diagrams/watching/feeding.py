"""A network with its weights and the numbers it is fed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.learning.entrants import Contestant, contestant
from engines.diagrams.learning.spec import Entrant, named
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.module import DiagramModule, module_from_circuit
from engines.diagrams.running.weights import built
from engines.diagrams.watching.budget import check_numbers
from engines.diagrams.watching.spec import Fill, WatchSpec
from engines.diagrams.wires.statistics import followed_at
from engines.lab.data.catalog import task_of
from engines.lab.data.task import Task
from engines.lab.training import OrderedBatches, Rule, Training, run, stack_from_seeds
from engines.lab.training.batches import arrays

BATCH = 64


@dataclass(eq=False)
class Fed:
    """What runs: a circuit, a module for it, inputs, and what the examples are called."""

    circuit: Circuit
    module: DiagramModule
    inputs: tuple[Tensor, ...]
    labels: tuple[str, ...] = ()
    """What each example is, where a task says so."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Sizes of free axes as they run here."""


def from_model(spec: WatchSpec) -> Fed:
    """A model of ``torch.nn`` with fresh weights, on random numbers of the shapes given.

    Raises:
        DiagramError: an expression or a shape that cannot be read, or a model that torch cannot
            export.
    """
    from engines.diagrams.importing.expressions import inputs_from_text, module_from_text
    from engines.diagrams.importing.result import circuit_from_torch

    torch.manual_seed(spec.seed % 2**32)
    model = module_from_text(spec.module).eval()
    diagram = circuit_from_torch(model, inputs_from_text(spec.shapes))
    check_numbers(diagram, numbers(diagram))
    inputs = filled(diagram, numbers(diagram), spec)
    return Fed(diagram, built(diagram), inputs)


def from_text(spec: WatchSpec) -> Fed:
    """A text with fresh weights, on random numbers.

    Raises:
        DiagramError: mistakes of the text, or an operation of which it is not said what it does.
        InputError: too many numbers.
    """
    circuit = circuit_from_text(spec.text)
    free = {item.axis: item.size for item in spec.sizes}
    sizes = numbers(circuit, free)
    check_numbers(circuit, sizes)
    torch.manual_seed(spec.seed % 2**32)
    module = module_from_circuit(circuit, free)
    return Fed(circuit, module, filled(circuit, sizes, spec), sizes=free)


def filled(circuit: Circuit, sizes: dict[str, int], spec: WatchSpec) -> tuple[Tensor, ...]:
    """Arrays of the inputs' types; tokens and truths are drawn, reals as the spec says."""
    drawn = example_inputs(circuit.graph.inputs, sizes, torch.float32, spec.seed % 2**32)
    return tuple(
        array if value.dtype else spec.scale * _fill(array, spec.fill)
        for value, array in zip(circuit.graph.inputs, drawn, strict=True)
    )


def _fill(normal: Tensor, fill: Fill) -> Tensor:
    match fill:
        case "uniform":
            return torch.special.ndtr(normal.double()).to(normal.dtype)
        case "ones":
            return torch.ones_like(normal)
        case "ramp":
            return torch.linspace(-1.0, 1.0, normal.numel()).reshape(normal.shape)
    return normal


@dataclass(eq=False)
class Learning:
    """Networks of one text that learn a task, and the exam they are looked at on."""

    spec: WatchSpec
    task: Task = field(init=False)
    contestant: Contestant = field(init=False)
    training: Training = field(init=False)

    def __post_init__(self) -> None:
        """Check that the text fits the task, and draw first weights."""
        self.task = task_of(self.spec.data, self.spec.seed)
        entrant: Entrant = named(self.spec.text, ())
        self.contestant = contestant(entrant, self.task, BATCH)
        begin = self.spec.seed % 2**32
        stack = stack_from_seeds(
            self.contestant.module, [begin + k for k in range(self.spec.n_seeds)]
        )
        data = arrays(self._shaped(self.task.x), self.task.y)
        batches = OrderedBatches(data.x, data.y, BATCH, self.spec.n_seeds, self.spec.seed)
        rule = Rule(learning_rate=self.spec.learning_rate)
        self.training = Training(stack, batches, self.task.loss, rule, exact=False)

    def _shaped(self, x: np.ndarray) -> np.ndarray:
        return x.reshape(len(x), *self.contestant.input_shape)

    def exam(self, n: int) -> tuple[Tensor, Tensor]:
        """The first examples of the exam and their targets."""
        found = arrays(self._shaped(self.task.x_test[:n]), self.task.y_test[:n])
        return found.x, found.y

    def network(self, k: int) -> DiagramModule:
        """One network by itself, as it is now."""
        return cast("DiagramModule", self.training.stack.module(k))

    def fed(self) -> Fed:
        """The first network on the examples that are shown."""
        x, y = self.exam(self.spec.n_examples)
        circuit = self.contestant.circuit
        sizes = {**self.contestant.bound, circuit.graph.inputs[0].axes[0]: len(x)}
        check_numbers(circuit, numbers(circuit, sizes))
        labels = tuple(f"{int(t)}" if t.ndim == 0 and not t.is_floating_point() else "" for t in y)
        return Fed(circuit, self.network(0), (x,), labels, sizes)

    def score(self) -> list[float]:
        """Of each network on the whole exam."""
        found = arrays(self._shaped(self.task.x_test), self.task.y_test)
        return [float(s) for s in self.training.measure(found.x, found.y)["score"]]


def looks(n_steps: int) -> tuple[int, ...]:
    """Steps at which the first network is shown; at some of them all wires are followed.

    >>> looks(300)
    (0, 1, 2, 3, 4, 7, 11, 17, 28, 45, 72, 116, 187, 300)
    """
    if not n_steps:
        return (0,)
    n = max(2, round(5 * float(np.log10(n_steps))) + 1)
    shown = np.unique(np.geomspace(1, n_steps, n).round()).astype(int).tolist()
    return tuple(sorted({*shown, *followed_at(n_steps)}))


def learned(learning: Learning) -> Iterator[int]:
    """Advance to every look in turn; yields its step there, and 0 at every pause before."""
    for step in looks(learning.spec.n_steps):
        for _pause in run(learning.training, (step,)):
            yield 0
        yield step
