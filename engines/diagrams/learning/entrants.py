"""From the text of an entrant to a network of a task: axes held against the task, sizes bound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from torch import nn

from engines.contract import InputError
from engines.diagrams.backward.backprop import backward
from engines.diagrams.costing.bill import Bill, bill
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Value
from engines.diagrams.graph.sizes import free_axes, numbers
from engines.diagrams.language.check import judged
from engines.diagrams.learning.spec import Entrant, LearningRule
from engines.diagrams.running.module import module_from_circuit
from engines.lab.data.task import Task
from engines.lab.training.signals import linear_weights

LEARNED = "Linear, Conv, ConvT, Embed, param and the norms"
"""Words of a text that learn."""


@dataclass(frozen=True, eq=False)
class Contestant:
    """A checked diagram with the sizes at which it learns a task."""

    name: str
    circuit: Circuit
    bound: Mapping[str, int]
    """Sizes that the task gives."""
    chosen: Mapping[str, int] = field(default_factory=dict)
    """Sizes that were solved for."""
    input_shape: tuple[int, ...] = ()
    """Of one example."""
    rule: LearningRule = "backprop"

    @cached_property
    def bill(self) -> Bill:
        """Its costs, as polynomials."""
        return bill(self.circuit)

    @cached_property
    def gradients(self) -> Circuit:
        """The diagram that computes every gradient."""
        return backward(self.circuit)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Every axis as a number."""
        return numbers(self.circuit, {**self.bound, **self.chosen})

    @property
    def otherwise(self) -> str:
        """Say "p = 64 (8 in its text)": declared sizes that the task overrides.

        How many examples there are at once belongs to the race, whatever a text says.
        """
        declared = {
            axis: int(size.value({})) for axis, size in self.circuit.sizes.items()
            if not size.names
        }  # fmt: skip
        return ", ".join(
            f"{axis} = {size} ({declared[axis]} in its text)"
            for axis, size in self.bound.items()
            if axis != self.circuit.graph.inputs[0].axes[0] and declared.get(axis, size) != size
        )

    def sized(self, axis: str, size: int) -> Contestant:
        """The same with another size of one axis."""
        return replace(self, chosen={axis: size})

    def module(self) -> nn.Module:
        """The network with fresh weights, from torch's own generator."""
        return module_from_circuit(self.circuit, {**self.bound, **self.chosen})

    def own_axes(self) -> tuple[str, ...]:
        """Axes that the text may choose: neither the task's nor derived ones."""
        return tuple(axis for axis in free_axes(self.circuit) if axis not in self.bound)


def contestant(entrant: Entrant, task: Task, batch: int) -> Contestant:
    """An entrant as a network of this task.

    Raises:
        InputError: mistakes of the text, axes that are not the task's, nothing that learns, or an
            operation that cannot be run.
    """
    circuit, problems = judged(entrant.text)
    if circuit is None:
        told = "; ".join(map(str, problems[:3])) or "the text is empty"
        raise InputError(f"{entrant.name}: {told}")
    _check_runs(entrant.name, circuit)
    bound, shape = _bound(entrant.name, circuit, task, batch)
    made = Contestant(entrant.name, circuit, bound, input_shape=shape, rule=entrant.rule)
    _check_sizes(made)
    _check_rule(made)
    if not made.bill.total.params:
        raise InputError(
            f"{entrant.name}: there is nothing to train, no operation of the text has weights; "
            f"words that learn are {LEARNED}"
        )
    return made


def _check_runs(name: str, circuit: Circuit) -> None:
    for _path, _graph, node in circuit.graph.walk():
        if node.kind in ("opaque", "fn"):
            raise InputError(
                f"{name}: line {node.span.line} ({node.out.name}) is {node.kind}, which says not "
                "what is computed; write it with the words of the language"
            )


def _bound(
    name: str, circuit: Circuit, task: Task, batch: int
) -> tuple[dict[str, int], tuple[int, ...]]:
    """Sizes by axis and the shape of one example, or a sentence."""
    graph = circuit.graph
    outputs = [graph.values()[out] for out in graph.outputs]
    shape = _shape(graph.inputs, task)
    fits = shape is not None and len(outputs) == 1 and len(outputs[0].axes) == 2
    fits = fits and outputs[0].axes[0] == graph.inputs[0].axes[0]
    tokens = bool(graph.inputs and graph.inputs[0].dtype)
    if not fits or shape is None or tokens != bool(task.n_tokens):
        raise InputError(f"{name}: {_wanted(task)}; the text has {_said(graph.inputs, outputs)}")
    first, answer = graph.inputs[0], outputs[0]
    bound = {first.axes[0]: batch, answer.axes[1]: task.n_outputs}
    bound.update(zip(first.axes[1:], shape, strict=True))
    if tokens:
        bound[first.dtype] = task.n_tokens
    return bound, shape


def _shape(inputs: tuple[Value, ...], task: Task) -> tuple[int, ...] | None:
    """One example as the text takes it: a row, or a square picture; None for anything else."""
    if len(inputs) != 1:
        return None
    n = task.n_features
    side = math.isqrt(n)
    square = side * side == n and side > 2 and not task.n_tokens
    return {2: (n,), 3: (side, side) if square else None,
            4: (1, side, side) if square else None}.get(len(inputs[0].axes))  # fmt: skip


def _wanted(task: Task) -> str:
    given = f"x: b p with p = {task.n_features}"
    if task.n_tokens:
        given = f"t: b w in v with w = {task.n_features} and v = {task.n_tokens}"
    last = "y: b c = Linear+(a)"
    return (
        f"task {task.name} gives {given}, and wants b c with c = {task.n_outputs}, say by the last "
        f"line '{last}'"
    )


def _said(inputs: tuple[Value, ...], outputs: list[Value]) -> str:
    def told(value: Value) -> str:
        kind = f" in {value.dtype}" if value.dtype else ""
        return f"{value.name}: {' '.join(value.axes) or '()'}{kind}"

    came = ", ".join(map(told, inputs)) or "no input"
    return f"{came} -> {', '.join(map(told, outputs)) or 'no output'}"


def _check_sizes(made: Contestant) -> None:
    for axis, size in made.bound.items():
        if made.sizes.get(axis, size) != size:
            raise InputError(
                f"{made.name}: axis {axis} would be {made.sizes[axis]} by the text, and the task "
                f"gives {size}; leave its size out of the text"
            )


def _check_rule(made: Contestant) -> None:
    """A rule that leads errors elsewhere must reach every map."""
    if made.rule == "backprop":
        return
    nodes = [node for _path, _graph, node in made.circuit.graph.walk()]
    maps = [node for node in nodes if node.kind in ("linear", "conv")]
    reached = linear_weights(made.module())
    if len(reached) < len(maps) or not reached:
        raise InputError(
            f"{made.name}: {made.rule} acts in maps from the last axis to one other, and the text "
            f"has {len(maps) - len(reached)} maps of another kind; let it learn by backprop"
        )
