"""Wirings of boxes into a box, and one wiring put in place of a box of another.

The operad of wiring diagrams: Vagner, Spivak and Lerman 2015, Algebras of open dynamical systems on
the operad of wiring diagrams (arXiv 1408.1598). Outputs never hang on inputs at the same moment, so
that a loop of wires is no circle of definitions.
"""

from __future__ import annotations

from dataclasses import dataclass

Source = tuple[int, int]
"""Where a wire begins: a part and the place of its output; (OUTSIDE, place of an input)."""
OUTSIDE = -1
NOTHING: Source = (-2, 0)
"""No wire: what is read is 0."""


@dataclass(frozen=True)
class Face:
    """What is seen of a box: the types of its inputs and outputs, in order."""

    ins: tuple[str, ...]
    outs: tuple[str, ...]


@dataclass(frozen=True)
class Wiring:
    """Parts in an outer box. Every port that reads has one source of its own type, or none."""

    outer: Face
    parts: tuple[Face, ...]
    feeds: tuple[tuple[Source, ...], ...]
    """Of every part, the source of each input."""
    gives: tuple[Source, ...]
    """The source of each output of the outer box: a part's output."""

    def misfits(self) -> list[str]:
        """What is wrong with it, in words: wires between types, from nowhere, straight through."""
        found = []
        for k, part in enumerate(self.parts):
            pairs = zip(part.ins, self.feeds[k], strict=True)
            found += [f"input {j} of part {k}" for j, (kind, source) in enumerate(pairs)
                      if not self._fits(kind, source, through=True)]  # fmt: skip
        pairs = zip(self.outer.outs, self.gives, strict=True)
        return found + [f"output {j}" for j, (kind, source) in enumerate(pairs)
                        if not self._fits(kind, source, through=False)]  # fmt: skip

    def _fits(self, kind: str, source: Source, *, through: bool) -> bool:
        if source == NOTHING:
            return True
        part, place = source
        if part == OUTSIDE:
            return through and place < len(self.outer.ins) and self.outer.ins[place] == kind
        return part < len(self.parts) and self.parts[part].outs[place : place + 1] == (kind,)


def alone(face: Face) -> Wiring:
    """One part that fills the outer box: substituting it changes nothing."""
    feeds = tuple((OUTSIDE, j) for j in range(len(face.ins)))
    return Wiring(face, (face,), (feeds,), tuple((0, j) for j in range(len(face.outs))))


def substituted(whole: Wiring, place: int, inner: Wiring) -> Wiring:
    """The wiring with another one put in the place of a part, whose face it has.

    Raises:
        ValueError: the inner one's outer box is not that part.
    """
    if inner.outer != whole.parts[place]:
        raise ValueError(f"part {place} is {whole.parts[place]}, and what is put in {inner.outer}")
    n = len(inner.parts)

    def inside(source: Source) -> Source:
        """A source of the inner wiring that is a part, as a part of what is made."""
        return source if source == NOTHING else (place + source[0], source[1])

    def outside(source: Source) -> Source:
        """A source of the whole: the part that is replaced gives what its own parts give."""
        part, output = source
        if part < place:
            return source
        return inside(inner.gives[output]) if part == place else (part + n - 1, output)

    def within(source: Source) -> Source:
        """A source of an inner part: what comes from outside comes by the whole's wires."""
        return outside(whole.feeds[place][source[1]]) if source[0] == OUTSIDE else inside(source)

    feeds = [tuple(map(outside, one)) for one in whole.feeds]
    feeds[place : place + 1] = [tuple(map(within, one)) for one in inner.feeds]
    parts = (*whole.parts[:place], *inner.parts, *whole.parts[place + 1 :])
    return Wiring(whole.outer, parts, tuple(feeds), tuple(map(outside, whole.gives)))
