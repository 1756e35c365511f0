"""What a run of merging yields: frames while networks learn, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Frame, Result
from engines.contract.pictures import Picture, Table
from engines.geometry.merging.found import Found
from engines.geometry.merging.pictures import pictures_of


@dataclass(frozen=True)
class MergingFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before there are networks to merge."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class PlacedFrame(Frame):
    """Some of the units in place."""

    found: Found
    moment: int

    def pictures(self) -> tuple[Picture, ...]:
        """The way with so many units in place."""
        return pictures_of(self.found, self.moment)


@dataclass(frozen=True, eq=False)
class MergingRun(Result):
    """All units in place, and everything else that was found."""

    found: Found

    def moments(self) -> tuple[Frame, ...]:
        """Units are put in place, the most alike first."""
        n = len(self.found.placed)
        return tuple(PlacedFrame(self.found, k, fraction=(k + 1) / n) for k in range(n))

    def pictures(self) -> tuple[Picture, ...]:
        """The last moment."""
        return pictures_of(self.found, len(self.found.placed) - 1)
