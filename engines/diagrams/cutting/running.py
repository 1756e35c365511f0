"""The run: all networks learn side by side, and are asked at every width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.cutting.asked import (
    ALONE,
    ARMS,
    BATCH,
    FIRST,
    LARGEST,
    N_HIDDEN,
    SORTED,
    TEXT,
    WIDTHS,
    SortedSpec,
)
from engines.diagrams.cutting.groups import groups
from engines.diagrams.cutting.networks import WidthBatches, Widths, units
from engines.diagrams.cutting.removing import named, without, zeroed
from engines.diagrams.cutting.results import SortedFrame, SortedResult
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.running.module import DiagramModule, module_from_circuit
from engines.lab.data.catalog import task_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Training,
    log_spaced,
    one_thread,
    run,
    stack_of,
)
from engines.running import devices

_N_LOOKS = 14
_GONE = range(16, N_HIDDEN)


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run: first those of many widths, then a block for each width."""

    spec: SortedSpec
    training: Training = field(init=False)

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec, device = self.spec, devices.current()
        self.task = task_of(spec.task, spec.seed)
        task = self.task
        x, y = (torch.from_numpy(np.ascontiguousarray(v)).to(device) for v in (task.x, task.y))
        self.exam = torch.from_numpy(task.x_test).to(device), torch.from_numpy(task.y_test)
        inner = OrderedBatches(x.flatten(1), y, BATCH, spec.n_nets, spec.seed)
        made = []
        with torch.random.fork_rng(devices=[]):
            for width in (N_HIDDEN, *WIDTHS):
                for k in range(spec.n_nets):
                    torch.manual_seed((spec.seed + k) % 2**63)
                    made.append(Widths(task.n_features, task.n_outputs, width))
        self.training = Training(
            stack_of(made, device), WidthBatches(inner, WIDTHS), "cross-entropy",
            Rule(learning_rate=spec.learning_rate), exact=False,
        )  # fmt: skip

    def look(self) -> np.ndarray:
        """float64[arm, width, net]: share right in the exam."""
        n, found = self.spec.n_nets, np.empty((len(ARMS), len(WIDTHS), self.spec.n_nets))
        with one_thread():
            for k, width in enumerate(WIDTHS):
                first = units(torch.tensor(width)).expand(self.training.n_nets, -1)
                right = self._right(first)
                found[ARMS.index(SORTED), k] = right[:n]
                found[ARMS.index(ALONE), k] = right[n * (1 + k) : n * (2 + k)]
                found[ARMS.index(FIRST), k] = right[-n:]
                found[ARMS.index(LARGEST), k] = self._right(self.largest(width))[-n:]
        return found

    def largest(self, width: int) -> Tensor:
        """float[net, unit]: 1 for the units with the largest product of weights in and out."""
        held = self.training.stack.parameters
        size = held["first.weight"].norm(dim=2) * held["last.weight"].norm(dim=1)
        place = size.argsort(dim=1, descending=True).argsort(dim=1)
        return (place < width).float()

    def _right(self, there: Tensor) -> np.ndarray:
        """float64[net]: share right with these units, float[net, unit]."""
        x, y = self.exam
        x = x.flatten(1).expand(len(there), -1, -1)
        said = self.training.outputs(
            torch.cat([x, there.to(x)[:, None].expand(-1, x.shape[1], -1)], -1), own=True
        )
        return (said.argmax(-1).cpu() == y).double().mean(-1).numpy()

    def diagram(self, net: int) -> DiagramModule:
        """A network as the diagram it is."""
        circuit = circuit_from_text(TEXT)
        sizes = {"p": self.task.n_features, "c": self.task.n_outputs}
        made = module_from_circuit(circuit, sizes)
        own = self.training.stack.one(net)
        names = {"In_weight": "first.weight", "In_bias": "first.bias",
                 "Out_weight": "last.weight", "Out_bias": "last.bias"}  # fmt: skip
        with torch.no_grad():
            for name, value in made.named_parameters():
                value.copy_(own[names[name]].reshape(value.shape))
        return made

    def lost(self) -> tuple[np.ndarray, np.ndarray]:
        """float64[net] each: difference of outputs by cutting units that are 0, or that are not."""
        x, found = self.exam[0].flatten(1).cpu().double(), []
        group = named(groups(circuit_from_text(TEXT)), "h")
        for net in range(self.spec.n_nets):
            whole, dead = (self.diagram(net).double() for _ in range(2))
            zeroed(dead, group, _GONE)
            with torch.no_grad():
                cut = without(whole, group, _GONE)(x)
                found.append([float((one(x) - cut).abs().max()) for one in (dead, whole)])
        exact, inexact = np.array(found).T
        return exact, inexact


def frames_of(spec: SortedSpec) -> Iterator[SortedFrame | SortedResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    steps = log_spaced(spec.n_steps, _N_LOOKS)
    looks = [made.look()]
    frame = _frame(steps, looks)
    yield frame
    for step in steps[1:]:
        for _ in run(made.training, (step,)):
            yield frame
        looks.append(made.look())
        frame = _frame(steps, looks)
        yield frame
    told = tuple(map(str, groups(circuit_from_text(TEXT))))
    with one_thread():
        yield SortedResult(spec, frame.steps, frame.right, told, *made.lost())


def _frame(steps: tuple[int, ...], looks: list[np.ndarray]) -> SortedFrame:
    """Everything seen so far."""
    n = len(looks)
    return SortedFrame(np.array(steps[:n]), np.stack(looks), fraction=steps[n - 1] / steps[-1])
