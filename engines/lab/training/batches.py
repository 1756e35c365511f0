"""What is learnt from: the batch of a step is a function of the seed and the step alone.

So a run goes on after a pause, a crash or a restore without the state of any generator, and all
networks of a stack see the same examples in the same order, which makes their comparison paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from engines.contract import InputError


class Batches(Protocol):
    """Where examples come from."""

    @property
    def own(self) -> bool:
        """Whether every network has examples of its own: a leading axis [net, ...]."""
        ...

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of this step, counted from 0."""
        ...


@dataclass(eq=False)
class ArrayBatches:
    """Batches drawn with replacement from arrays in memory.

    ``x`` is [example, ...] and ``y`` is [example, ...]; with ``own`` both have a leading axis for
    the network, and all networks take the same places of their own examples.
    """

    x: Tensor
    y: Tensor
    size: int = 0
    """Examples per batch; 0 takes all of them at every step, in their order."""
    seed: int = 0
    own: bool = False

    def __post_init__(self) -> None:
        """Check that inputs and targets belong together."""
        axis = int(self.own)
        if len(self.x.shape) <= axis or self.x.shape[: axis + 1] != self.y.shape[: axis + 1]:
            raise InputError(
                f"inputs {tuple(self.x.shape)} and targets {tuple(self.y.shape)} must agree in "
                f"their first {axis + 1} axes; give one target per example"
            )
        if self.x.shape[axis] == 0:
            raise InputError("there is no example to learn from")

    @property
    def n_examples(self) -> int:
        """How many there are."""
        return self.x.shape[int(self.own)]

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of this step, counted from 0."""
        if not self.size:
            return self.x, self.y
        draw = np.random.Generator(np.random.Philox(key=self.seed % 2**64, counter=[0, 0, 0, step]))
        chosen = torch.from_numpy(draw.integers(0, self.n_examples, self.size)).to(self.x.device)
        axis = int(self.own)
        return self.x.index_select(axis, chosen), self.y.index_select(axis, chosen)


@dataclass(eq=False)
class OrderedBatches:
    """Arrays in memory that all networks share, each drawing from them in an order of its own.

    Network k of any stack with this seed sees the same examples at the same step, so stacks of
    different networks are compared in pairs, and intervals over networks hold the order too.
    """

    x: Tensor
    y: Tensor
    size: int
    """Examples per batch."""
    n_nets: int
    seed: int = 0
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of this step, [net, example, ...], counted from 0."""
        draw = np.random.Generator(np.random.Philox(key=self.seed % 2**64, counter=[0, 0, 1, step]))
        chosen = torch.from_numpy(draw.integers(0, len(self.x), (self.n_nets, self.size)))
        chosen = chosen.to(self.x.device)
        return self.x[chosen], self.y[chosen]


def arrays(
    x: np.ndarray, y: np.ndarray, *, size: int = 0, seed: int = 0, device: str = "cpu"
) -> ArrayBatches:
    """Batches from numpy arrays: numbers become float32, labels stay int64."""

    def tensor(values: np.ndarray) -> Tensor:
        kind = np.int64 if values.dtype.kind in "iu" else np.float32
        return torch.as_tensor(np.ascontiguousarray(values, kind)).to(device)

    return ArrayBatches(tensor(np.asarray(x)), tensor(np.asarray(y)), size, seed)
