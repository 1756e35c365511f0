"""What a run yields: frames while networks and maps learn, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Frame, Result
from engines.contract.pictures import Picture, Table
from engines.geometry.aligning.found import Found
from engines.geometry.aligning.pictures import pictures_of


@dataclass(frozen=True)
class AlignmentFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before there is a map."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class AlignmentRun(Result):
    """Every map in every network."""

    found: Found

    def pictures(self) -> tuple[Picture, ...]:
        """Everything."""
        return pictures_of(self.found)
