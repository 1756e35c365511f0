"""What a run yields: frames while networks learn, and what was found, with its pictures."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Frame, Result
from engines.contract.pictures import Picture, Table
from engines.geometry.experts.found import Found
from engines.geometry.experts.pictures import pictures_of


@dataclass(frozen=True)
class ExpertsFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before networks have learnt."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class ExpertsRun(Result):
    """Experts asked a few at a time, learnt on with, and bricks taken out."""

    found: Found

    def pictures(self) -> tuple[Picture, ...]:
        """Everything."""
        return pictures_of(self.found)
