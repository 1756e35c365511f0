"""A network with its weights and the numbers it is fed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
from torch import Tensor

from engines.contract import InputError
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import DiagramError
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.learning.entrants import Contestant, contestant
from engines.diagrams.learning.spec import Entrant, named
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.module import DiagramModule, module_from_circuit
from engines.diagrams.running.weights import built
from engines.diagrams.watching.budget import check_numbers
from engines.diagrams.watching.own import RESIZE, Arrays, own_arrays, own_inputs
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
    """A model of ``torch.nn`` with fresh weights, on random numbers or one's own.

    Raises:
        DiagramError: an expression or a shape that cannot be read, or a model that torch cannot
            export.
    """
    from engines.diagrams.importing.expressions import inputs_from_text, module_from_text
    from engines.diagrams.importing.result import circuit_from_torch

    torch.manual_seed(spec.seed % 2**32)
    model = module_from_text(spec.module).eval()
    own = own_arrays(spec)
    shaped = () if spec.shapes.strip() else _shaped_as(own)
    try:
        diagram = circuit_from_torch(model, shaped or inputs_from_text(spec.shapes))
    except DiagramError as error:
        if not shaped:
            raise
        came = ", ".join(" x ".join(map(str, array.shape)) for array in own.values())
        raise InputError(
            f"the model does not run on the file's {came}; give a file in its shape, or write that "
            f"as Shapes of the model's inputs. {error}"
        ) from error
    check_numbers(diagram, numbers(diagram))
    if own:
        mend = "write that shape as Shapes of the model's inputs, or leave them empty"
        inputs, _sizes = own_inputs(diagram, own, numbers(diagram), mend=mend)
        return Fed(diagram, built(diagram), inputs)
    inputs = filled(diagram, numbers(diagram), spec)
    return Fed(diagram, built(diagram), inputs)


def _shaped_as(own: Arrays) -> tuple[Tensor, ...]:
    """Zeros in the shapes of one's own arrays."""
    return tuple(
        torch.zeros(a.shape, dtype=torch.int64 if a.dtype.kind == "i" else torch.float32)
        for a in own.values()
    )


def from_text(spec: WatchSpec) -> Fed:
    """A text with fresh weights, on random numbers or one's own, whose sizes its axes take.

    Raises:
        DiagramError: mistakes of the text, or an operation of which it is not said what it does.
        InputError: too many numbers.
    """
    circuit = circuit_from_text(spec.text)
    free = {item.axis: item.size for item in spec.sizes}
    own = own_arrays(spec)
    inputs: tuple[Tensor, ...] = ()
    if own:
        inputs, free = own_inputs(circuit, own, free)
    sizes = numbers(circuit, free)
    check_numbers(circuit, sizes)
    torch.manual_seed(spec.seed % 2**32)
    module = module_from_circuit(circuit, free)
    return Fed(circuit, module, inputs or filled(circuit, sizes, spec), sizes=free)


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
    own: tuple[Tensor, ...] = field(init=False)
    """In place of the exam's examples, where one brought some."""

    def __post_init__(self) -> None:
        """Check that the text fits the task, and draw first weights."""
        self.task = task_of(self.spec.data, self.spec.seed)
        entrant: Entrant = named(self.spec.text, ())
        self.contestant = contestant(entrant, self.task, BATCH)
        self.own = self._brought()
        begin = self.spec.seed % 2**32
        stack = stack_from_seeds(
            self.contestant.module, [begin + k for k in range(self.spec.n_seeds)]
        )
        data = arrays(self._shaped(self.task.x), self.task.y)
        batches = OrderedBatches(data.x, data.y, BATCH, self.spec.n_seeds, self.spec.seed)
        rule = Rule(learning_rate=self.spec.learning_rate)
        self.training = Training(stack, batches, self.task.loss, rule, exact=False)

    def _brought(self) -> tuple[Tensor, ...]:
        own = own_arrays(self.spec)
        if not own:
            return ()
        return own_inputs(self.contestant.circuit, own, self.contestant.bound, mend=RESIZE)[0]

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
        labels = tuple(f"{int(t)}" if t.ndim == 0 and not t.is_floating_point() else "" for t in y)
        if self.own:
            (x,), labels = self.own, ()
        circuit = self.contestant.circuit
        sizes = {**self.contestant.bound, circuit.graph.inputs[0].axes[0]: len(x)}
        check_numbers(circuit, numbers(circuit, sizes))
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
