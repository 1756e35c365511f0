"""Bounds of many boxes around many examples at once, and what inputs in them do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.bounding.bounds import Interval, bounds
from engines.diagrams.bounding.network import Affine, Net
from engines.diagrams.bounding.reading import Reader, net_of
from engines.diagrams.graph.nodes import join
from engines.diagrams.reaching.bands import INTERVALS, LINES, SEEN
from engines.diagrams.reaching.results import Band
from engines.diagrams.running.module import DiagramModule

Array = np.ndarray
CLASSES_MAX = 32
NUMBERS_KEPT = 48
_CELLS_MAX = 4_000_000
_HALVINGS, _STEPS = 16, 20
VISITED = _STEPS + 1
"""Inputs of a box that steps down the slope look at."""
_LEAD = ".lead"
_TURN = re.compile(r"\[\d+\]")


@dataclass(eq=False)
class Boxed:
    """A network with its weights, and the examples in the middle of boxes."""

    module: DiagramModule
    middle: tuple[Array, ...]
    """Of every input, float64[example, ...]."""
    has_examples: bool
    """Whether the first axis of the inputs holds examples; it is 1 then."""
    answers: Array | None = None
    """int64[example]: what the network says, where it gives classes."""

    def __post_init__(self) -> None:
        """Read the network; for classes every lead of one over another is a wire of its own."""
        self.module = deepcopy(self.module).double().eval()
        shapes = [self._one(m).shape[1:] for m in self.middle]
        self.net, self.reader = net_of(self.module, shapes)
        self.names = [value.name for value in self.module.graph.inputs]
        self.out = self.reader.outputs[0]
        if self.answers is not None:
            self.net = _with_leads(self.net, self.out, self.n_classes)

    @property
    def n_classes(self) -> int:
        """How many numbers the output has."""
        return int(np.prod(self.reader.shapes[self.out]))

    def _one(self, middle: Array) -> Array:
        """Every example alone: with an axis of length 1 in place of the one of examples."""
        return middle[:, None] if self.has_examples else middle

    def boxes(self, sizes: Array) -> dict[str, Interval]:
        """By input, least and largest, float64[example and size, number].

        Args:
            sizes: float64[example, size].
        """
        found = {}
        for name, middle in zip(self.names, self.middle, strict=True):
            flat = middle.reshape(len(middle), 1, -1)
            ends = (flat - sizes[..., None], flat + sizes[..., None])
            low, high = (end.reshape(-1, flat.shape[-1]) for end in ends)
            found[name] = low, high
        return found

    def bounded(self, sizes: Array, *, back: bool) -> dict[str, Interval]:
        """Of every wire, float64[example and size, number]; a part of the boxes at a time."""
        every = self.boxes(sizes)
        n_boxes, widest = sizes.size, max(int(np.prod(s)) for s in self.reader.shapes.values())
        part = max(1, _CELLS_MAX // (2 * widest * widest)) if back else n_boxes
        found: dict[str, list[Interval]] = {}
        for start in range(0, n_boxes, part):
            cut = slice(start, start + part)
            boxes = {name: (low[cut], high[cut]) for name, (low, high) in every.items()}
            for wire, pair in bounds(self.net, boxes, back=back).wires.items():
                found.setdefault(wire, []).append(pair)
        return {wire: _joined(pairs) for wire, pairs in found.items()}

    # Leads ----------------------------------------------------------------------------------

    def leads(self, found: Mapping[str, Interval], shape: tuple[int, int]) -> Array:
        """float64[example, size]: least lead of the answer over all others."""
        assert self.answers is not None
        n = self.n_classes
        low = found[_LEAD][0].reshape(*shape, n, n - 1)
        return low[np.arange(shape[0]), :, self.answers].min(axis=-1)

    def largest(self, n_doublings: int, reach: float, *, back: bool) -> Array:
        """float64[example]: the largest box that is proved to keep the answer, by halving.

        nan where every box that was looked at is proved: nobody knows how large it may be.
        """
        n = len(self.middle[0])

        def proved(size: Array) -> Array:
            found = self.bounded(size[:, None], back=back)
            return self.leads(found, (n, 1))[:, 0] > 0

        held, ended = _halved(proved, n, reach, n_doublings)
        return np.where(ended, held, np.nan)

    def smallest_lost(self, n_doublings: int, reach: float) -> Array:
        """float64[example]: the smallest box in which slopes find another answer, by halving.

        Infinite where none was found in any that was looked at.
        """
        n = len(self.middle[0])

        def kept(size: Array) -> Array:
            return self.found_by_slopes(size[:, None])[:, 0] > 0

        held, ended = _halved(kept, n, reach, n_doublings)
        return np.where(ended, held * (1.0 + 2.0**-_HALVINGS), np.inf)

    def found_by_slopes(self, sizes: Array) -> Array:
        """float64[example, size]: smallest lead that signed steps down its slope find.

        Madry et al. 2018, projected gradient descent: 20 steps of a quarter of the box, so that
        `VISITED` inputs are looked at.
        """
        n, n_sizes = sizes.shape
        least = np.full((n, n_sizes), np.inf)
        middle = self.middle[0].reshape(n, 1, -1).repeat(n_sizes, 1).reshape(n * n_sizes, -1)
        start = torch.from_numpy(middle)
        wide = torch.from_numpy(sizes.reshape(-1, 1))
        x = start.clone()
        assert self.answers is not None
        answers = torch.from_numpy(self.answers).repeat_interleave(n_sizes)
        for _ in range(_STEPS):
            x.requires_grad_()
            lead = self._lead_of(x, answers)
            least = np.minimum(least, lead.detach().numpy().reshape(n, n_sizes))
            (slope,) = torch.autograd.grad(lead.sum(), x)
            x = x.detach() - wide / 4.0 * slope.sign()
            x = torch.maximum(torch.minimum(x, start + wide), start - wide)
        last = self._lead_of(x, answers).detach().numpy().reshape(n, n_sizes)
        return np.minimum(least, last)

    def _lead_of(self, x: Tensor, answers: Tensor) -> Tensor:
        output = self.module(x.reshape(-1, *self.middle[0].shape[1:]))
        own = output.gather(1, answers[:, None])
        others = output.scatter(1, answers[:, None], -torch.inf)
        return own[:, 0] - others.amax(dim=1)

    # Inputs tried ---------------------------------------------------------------------------

    def tried(
        self, sizes: Array, n: int, rng: np.random.Generator, lines: Mapping[str, Interval]
    ) -> tuple[dict[str, Interval], int]:
        """Least and largest of every wire, float64[example and size, number], for inputs of boxes.

        And how many inputs put some number outside of its bounds. A part of the boxes at a time.

        Args:
            sizes: float64[example, size].
            n: inputs of every box, at the same places of each.
            rng: where places come from.
            lines: the bounds.
        """
        every, places = self.boxes(sizes), {}
        for name, (low, _high) in every.items():
            place = rng.uniform(size=(n, low.shape[1]))
            place[n // 2 :] = place[n // 2 :].round()
            places[name] = place
        part = max(1, _CELLS_MAX // (n * sum(low.shape[1] for low, _ in lines.values())))
        found: list[dict[str, Interval]] = []
        n_outside = 0
        for start in range(0, sizes.size, part):
            cut = slice(start, start + part)
            values = self._values({k: (a[cut], b[cut]) for k, (a, b) in every.items()}, places)
            n_outside += outside({k: (a[cut], b[cut]) for k, (a, b) in lines.items()}, values)
            found.append({wire: (v.min(axis=1), v.max(axis=1)) for wire, v in values.items()})
        return {wire: _joined([one[wire] for one in found]) for wire in found[0]}, n_outside

    def _values(
        self, boxes: Mapping[str, Interval], places: Mapping[str, Array]
    ) -> dict[str, Array]:
        """Every wire, float64[box, input, number], for inputs at places float64[input, number]."""
        inputs = {}
        for name, (low, high) in boxes.items():
            # Clipped, because low + (high - low) is not always high.
            ends = low[:, None], high[:, None]
            points = np.clip(ends[0] + (ends[1] - ends[0]) * places[name], *ends)
            inputs[name] = points.reshape(-1, low.shape[1])
        n_boxes = len(next(iter(boxes.values()))[0])
        found = self.net.values(inputs)
        return {wire: value.reshape(n_boxes, -1, value.shape[1]) for wire, value in found.items()}

    def bands(
        self, intervals: dict[str, Interval], lines: dict[str, Interval],
        seen: dict[str, Interval], shape: tuple[int, int],
    ) -> tuple[Band, ...]:  # fmt: skip
        """Of every operation and block, turn by turn, thinned."""
        paths = operations_of(self.module, self.reader, lines)
        made = []
        for path, wires in paths.items():
            each = [stacked(intervals[w], lines[w], seen[w]) for w in wires]
            every = np.stack([one.reshape(*shape, *one.shape[1:]) for one in each])
            wide = (every[..., 1] - every[..., 0]).mean(axis=3)
            step = -(-every.shape[3] // NUMBERS_KEPT)
            shown = self.reader.shapes[wires[0]]
            made.append(Band(path, tuple(shown), every[:, :, :, ::step], wide))
        return tuple(made)


def operations_of(
    module: DiagramModule, reader: Reader, wires: Iterable[str]
) -> dict[str, list[str]]:
    """Wires of every input, operation and block by its path, turn by turn, in running order."""
    keys = {value.name for value in module.graph.inputs}
    keys |= {join(path, node.key) for path, _graph, node in module.graph.walk()}
    order = {wire: k for k, wire in enumerate(wires)}
    places = {**{wire: wire for wire in order}, **reader.blocks}
    found: dict[str, list[str]] = {}
    for place, wire in sorted(places.items(), key=lambda pair: order[pair[1]]):
        path = _TURN.sub("", place)
        if path in keys:
            found.setdefault(path, []).append(wire)
    return found


def stacked(intervals: Interval, lines: Interval, seen: Interval) -> Array:
    """float64[box, number, (intervals, lines, seen), (low, high)]."""
    pairs = {INTERVALS: intervals, LINES: lines, SEEN: seen}
    return np.stack([np.stack(pairs[kind], axis=-1) for kind in sorted(pairs)], axis=-2)


def outside(lines: dict[str, Interval], seen: dict[str, Array]) -> int:
    """How many inputs put some number outside its bounds."""
    every = [
        ((seen[wire] < low[:, None]) | (seen[wire] > high[:, None])).any(axis=-1)
        for wire, (low, high) in lines.items()
    ]
    return int(np.any(every, axis=0).sum())


def _joined(pairs: list[Interval]) -> Interval:
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


def _halved(
    holds: Callable[[Array], Array], n: int, reach: float, n_doublings: int
) -> tuple[Array, Array]:
    """The largest size up to which something holds, and whether it ever does not.

    First doubled, then halved.
    """
    low, high, ended = np.zeros(n), np.full(n, reach), np.zeros(n, dtype=bool)
    for _ in range(n_doublings):
        held = holds(high)
        low, high = np.where(held, high, low), np.where(held, 2.0 * high, high)
        ended |= ~held
        if not held.any():
            break
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        held = holds(middle)
        low, high = np.where(held, middle, low), np.where(held, high, middle)
        ended |= ~held
    return low, ended


def _with_leads(net: Net, out: str, n: int) -> Net:
    """With one more wire: class i less class j, for every i and every other j."""
    rows = np.array([np.eye(n)[i] - np.eye(n)[j] for i in range(n) for j in range(n) if j != i])
    return Net(net.inputs, (*net.steps, Affine(_LEAD, ((out, rows),), np.zeros(len(rows)))))
