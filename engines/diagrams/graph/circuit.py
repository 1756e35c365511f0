"""What a diagram shows: a checked graph, what is known of sizes, and how it wants to be seen.

Rooms take and return it; `engines.diagrams.Diagram` adds the verbs that join them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engines.diagrams.graph.nodes import Axes, Graph
from engines.diagrams.graph.poly import Poly


@dataclass(frozen=True)
class Window:
    """How far a kernel slides: the size of the axis it makes from that of ``axis``."""

    axis: str
    kernel: int = 1
    stride: int = 1
    pad: int = 0
    dilation: int = 1
    transposed: bool = False

    def size(self, n: int) -> int:
        """The size of the new axis, as torch rounds it."""
        reach = self.dilation * (self.kernel - 1)
        if self.transposed:
            return (n - 1) * self.stride - 2 * self.pad + reach + 1
        return (n + 2 * self.pad - reach - 1) // self.stride + 1


@dataclass(frozen=True)
class Note:
    """A call-out: what it says, and the value it points to."""

    value: str
    text: str


@dataclass(frozen=True)
class Circuit:
    """What a diagram shows: its checked graph, what is known of sizes, and how it wants to be seen.

    ``sizes`` maps an axis to what was declared of its size, ``derived`` to what follows from
    views and the like, in axes that are in neither; those are free. ``groups`` are axes drawn as
    one double line.
    """

    graph: Graph
    sizes: Mapping[str, Poly] = field(default_factory=dict)
    derived: Mapping[str, Poly] = field(default_factory=dict)
    groups: Mapping[str, Axes] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    windows: Mapping[str, Window] = field(default_factory=dict)
    """Axes whose size follows from that of the axis a window slides along."""
    tape: tuple[str, ...] = field(default=(), compare=False)
    """Inputs that are drawn where they are read: what a backward pass keeps from the forward."""
    imported: Any = field(default=None, compare=False)
    """What came with an imported diagram, see `engines.diagrams.graph.imported.Imported`."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.graph.name

    @property
    def report(self) -> Any:
        """What an import understood; None for a diagram that was written."""
        return self.imported.report if self.imported is not None else None
