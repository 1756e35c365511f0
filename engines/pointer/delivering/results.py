"""What a run of vehicle routing shows: routes on their way, and every method's cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.pointer.delivering.asked import VehiclesSpec
from engines.pointer.delivering.pictures import (
    comparison,
    cost_against_time,
    loads_of,
    notes,
    routes_in_colours,
)
from engines.pointer.delivering.progress import Progress
from engines.pointer.delivering.routes import routes_of
from engines.pointer.instances.vrplib import solution_text


@dataclass(frozen=True, eq=False)
class RoutesFrame(Frame):
    """Routes after a step, and what all methods have reached."""

    spec: VehiclesSpec
    points: np.ndarray
    """float64[node, 2], the depot first."""
    demand: np.ndarray
    """float64[node]."""
    capacity: float
    name: str
    """What was done last."""
    visits: np.ndarray
    """int64[stop]: customers from 1, 0 for the depot."""
    cost: float
    progress: Progress

    def pictures(self) -> tuple[Picture, ...]:
        """The routes, cost against time, the loads, the comparison."""
        return (
            routes_in_colours(self),
            cost_against_time(self.progress, self.spec),
            loads_of(self),
            comparison(self.progress),
        )


@dataclass(frozen=True, eq=False)
class Vehicles(Result):
    """The routes, how they came about, and how others fared."""

    spec: VehiclesSpec
    title: str
    points: np.ndarray
    """float64[node, 2] in their own coordinates, the depot first."""
    demand: np.ndarray
    """float64[node]."""
    capacity: float
    names: tuple[str, ...]
    """What was done, step by step."""
    visits: np.ndarray
    """int32[step, stop]: customers from 1, 0 for the depot; zeros at the end wait there."""
    costs: np.ndarray
    """float64[step], as the metric measures."""
    progress: Progress
    sample: np.ndarray
    """float64[instance]: costs of savings, then 2-opt and Or-opt, on many instances drawn as
    published ones are; empty for other settings."""
    spreads: np.ndarray
    """float64[instance]: how far apart the costs of savings are in the square's symmetries."""
    notices: tuple[str, ...]

    @property
    def routes(self) -> tuple[np.ndarray, ...]:
        """The last routes: customers from 1, in order."""
        return tuple(routes_of(self.visits[-1].astype(np.int64)))

    @property
    def cost(self) -> float:
        """Of the last routes."""
        return float(self.costs[-1])

    @property
    def solution(self) -> str:
        """The last routes as a CVRPLIB solution."""
        return solution_text(self.routes, self.cost)

    def moments(self) -> tuple[Frame, ...]:
        """A moment for each step."""
        return tuple(self.moment(k) for k in range(len(self.names)))

    def moment(self, k: int) -> RoutesFrame:
        """The routes after step ``k``."""
        return RoutesFrame(
            self.spec, self.points, self.demand, self.capacity, self.names[k],
            self.visits[k].astype(np.int64), float(self.costs[k]), self.progress,
            fraction=(k + 1) / len(self.names),
        )  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """Those of the last moment, and the tables."""
        last = self.moment(len(self.names) - 1)
        return (*last.pictures(), *notes(self.progress, self.notices))
