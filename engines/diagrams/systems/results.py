"""What a run of wired boxes gives: trajectories, and how far they are from what they should be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.diagrams.systems.asked import SystemsSpec

_LINES_MAX = 8
_TIME = Axis("time, as the equations have it")


def course(title: str, times: np.ndarray, names: tuple[str, ...], states: np.ndarray) -> Curves:
    """The first eight states against time."""
    shown = dict(zip(names[:_LINES_MAX], states[:_LINES_MAX], strict=True))
    more = f", the first {_LINES_MAX} of {len(names)}" if len(names) > _LINES_MAX else ""
    return Curves(f"{title}{more}", times, shown, _TIME, Axis("state"), large=True)


@dataclass(frozen=True, eq=False)
class SystemsFrame(Frame):
    """A run so far."""

    times: np.ndarray
    names: tuple[str, ...]
    states: np.ndarray
    """float64[state, time]; nan where it has not come."""

    def pictures(self) -> tuple[Picture, ...]:
        """States against time, and the first two against each other."""
        drawn = [course("States of all boxes", self.times, self.names, self.states)]
        if len(self.names) > 1:
            one, other = self.names[:2]
            drawn.append(Curves("The first two against each other", self.states[0],
                                {other: self.states[1]}, Axis(one), Axis(other)))  # fmt: skip
        return tuple(drawn)


@dataclass(frozen=True, eq=False)
class SystemsResult(Result):
    """A whole run, with what it was held against."""

    spec: SystemsSpec
    times: np.ndarray
    """float64[time]."""
    names: tuple[str, ...]
    """Of all states, by the path of their box."""
    states: np.ndarray
    """float64[state, time]: of all boxes wired at one level; nan once they left all bounds."""
    whole: np.ndarray
    """float64[state, time]: the same with no wire cut."""
    n_systems: int
    """Systems within the system that runs."""
    nested_apart: float
    """Largest distance of the run level by level."""
    one_apart: float
    """Largest distance of Lotka and Volterra's equations in one box by LSODA; nan for others."""
    near_apart: float
    """The same where the one box has hares that grow faster by a millionth."""
    cut_apart: float
    """Largest distance to the run with one wire less."""
    lawful: int
    """Of the random wirings, how many keep all laws of substitution."""
    forgetful: int
    """The same for a substitution that loses wires from a part to itself."""
    ended: float
    """When states left all bounds; inf where they did not."""

    def state(self, name: str) -> np.ndarray:
        """float64[time]: one state by its name.

        Raises:
            KeyError: there is none of this name.
        """
        if name not in self.names:
            raise KeyError(f"there is no state {name!r}; there are: {', '.join(self.names)}")
        return self.states[self.names.index(name)]

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film."""
        ends = np.linspace(len(self.times) // 60, len(self.times), 60).round().astype(int)
        return tuple(
            SystemsFrame(self.times, self.names, until(self.states, end),
                         fraction=(k + 1) / len(ends))
            for k, end in enumerate(ends)
        )  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """The run, the same with all wires where some are cut, and what was asked."""
        drawn = SystemsFrame(self.times, self.names, self.states).pictures()
        whole = course("The same with every wire", self.times, self.names, self.whole)
        return (*drawn, *((whole,) if self.spec.cut else ()), self.table())

    def table(self) -> Table:
        """Distances and counts."""
        n = self.spec.n_wirings
        rows = {
            "largest distance of the run level by level": f"{self.nested_apart:.2g}",
            "largest distance of one box": f"{self.one_apart:.2g}",
            "one box, a rate off by a millionth": f"{self.near_apart:.2g}",
            "largest distance with one wire less": f"{self.cut_apart:.2g}",
            "random wirings that keep the laws": f"{self.lawful:,} of {n:,}",
            "without wires from a part to itself": f"{self.forgetful:,} of {n:,}",
            "left all bounds at time": f"{self.ended:.4g}",
        }
        known = {name: said for name, said in rows.items() if said not in ("nan", "inf")}
        return Table("What it was held against",
                     {"what": tuple(known), "figure": tuple(known.values())})  # fmt: skip


def until(states: np.ndarray, end: int) -> np.ndarray:
    """float64[state, time]: the first so many moments, nan behind."""
    shown = np.full_like(states, np.nan)
    shown[:, :end] = states[:, :end]
    return shown
