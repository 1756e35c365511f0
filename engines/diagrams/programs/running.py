"""The run: all tasks, sizes, kinds and programs learn in one stack."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.arms.running import watched
from engines.diagrams.programs.asked import (
    ARMS,
    BATCH,
    DEALT,
    HIDDEN,
    N_BITS,
    NONE,
    PLAN,
    SIZES,
    ProgramsSpec,
)
from engines.diagrams.programs.formulas import (
    Formula,
    bits_of,
    classes_of,
    ink_of,
    program,
)
from engines.diagrams.programs.results import ProgramsResult
from engines.lab.data.catalog import task_of
from engines.lab.data.task import rng_of, seed_of
from engines.lab.training import (
    ArrayBatches,
    Rule,
    Training,
    one_thread,
    seeds_apart,
    stack_from_seeds,
)

_PROGRAM, _PICTURES, _DEAL = 100, 1_000, 5_000
"""What a seed's draws are for."""
_SHAPE = (len(PLAN.measures), len(ARMS), len(SIZES))


class Reader(nn.Module):
    """Pixels, and bits that join the first of two hidden layers."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Linear(64, HIDDEN)
        self.both = nn.Linear(HIDDEN + N_BITS, HIDDEN)
        self.said = nn.Linear(HIDDEN, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [picture, 10] of [picture, 64 pixels and 8 bits]."""
        pixels, bits = x[..., :64], x[..., 64:]
        seen = torch.cat([self.seen(pixels).relu(), bits], dim=-1)
        return self.said(self.both(seen).relu())


@dataclass(eq=False)
class Comparison:
    """Data, programs and networks of a run."""

    spec: ProgramsSpec
    programs: list[tuple[Formula, ...]] = field(init=False)
    training: Training = field(init=False)

    def __post_init__(self) -> None:
        """Draw programs, deal their bits, and stack all networks."""
        spec, task = self.spec, task_of("digits", self.spec.seed)
        pictures = np.concatenate([task.x, task.x_test])
        self.n_learnt, self.ink = len(task.x), ink_of(pictures)
        self.programs = [program(self._rng(_PROGRAM + k), self.ink, spec.depth)
                         for k in range(spec.n_nets)]  # fmt: skip
        bits = [bits_of(one, self.ink) for one in self.programs]
        digits = np.concatenate([task.y, task.y_test]).astype(np.int64)
        self.bits, self.pictures = bits, pictures.astype(np.float32)
        self.labels = [[digits] * spec.n_nets, [classes_of(one) for one in bits]]
        places = [self._rng(_PICTURES + k).permutation(self.n_learnt) for k in range(spec.n_nets)]
        x, y = self._stacked(places)
        stack = stack_from_seeds(Reader, seeds_apart(spec.seed, spec.n_nets) * int(np.prod(_SHAPE)))
        data = ArrayBatches(x, y, BATCH, spec.seed, own=True)
        rule = Rule(learning_rate=spec.learning_rate)
        self.training = Training(stack, data, rule=rule, exact=False)

    def _rng(self, use: int) -> np.random.Generator:
        return rng_of(seed_of(self.spec.seed, use))

    def told(self, arm: str, k: int) -> np.ndarray:
        """float32[picture, bit]: -1 or 1, what the k-th network of an arm is told."""
        bits = 2.0 * self.bits[k].astype(np.float32) - 1.0
        if arm == DEALT:
            return bits[self._rng(_DEAL + k).permutation(len(bits))]
        return np.zeros_like(bits) if arm == NONE else bits

    def _stacked(self, places: list[np.ndarray]) -> tuple[Tensor, Tensor]:
        """float32[net, picture, 72] and int64[net, picture]: fewer pictures stand there oftener."""
        x, y = [], []
        for labels in self.labels:
            for arm in ARMS:
                told = [self.told(arm, k) for k in range(self.spec.n_nets)]
                for size in SIZES:
                    for k, order in enumerate(places):
                        at = np.tile(order[:size], SIZES[-1] // size)
                        x.append(np.concatenate([self.pictures[at], told[k][at]], axis=1))
                        y.append(labels[k][at])
        return torch.from_numpy(np.stack(x)), torch.from_numpy(np.stack(y))

    def look(self) -> Generator[None, None, np.ndarray]:
        """float64[measure, arm, size, net]: share right of the exam, whose cut bits are 0."""
        n, exam = self.spec.n_nets, slice(self.n_learnt, None)
        found = np.empty((*_SHAPE, n))
        cut = [one - 1 for one in self.spec.cut]
        for a, arm in enumerate(ARMS):
            told = np.stack([self.told(arm, k)[exam] for k in range(n)])
            told[..., cut] = 0.0
            seen = np.broadcast_to(self.pictures[exam], (n, *self.pictures[exam].shape))
            asked = torch.from_numpy(np.concatenate([seen, told], axis=2))
            for m, labels in enumerate(self.labels):
                right = np.stack([one[exam] for one in labels])
                for s in range(len(SIZES)):
                    first = ((m * len(ARMS) + a) * len(SIZES) + s) * n
                    found[m, a, s] = self._right(slice(first, first + n), asked, right)
                yield
        return found

    @torch.no_grad()
    def _right(self, nets: slice, asked: Tensor, labels: np.ndarray) -> np.ndarray:
        """float64[net]; nan where a network diverged."""
        w = {name: value[nets] for name, value in self.training.stack.parameters.items()}
        with one_thread():
            hidden = _through(w, "seen", asked[..., :64]).relu()
            hidden = _through(w, "both", torch.cat([hidden, asked[..., 64:]], -1)).relu()
            said = _through(w, "said", hidden).numpy()
        right = (said.argmax(-1) == labels).mean(-1)
        return np.where(np.isfinite(said).all((1, 2)), right, np.nan)


def _through(weights: dict[str, Tensor], layer: str, x: Tensor) -> Tensor:
    turned = weights[f"{layer}.weight"].transpose(1, 2)
    return torch.baddbmm(weights[f"{layer}.bias"].unsqueeze(1), x, turned)


def frames_of(spec: ProgramsSpec) -> Iterator[ArmsFrame | ProgramsResult]:
    """A frame at least ten times a second, the result last."""
    made, last = Comparison(spec), None
    for last in watched(PLAN, [made.training], spec.n_steps, made.look, n_looks=5):
        yield last
    assert last is not None
    first, ink = made.programs[0], made.ink
    share = bits_of(first, ink).mean(0)
    yield ProgramsResult(spec, last.looks, tuple(str(one) for one in first), share)
