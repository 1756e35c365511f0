"""What has been said so far at one level of a text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from engines.diagrams.graph.nodes import Node, Value
from engines.diagrams.language.phrases import Name


@dataclass
class Scope:
    """What has been said so far at one level; ``sliced`` is the axis a scan hides."""

    outer: Scope | None = None
    values: dict[str, Value] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    captured: dict[str, Value] = field(default_factory=dict)
    returned: tuple[Name, ...] = ()
    sliced: str = ""

    def find(self, name: str) -> Value | None:
        """A value of this level, or of an outer one, which is then captured."""
        if name in self.values:
            return self.values[name]
        found = self.outer.find(name) if self.outer else None
        if found is not None:
            axes = tuple(a for a in found.axes if a != self.sliced)
            found = replace(found, axes=axes)
            self.captured[name] = self.values[name] = found
        return found

    def names(self) -> list[str]:
        """Every name in reach."""
        return [*self.values, *(self.outer.names() if self.outer else ())]

    def taken(self, name: str) -> bool:
        """Whether the name is used, here or outside."""
        return name in self.values or (self.outer is not None and self.outer.taken(name))
