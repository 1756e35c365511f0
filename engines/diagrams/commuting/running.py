"""The run: networks that never meet learn two arrows of one square."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.commuting import degrees as of
from engines.diagrams.commuting.asked import (
    BATCH,
    KINDS,
    LEVELS,
    N_DRAWS,
    N_WORST,
    RATE,
    ROWS,
    SIZES,
    CommutingSpec,
)
from engines.diagrams.commuting.pictures import Shown
from engines.diagrams.commuting.results import CommutingFrame, CommutingResult
from engines.lab.data.catalog import task_of
from engines.lab.data.task import rng_of, seed_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Stack,
    Training,
    log_spaced,
    one_thread,
    outputs_of,
    run,
    seeds_apart,
    stack_from_seeds,
)

_N_LOOKS = 7
_NOISE = 60


def perceptron(n_in: int, hidden: tuple[int, ...], n_out: int) -> nn.Sequential:
    """Linear maps with ReLU between."""
    parts: list[nn.Module] = []
    for a, b in pairwise((n_in, *hidden, n_out)):
        parts += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def noisy(stack: Stack, level: float, rng: np.random.Generator) -> Stack:
    """The same networks, with noise of so many deviations of each layer's weights added."""
    made = stack.copy()
    for value in made.parameters.values():
        wide = value.flatten(1).std(1).view(-1, *(1 for _ in value.shape[1:]))
        drawn = rng.standard_normal(tuple(value.shape), np.float32)
        value.add_(level * wide * torch.from_numpy(drawn))
    return made


def said(stack: Stack, x: Tensor) -> np.ndarray:
    """float64[net, picture, class]: chances."""
    with one_thread():
        return of.softmax(outputs_of(stack, x).double().numpy())


@dataclass(eq=False)
class Square:
    """Pictures, and what learns the arrow to digits and the arrow from 16 pixels to parity."""

    spec: CommutingSpec
    first: dict[str, Training] = field(init=False)
    second: dict[str, Training] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the exam and everybody's first weights."""
        self.task = task_of("digits", self.spec.seed)
        task = self.task
        self.x, self.z = torch.from_numpy(task.x_test), torch.from_numpy(of.coarse(task.x_test))
        self.first = {kind: self._learns(kind, task.x, task.y, 10, k)
                      for k, kind in enumerate(KINDS)}  # fmt: skip
        self.second = {kind: self._learns(kind, of.coarse(task.x), task.y % 2, 2, 50 + k)
                       for k, kind in enumerate(KINDS)}  # fmt: skip

    def _learns(self, kind: str, x: np.ndarray, y: np.ndarray, n_out: int, place: int) -> Training:
        seed, n = seed_of(self.spec.seed, place), self.spec.n_nets
        n_in, hidden = x.shape[1], SIZES[kind]
        stack = stack_from_seeds(lambda: perceptron(n_in, hidden, n_out), seeds_apart(seed, n))
        data = OrderedBatches(torch.from_numpy(x), torch.from_numpy(y), BATCH, n, seed)
        return Training(stack, data, rule=Rule(learning_rate=RATE), exact=False)

    @property
    def trainings(self) -> tuple[Training, ...]:
        """All."""
        return (*self.first.values(), *self.second.values())

    def ways(self) -> tuple[np.ndarray, np.ndarray]:
        """float64[kind, net, picture, even or odd] each: by the digit, and by 16 pixels."""
        by_digit = np.stack([of.parity(said(one.stack, self.x)) for one in self.first.values()])
        rng = rng_of(self.spec.seed, _NOISE)
        seconds = (noisy(one.stack, self.spec.noise, rng) for one in self.second.values())
        return by_digit, np.stack([said(one, self.z) for one in seconds])

    def under_noise(self, by_digit: np.ndarray, level: int) -> np.ndarray:
        """float64[row, kind, net]: mean degree at a level of noise in the lower way.

        The spec's own noise is left out.
        """
        found = np.zeros((len(ROWS), len(KINDS), self.spec.n_nets))
        n = N_DRAWS if LEVELS[level] else 1
        rng = rng_of(self.spec.seed, _NOISE + 1 + level)
        for k, kind in enumerate(KINDS):
            upper = by_digit[k]
            for _ in range(n):
                same = noisy(self.first[kind].stack, LEVELS[level], rng)
                lower = said(noisy(self.second[kind].stack, LEVELS[level], rng), self.z)
                found[0, k] += of.degree(upper, of.parity(said(same, self.x))).mean(-1) / n
                found[1, k] += of.degree(upper, lower).mean(-1) / n
                found[2, k] += of.dealt(upper, lower) / n
        return found

    def shown(self, by_digit: np.ndarray, by_pixels: np.ndarray) -> Shown:
        """The first square of the kind that is drawn, where it commutes least."""
        k = KINDS.index(self.spec.drawn)
        one, other = by_digit[k, 0], by_pixels[k, 0]
        found = of.degree(one, other)
        worst = np.argsort(found, kind="stable")[:N_WORST]
        digits = said(self.first[self.spec.drawn].stack, self.x)[0]
        odd = np.stack([one[worst, 1], other[worst, 1]], 1)
        return Shown(self.task.x_test[worst].reshape(-1, 8, 8), self.task.y_test[worst],
                     digits[worst], odd, np.sort(found))  # fmt: skip


def frames_of(spec: CommutingSpec) -> Iterator[CommutingFrame | CommutingResult]:
    """Frames while they learn and while noise grows, the result last."""
    made, steps = Square(spec), log_spaced(spec.n_steps, _N_LOOKS)
    seen: list[np.ndarray] = []
    nothing = np.full((len(KINDS), spec.n_nets), np.nan)
    frame = CommutingFrame(np.zeros(1, np.int64), nothing[None], None)
    yield frame
    for step in steps:
        for training in made.trainings:
            for _ in run(training, (step,)):
                yield frame
        ways = made.ways()
        seen.append(of.degree(*ways).mean(-1))
        frame = CommutingFrame(np.array(steps[: len(seen)]), np.stack(seen), made.shown(*ways),
                               fraction=0.8 * step / steps[-1])  # fmt: skip
        yield frame
    ways, under = made.ways(), []
    for level in range(len(LEVELS)):
        under.append(made.under_noise(ways[0], level))
        yield frame
    yield _result(made, frame, np.stack(under, 2), *ways)


def _result(made: Square, frame: CommutingFrame, under: np.ndarray, by_digit: np.ndarray,
            by_pixels: np.ndarray) -> CommutingResult:  # fmt: skip
    one, other = by_digit[:, None], by_pixels[None]
    found = of.degree(one, other)
    odd = made.task.y_test % 2
    assert frame.shown is not None
    return CommutingResult(
        spec=made.spec, steps=frame.steps, course=frame.course, degree=found.mean(-1),
        least=found.min(-1), dealt=of.dealt(one, other), differ=of.differing(one, other),
        wrong=np.stack([(way.argmax(-1) != odd).mean(-1) for way in (by_digit, by_pixels)]),
        under=under, shown=frame.shown,
    )  # fmt: skip
