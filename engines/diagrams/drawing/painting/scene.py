"""The picture as marks: paths, boxes, circles and words, each with what it stands for.

Every renderer reads this one list, so the page, SVG, TikZ and HTML cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from engines.diagrams.drawing.layout.text import Run

LAYERS = ("fence", "tint", "wire", "glyph", "text")


@dataclass(slots=True)
class Mark:
    """One shape.

    ``tag`` is path, rect, circle, polygon or text; ``role`` says what it stands for and so how it
    looks; ``axis``, ``value``, ``path`` say of what.
    """

    tag: str
    role: str
    shape: dict[str, float | str]
    runs: tuple[Run, ...] = ()
    axis: str = ""
    value: str = ""
    path: str = ""
    layer: str = "wire"


@dataclass
class Scene:
    """Marks in drawing order, and how large they are together."""

    marks: list[Mark] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    floors: list[float] = field(default_factory=list)
    """Where the room begins that was left free below each line; empty when none was."""

    def count(self, role: str) -> int:
        """How many marks have this role."""
        return sum(mark.role == role for mark in self.marks)


@lru_cache(maxsize=1 << 16)
def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
