"""What a run of dictionaries yields: what is under way, and what was found, with its pictures."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Frame, Result
from engines.contract.pictures import Picture, Table
from engines.geometry.dictionaries.found import Found
from engines.geometry.dictionaries.pictures import START, pictures_of


@dataclass(frozen=True)
class DictionaryFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before there is a dictionary."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class DictionaryRun(Result):
    """What was found in all networks, and one of them to look into."""

    found: Found

    def pictures(self, latent: int | None = None, strength: float = START) -> tuple[Picture, ...]:
        """All pictures, one latent looked into and added with a strength."""
        return pictures_of(self.found, self.latent(latent), strength)

    def latent(self, asked: int | None) -> int:
        """The latent that is asked for, or the one that the page opens with."""
        return self.found.first_latent() if asked is None else asked
