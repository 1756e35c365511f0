"""The run: networks learn with their wires watched, and those of the first are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from engines.diagrams.drawing.picture import drawing_of_circuit
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Axes, Node, join
from engines.diagrams.language.writing import text_from_circuit
from engines.diagrams.specs.drawing import TEXT_MAX, AxisSize, Drawing, DrawSpec
from engines.diagrams.watching.axes import attention_maps, example_axis, lying
from engines.diagrams.watching.feeding import Fed, Learning, from_model, from_text, learned
from engines.diagrams.watching.keeping import cells_per_value, kept
from engines.diagrams.watching.kept import Kept
from engines.diagrams.watching.result import Watched, WatchFrame
from engines.diagrams.watching.showing import with_values
from engines.diagrams.watching.spec import WatchSpec
from engines.diagrams.wires.followed import N_PROBES
from engines.diagrams.wires.statistics import Following, Probe, followed_at
from engines.diagrams.wires.strips import BELOW
from engines.diagrams.wires.values import watched
from engines.lab.training.losses import loss_of


def frames_of(spec: WatchSpec) -> Iterator[WatchFrame | Watched]:
    """A frame at every look while something is learnt, the values last.

    Raises:
        InputError: a text with mistakes, one that does not fit the task, or values that would be
            too many to be kept.
    """
    if not spec.learns:
        yield watched_result(spec, from_model(spec) if spec.module.strip() else from_text(spec))
        return
    learning = Learning(spec)
    course = _Course(learning)
    result = course.look(0)
    for step in learned(learning):
        result = course.look(step) if step > 0 else result
        yield WatchFrame(result, fraction=learning.training.step / max(1, spec.n_steps))
    yield replace(result, scores=tuple(learning.score()))


def drawn(spec: WatchSpec, fed: Fed) -> Drawing:
    """The diagram with room under its lines."""
    text = spec.text if not spec.module.strip() else text_from_circuit(fed.circuit)
    sizes = tuple(AxisSize(axis=axis, size=size) for axis, size in fed.sizes.items())
    asked = DrawSpec(
        text=text if len(text) <= TEXT_MAX else "", collapsed=spec.collapsed, sizes=sizes,
        width=spec.width,
    )  # fmt: skip
    return drawing_of_circuit(fed.circuit, asked, below=BELOW)


def watched_result(spec: WatchSpec, fed: Fed) -> Watched:
    """Run once and keep what flowed, drawn under the lines of the diagram."""
    with torch.no_grad():
        _output, values = watched(fed.module.eval(), *fed.inputs)
    keep = _kept(fed.circuit, values)
    result = Watched(spec, drawn(spec, fed), keep, fed.labels)
    return replace(result, drawing=with_values(result))


def _kept(circuit: Circuit, values: dict[str, list[torch.Tensor]]) -> tuple[Kept, ...]:
    example = example_axis(circuit)
    attention = attention_maps(circuit, example)
    axes: dict[str, tuple[Axes, Node | None]] = {
        value.name: (value.axes, None) for value in circuit.graph.inputs
    }
    for path, _graph, node in circuit.graph.walk():
        axes[join(path, node.key)] = (node.out.axes, node)
    n_turns = sum(map(len, values.values()))
    n_examples = next((len(v[0]) for v in values.values() if v[0].ndim), 1) if example else 1
    cells = cells_per_value(n_turns, n_examples)
    found = []
    for path, turns in values.items():
        own, node = axes[path]
        lies = lying(circuit, tuple(a for a in own if a != example), node, attention)
        soft = node is not None and node.kind == "softmax" and bool(lies.rows)
        found.append(kept(path, turns, own, example, lies, cells, is_attention=soft))
    return tuple(found)


class _Course:
    """Values of the first network and statistics of every seed, look after look."""

    def __init__(self, learning: Learning) -> None:
        self.learning = learning
        x, y = learning.exam(N_PROBES)
        self.at = frozenset(followed_at(learning.spec.n_steps))
        self.followed = Following(Probe(x, y, loss_of(learning.task.loss)))

    def look(self, step: int) -> Watched:
        """The first network as it is now, and statistics of all where it is time for them."""
        if step in self.at:
            self.followed.look(step, self.learning.training.stack)
        found = watched_result(self.learning.spec, self.learning.fed())
        return replace(found, followed=self.followed.so_far())
