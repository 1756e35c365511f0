"""Heights: every wire runs straight on a track of its own, and tracks only know their neighbours.

Whatever lies above something else at any moment is a constraint; the height of a track is its
longest path of constraints. So wires stay straight wherever nothing forces them to move, and equal
diagrams give equal pictures.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass
class Tracks:
    """Heights in rows, by track number; ``solve`` fills ``y``."""

    sinking: set[int] = field(default_factory=set)
    """Tracks that lie as low as what is below them allows."""
    below: list[dict[int, float]] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    n_unsolved: int = 0
    """Tracks whose constraints contradict one another; always 0 unless placing is wrong."""

    def new(self, *, sinking: bool = False) -> int:
        """A further track."""
        self.below.append({})
        number = len(self.below) - 1
        if sinking:
            self.sinking.add(number)
        return number

    def order(self, upper: int, lower: int, gap: float) -> None:
        """``lower`` is at least ``gap`` rows below ``upper``."""
        if upper == lower:
            return
        known = self.below[upper]
        if known.get(lower, -1.0) < gap:
            known[lower] = gap

    def solve(self) -> list[float]:  # noqa: C901 - one pass down, one up
        """Heights of all tracks, the topmost at 0."""
        n = len(self.below)
        waiting = [0] * n
        for gaps in self.below:
            for lower in gaps:
                waiting[lower] += 1
        y = [0.0] * n
        ready = deque(i for i in range(n) if not waiting[i])
        seen = []
        done = [False] * n
        self.n_unsolved = 0
        while len(seen) < n:
            if not ready:  # contradictory constraints: go on as if the rest were satisfied
                self.n_unsolved += 1
                ready.append(done.index(False))
            upper = ready.popleft()
            if done[upper]:
                continue
            done[upper] = True
            seen.append(upper)
            for lower, gap in self.below[upper].items():
                if y[upper] + gap > y[lower] and not done[lower]:
                    y[lower] = y[upper] + gap
                waiting[lower] -= 1
                if not waiting[lower]:
                    ready.append(lower)
        for track in reversed(seen):
            if track in self.sinking and self.below[track]:
                y[track] = min(y[low] - gap for low, gap in self.below[track].items())
        self.y = y
        return y
