"""Frames and results that hold looks, for the generic view."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Picture
from engines.diagrams.arms.looks import Looks


@dataclass(frozen=True, eq=False)
class ArmsFrame(Frame):
    """A comparison so far."""

    looks: Looks

    def pictures(self) -> tuple[Picture, ...]:
        """By condition now, and up to here."""
        return self.looks.pictures()


@dataclass(frozen=True, eq=False)
class ArmsResult(Result):
    """A whole comparison."""

    spec: Spec
    looks: Looks

    @property
    def seed(self) -> int:
        """Of the spec."""
        return int(getattr(self.spec, "seed", 0))

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        return film(self.looks)

    def pictures(self) -> tuple[Picture, ...]:
        """By condition, while they learn, and in numbers."""
        tables = (self.looks.table(name) for name in self.looks.plan.measures)
        return (*self.looks.pictures(), *tables)


def film(looks: Looks) -> tuple[Frame, ...]:
    """A frame per look."""
    n = len(looks.steps)
    return tuple(ArmsFrame(looks.until(k), fraction=k / n) for k in range(1, n + 1))
