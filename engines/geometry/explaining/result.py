"""What a run yields: frames while the network learns and is measured, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Frame, Result
from engines.contract.pictures import Picture, Table
from engines.geometry.explaining.found import Found
from engines.geometry.explaining.pictures import pictures_of


@dataclass(frozen=True)
class ExplainingFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before there are measurements."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class ExplainingRun(Result):
    """Models and ceilings at every noise."""

    found: Found

    def pictures(self) -> tuple[Picture, ...]:
        """Everything."""
        return pictures_of(self.found)
