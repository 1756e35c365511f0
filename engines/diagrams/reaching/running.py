"""The run: a text learns where a task is chosen, and boxes around examples are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import torch

from engines.contract import InputError
from engines.diagrams.bounding.reading import NUMBERS_MAX
from engines.diagrams.drawing.picture import drawing_of_circuit
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.reaching.asked import N_SIZES, BoundsSpec
from engines.diagrams.reaching.bands import ROOM
from engines.diagrams.reaching.boxes import CLASSES_MAX, VISITED, Boxed
from engines.diagrams.reaching.results import BoundsFrame, BoundsResult
from engines.diagrams.reaching.showing import with_reach
from engines.diagrams.running.module import module_from_circuit
from engines.diagrams.specs.drawing import AxisSize, Drawing, DrawSpec
from engines.diagrams.watching.axes import example_axis
from engines.diagrams.watching.feeding import Learning, learned
from engines.diagrams.watching.spec import WatchSpec
from engines.lab.data.task import rng_of

_DOUBLINGS = 6
_LOOKS = (0.0, 0.03, 0.2)
"""Shares of the steps after which bounds are shown while it learns."""


def frames_of(spec: BoundsSpec) -> Iterator[BoundsFrame | BoundsResult]:
    """Frames while something is learnt, the whole last.

    Raises:
        InputError: a text with mistakes, one that does not fit the task, or a wire that is too
            long or made by an operation that bounds do not know.
    """
    if not spec.learns:
        middle, sizes = fresh(spec)
        yield finished(reached(spec, middle, sizes), middle)
        return
    learning = learning_of(spec)
    waiting = [round(share * spec.n_steps) for share in _LOOKS]
    for step in learned(learning):
        result = None
        if waiting and step >= waiting[0]:
            waiting = [at for at in waiting if at > step]
            result = reached(spec, *around_examples(spec, learning))
        done = learning.training.step / max(1, spec.n_steps)
        yield BoundsFrame(result, fraction=0.8 * done)
    middle, sizes = around_examples(spec, learning)
    result = reached(spec, middle, sizes)
    yield BoundsFrame(result, fraction=0.9)
    yield replace(finished(result, middle), scores=tuple(learning.score()))


def learning_of(spec: BoundsSpec) -> Learning:
    """One network of the text that learns the task."""
    shared = {
        key: getattr(spec, key) for key in ("text", "data", "n_steps", "learning_rate", "seed")
    }
    return Learning(WatchSpec(**shared, n_seeds=1, n_examples=max(2, spec.n_examples)))


@dataclass(eq=False)
class Middle:
    """Examples in the middle of boxes, the network around them, and what they are called."""

    circuit: Circuit
    boxed: Boxed
    labels: tuple[str, ...]


def fresh(spec: BoundsSpec) -> tuple[Middle, dict[str, int]]:
    """Fresh weights and random numbers of deviation 1; one example at a time."""
    circuit = circuit_from_text(spec.text)
    free = {item.axis: item.size for item in spec.sizes}
    axis = example_axis(circuit)
    sizes = numbers(circuit, {**free, **({axis: 1} if axis else {})})
    check_lengths(circuit, sizes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed % 2**32)
        module = module_from_circuit(circuit, sizes)
    rng = rng_of(spec.seed, 1)
    middle = tuple(
        rng.standard_normal((spec.n_examples, *(sizes[a] for a in value.axes if a != axis)))
        for value in circuit.graph.inputs
    )
    return Middle(circuit, Boxed(module, middle, bool(axis)), ()), sizes


def around_examples(spec: BoundsSpec, learning: Learning) -> tuple[Middle, dict[str, int]]:
    """The network as it is now, and the first examples of the exam."""
    x, y = learning.exam(spec.n_examples)
    circuit, module = learning.contestant.circuit, learning.network(0)
    sizes = numbers(circuit, {**learning.contestant.bound, circuit.graph.inputs[0].axes[0]: 1})
    check_lengths(circuit, sizes)
    middle = (x.double().numpy(),)
    if learning.task.loss != "cross-entropy" or learning.task.n_outputs > CLASSES_MAX:
        return Middle(circuit, Boxed(module, middle, has_examples=True), ()), sizes
    with torch.no_grad():
        said = deepcopy(module).double().eval()(x.double()).argmax(dim=1).numpy()
    labels = tuple(f"a {int(t)} read as {int(s)}" for t, s in zip(y, said, strict=True))
    return Middle(circuit, Boxed(module, middle, has_examples=True, answers=said), labels), sizes


def check_lengths(circuit: Circuit, sizes: dict[str, int]) -> None:
    """Refuse a wire that is too long before it is asked for its matrix."""
    for path, graph, node in circuit.graph.walk():
        del path, graph
        for value in node.outs:
            n = int(np.prod([sizes[a] for a in value.axes], dtype=float))
            if n > NUMBERS_MAX:
                raise InputError(
                    f"wire {value.name} has {n:,} numbers; bounds are made for up to "
                    f"{NUMBERS_MAX:,} each; give smaller sizes"
                )


def reached(spec: BoundsSpec, middle: Middle, sizes: dict[str, int]) -> BoundsResult:
    """Bounds of every wire in every box, and what inputs in them do."""
    boxed, n = middle.boxed, spec.n_examples
    steps = spec.reach * np.arange(1, N_SIZES + 1) / N_SIZES
    every = np.broadcast_to(steps, (n, N_SIZES)).copy()
    intervals, lines = (boxed.bounded(every, back=back) for back in (False, True))
    seen, n_outside = boxed.tried(every, spec.n_samples, rng_of(spec.seed, 2), lines)
    n_tried = every.size * spec.n_samples
    bands = boxed.bands(intervals, lines, seen, every.shape)
    lead = np.zeros((0, 0, 3))
    if boxed.answers is not None:
        *both, tried = (boxed.leads(found, every.shape) for found in (intervals, lines, seen))
        visited = boxed.found_by_slopes(every)
        n_outside += int((visited < both[-1]).sum())
        n_tried += every.size * VISITED
        lead = np.stack([*both, np.minimum(tried, visited)], axis=-1)
    result = BoundsResult(
        spec, drawn(spec, middle.circuit, sizes), bands, steps, middle.labels, lead,
        n_outside=n_outside, n_tried=n_tried,
    )  # fmt: skip
    return replace(result, drawing=with_reach(result, 0, result.opens_with()))


def finished(result: BoundsResult, middle: Middle) -> BoundsResult:
    """With the largest box around every example that keeps its answer."""
    boxed, reach = middle.boxed, result.spec.reach
    if boxed.answers is None:
        return result
    proved = [boxed.largest(_DOUBLINGS, reach, back=back) for back in (False, True)]
    lost = boxed.smallest_lost(_DOUBLINGS, reach)
    return replace(result, radius=np.stack([*proved, lost], axis=-1))


def drawn(spec: BoundsSpec, circuit: Circuit, sizes: dict[str, int]) -> Drawing:
    """The diagram with room under its lines."""
    free = tuple(AxisSize(axis=axis, size=size) for axis, size in sizes.items())
    asked = DrawSpec(text=spec.text, collapsed=spec.collapsed, sizes=free, width=spec.width)
    return drawing_of_circuit(circuit, asked, below=ROOM)
