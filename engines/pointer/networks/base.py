"""What every network that points has in common: encode once, then one choice after another.

``logits[..., n]``, the last column, is stopping; ``logits[..., j]`` is pointing at point j. A step
is told the point that was chosen before it, -1 for none.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

START = -1
"""Stands for the choice before the first one."""


class Memory(NamedTuple):
    """What the encoder says, computed once for an instance."""

    keys: Tensor
    """What can be pointed at: float[batch, point + 1, d_model]; the last one is stopping."""
    inputs: Tensor
    """What the decoder is fed when a point was chosen: float[batch, point + 1, d_input]; the last
    row is the start symbol, so that index -1 finds it."""
    extra: Any = None
    """What else this kind of network needs."""


class Pointer(Protocol):
    """A network that answers by pointing."""

    def encode(self, features: Tensor) -> Memory:
        """Read the instances: float[batch, point, feature]."""
        ...

    def begin(self, memory: Memory) -> Any:
        """The decoder's state before the first step; every tensor in it has the batch first."""
        ...

    def step(self, memory: Memory, state: Any, previous: Tensor) -> tuple[Tensor, Any]:
        """Logits float[batch, point + 1] of one step, told what was chosen before: int64[batch]."""
        ...

    def teach(self, memory: Memory, previous: Tensor) -> Tensor:
        """Logits float[batch, step, point + 1] of all steps at once: int64[batch, step]."""
        ...


def previous_from_targets(targets: Tensor, *, n_points: int) -> Tensor:
    """What each step is told was chosen before it; stops and padding, never looked at, become 0.

    Args:
        targets: int64[batch, step], -1 where nothing is taught.
        n_points: the index that means stopping.
    """
    shifted = targets[:, :-1]
    shifted = shifted.masked_fill((shifted < 0) | (shifted >= n_points), 0)
    first = torch.full_like(targets[:, :1], START)
    return torch.cat([first, shifted], dim=1)


def taken(rows: Tensor, chosen: Tensor) -> Tensor:
    """Rows float[batch, row, d] at int64[batch, step]; -1 takes the last one."""
    index = chosen.remainder(rows.shape[1]).unsqueeze(-1).expand(-1, -1, rows.shape[2])
    return rows.gather(1, index)
