"""Blocks of one stack: arms that learn in one go from the same examples, and apart when needed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from torch import Tensor

from engines.lab.training import Batches, Stack


@dataclass(eq=False)
class Repeated:
    """Blocks of as many networks as ``inner`` has, each with the same examples."""

    inner: Batches
    """With examples for every network."""
    n_blocks: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets [net, example, ...], one block behind the other."""
        x, y = self.inner.batch(step)
        return self._repeated(x), self._repeated(y)

    def _repeated(self, values: Tensor) -> Tensor:
        return values.repeat(self.n_blocks, *(1 for _ in values.shape[1:]))


def block(stack: Stack, first: int, n: int) -> Stack:
    """Some networks of a stack, which change with it, with a skeleton of their own."""
    part = slice(first, first + n)
    buffers = {name: value[part] for name, value in stack.buffers.items()}
    return Stack(deepcopy(stack.skeleton), stack.weights[part], buffers, stack.places)
