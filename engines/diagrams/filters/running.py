"""The run: networks learn with all filters, heads learn to guess, and all arms go on together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.arms.running import Clock
from engines.diagrams.filters.asked import (
    ALL,
    ARMS,
    BATCH,
    GUESSED,
    KNOWN,
    LEVELS,
    PLAN,
    SHARES,
    FiltersSpec,
)
from engines.diagrams.filters.costing import flops, kept
from engines.diagrams.filters.networks import (
    Choice,
    Filters,
    computed,
    first_filters,
    first_windows,
    most,
)
from engines.diagrams.filters.results import FiltersResult
from engines.lab.data.catalog import task_of
from engines.lab.training import OrderedBatches, one_thread, seeds_apart

_N_ASKED, _N_GUESSING, _GUESSING_RATE = 512, 60, 0.03
"""Pictures and steps by which heads learn before they choose."""
BLOCKS = ((ALL, LEVELS[0]), *((arm, level) for arm in ARMS[1:] for level in LEVELS))
"""What is learnt side by side; all filters are the same at every level."""


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run."""

    spec: FiltersSpec
    own: Filters = field(init=False)
    choice: Choice = field(init=False)
    n_blocks: int = field(init=False, default=1)

    def __post_init__(self) -> None:
        """Draw data and first weights."""
        spec = self.spec
        task = task_of(spec.task, spec.seed)
        x, x_test = (
            first_windows(torch.from_numpy(np.ascontiguousarray(v)).view(-1, 8, 8)).contiguous()
            for v in (task.x, task.x_test)
        )
        y, self.y_test = torch.from_numpy(task.y), torch.from_numpy(task.y_test)
        self.x_test, self.some, self.n_classes = x_test, x[:_N_ASKED], task.n_outputs
        self.batches = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        seeds = seeds_apart(spec.seed, spec.n_nets)
        self.own = first_filters(spec.sizes, task.n_outputs, seeds)
        self.choice = _all_of(spec)
        self._start()

    def _start(self) -> None:
        self.optimiser = torch.optim.Adam(self.own.weights, lr=self.spec.learning_rate)

    def learn(self, step: int) -> None:
        """One step of everybody."""
        with one_thread():
            x, y = (v.repeat(self.n_blocks, *(1 for _ in v.shape[1:]))
                    for v in self.batches.batch(step))  # fmt: skip
            found = computed(self.own, x, self.choice)
            loss = cross_entropy(found.said.flatten(0, 1), y.flatten()) * len(x) + found.missed
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()

    def part_ways(self) -> None:
        """Go on in arms, see `parting`."""
        for _ in self.parting():
            pass

    def parting(self) -> Iterator[None]:
        """From here on a block for every arm and level, each from the same weights.

        Yields where a run may stop, while heads learn.
        """
        n, sizes = self.spec.n_nets, self.spec.sizes[1:]
        with torch.no_grad(), one_thread():
            found = computed(self.own, self._everybody(self.some), self.choice)
        self.n_blocks = len(BLOCKS)
        self.own = self.own.repeated(self.n_blocks)
        shares = [1.0 if arm == ALL else SHARES[level] for arm, level in BLOCKS]
        many = [torch.tensor([kept(m, share) for share in shares]) for m in sizes]
        arms = [torch.tensor([arm == name for arm, _ in BLOCKS]) for name in (GUESSED, KNOWN)]
        guessed, known = (one.repeat_interleave(n) for one in arms)
        self.choice = Choice(
            [one.repeat_interleave(n) for one in many], guessed, known,
            [one.mean(1).repeat(self.n_blocks, 1) for one in found.strength],
        )  # fmt: skip
        yield from self._guess(found.seen, found.strength)
        self._start()

    def _guess(self, seen: list[Tensor], strength: list[Tensor]) -> Iterator[None]:
        """Heads learn what will be most active, while nothing else changes."""
        r = self.n_blocks
        heads = self.own.heads
        wanted = [most(s.repeat(r, 1, 1), k).float()
                  for s, k in zip(strength, self.choice.kept, strict=True)]  # fmt: skip
        inputs = [one.repeat(r, 1, 1) for one in seen]
        optimiser = torch.optim.Adam([w for pair in heads for w in pair], lr=_GUESSING_RATE)
        for _ in range(_N_GUESSING):
            with one_thread():
                missed = [
                    binary_cross_entropy_with_logits(torch.baddbmm(b, x, w), t) * len(t)
                    for (w, b), x, t in zip(heads, inputs, wanted, strict=True)
                ]
                optimiser.zero_grad()
                torch.stack(missed).sum().backward()
                optimiser.step()
            yield

    def _everybody(self, x: Tensor) -> Tensor:
        return x.expand(self.n_blocks * self.spec.n_nets, *x.shape)

    @torch.no_grad()
    def exam(self, never: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, Tensor]:
        """Share right and share found [block, net] of each, and who computed what at last.

        Args:
            never: filters of the third layer, from 1, that are computed for nobody.
        """
        choice = replace(self.choice, never=tuple(one - 1 for one in never))
        with one_thread():
            found = computed(self.own, self._everybody(self.x_test), choice)
        sane = torch.stack([w.flatten(1).isfinite().all(1) for w in self.own.weights]).all(0)
        right = (found.said.argmax(-1) == self.y_test).double().mean(-1)
        both = [
            (a & b).sum(-1).double().mean(-1) / k
            for a, b, k in zip(found.chosen, found.wanted, choice.kept, strict=True)
        ]
        seen = [torch.where(sane, one, torch.nan).view(self.n_blocks, -1).numpy()
                for one in (right, torch.stack(both).mean(0))]  # fmt: skip
        return seen[0], seen[1], found.chosen[-1]

    def look(self) -> np.ndarray:
        """float64[measure, arm, level, net]."""
        right, found, _ = self.exam(self.spec.never)
        return np.stack([self.by_arm(right), self.by_arm(found)])

    def by_arm(self, seen: np.ndarray) -> np.ndarray:
        """float64[block, net] to float64[arm, level, net]; before they part all are the same."""
        at = [[self._block(arm, level) for level in LEVELS] for arm in ARMS]
        return seen[np.array(at)]

    def _block(self, arm: str, level: str) -> int:
        if self.n_blocks == 1:
            return 0
        return BLOCKS.index((arm, LEVELS[0] if arm == ALL else level))

    def result(self, looks: Looks) -> FiltersResult:
        """After all steps."""
        right, _, chosen = self.exam(())
        if self.spec.never:
            chosen = self.exam(self.spec.never)[2]
        first = chosen[BLOCKS.index((GUESSED, LEVELS[1])) * self.spec.n_nets].double().numpy()
        shown = self.y_test.numpy()
        often = np.stack([first[shown == k].mean(0) if (shown == k).any()
                          else np.full(first.shape[1], np.nan)
                          for k in range(self.n_classes)], 1)  # fmt: skip
        cost = [[flops(arm, level, self.spec.sizes, self.n_classes) for level in LEVELS]
                for arm in ARMS]  # fmt: skip
        return FiltersResult(self.spec, looks, np.array(cost), often, self.by_arm(right))


def _all_of(spec: FiltersSpec) -> Choice:
    n, sizes = spec.n_nets, spec.sizes[1:]
    nobody = torch.zeros(n, dtype=torch.bool)
    return Choice([torch.full((n,), m) for m in sizes], nobody, nobody,
                  [torch.zeros(n, m) for m in sizes])  # fmt: skip


def frames_of(spec: FiltersSpec) -> Iterator[ArmsFrame | FiltersResult]:
    """A frame per step, the result last."""
    made = Comparison(spec)
    whole = spec.n_before + spec.n_after
    steps, seen = [0], [made.look()]
    frame = ArmsFrame(Looks(PLAN, np.array(steps), np.stack(seen, 1)))
    yield frame
    looks = {spec.n_before // 2, spec.n_before, spec.n_before + spec.n_after // 2, whole}
    clock = Clock()
    for step in range(1, whole + 1):
        made.learn(step - 1)
        if step in looks:
            steps.append(step)
            seen.append(made.look())
            frame = ArmsFrame(Looks(PLAN, np.array(steps), np.stack(seen, 1)))
        if step in looks or clock.due():
            frame = replace(frame, fraction=step / whole)
            yield frame
        if step == spec.n_before:
            for _ in made.parting():
                if clock.due():
                    yield frame
    yield made.result(frame.looks)
