"""What a run yields: frames while networks learn, and what was found, with its pictures."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Frame, Result
from engines.contract.pictures import Picture, Table
from engines.geometry.timed_rsa.found import Found
from engines.geometry.timed_rsa.pictures import pictures_of


@dataclass(frozen=True)
class TimedFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before all moments are there."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class TimedRun(Result):
    """Models and ceilings at every moment."""

    found: Found

    def pictures(self) -> tuple[Picture, ...]:
        """Everything."""
        return pictures_of(self.found)
