"""What was found of one-way tours, and its pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Bars, Heatmap, Picture, Table
from engines.lab.statistics import half_widths
from engines.pointer.cities.city import triangle_share
from engines.pointer.cities.pictures import city_map
from engines.pointer.instances.tour_files import tour_text
from engines.pointer.ways.asked import Asked, WaysSpec

MATRIX_SHOWN = 100


@dataclass(frozen=True, eq=False)
class Found:
    """Costs so far, and the first instance with its tours."""

    spec: WaysSpec
    first: Asked
    names: tuple[str, ...]
    tours: np.ndarray
    """int64[method, place] of the first instance."""
    costs: np.ndarray
    """float64[method, instance]."""
    bounds: np.ndarray
    """float64[instance]: of the assignment."""
    milliseconds: np.ndarray
    """float64[method, instance]."""
    asymmetries: np.ndarray
    """float64[instance]."""

    @property
    def above(self) -> np.ndarray:
        """Per cent above the bound: float64[method, instance]; nan where that is nothing."""
        bounds = np.where(self.bounds > 0, self.bounds, np.nan)
        return 100 * (self.costs / bounds - 1.0)

    @property
    def best(self) -> int:
        """Which method has the cheapest tour of the first instance."""
        return int(self.costs[:, 0].argmin())

    @property
    def name(self) -> str:
        """What is toured."""
        return self.spec.title or ("A table" if self.spec.table else "A one-way city")

    @property
    def tour_file(self) -> str:
        """The best tour of the first instance as TSPLIB writes it."""
        return tour_text(self.name, self.tours[self.best], float(self.costs[self.best, 0]))

    def pictures(self) -> tuple[Picture, ...]:
        """Tours on the map or in the table, what they cost, and how unlike there and back are."""
        city, stops = self.first.city, self.first.stops
        drawn: list[Picture] = []
        if city is not None:
            known = {self.names[self.best]: self.tours[self.best]}
            city_drawn = city_map(city, stops, known)
            drawn.append(replace(city_drawn, title="The first city, its best tour", large=True))
        if len(stops) <= MATRIX_SHOWN:
            drawn.append(self._matrix())
        return (*drawn, self._above(), self._table())

    def _matrix(self) -> Heatmap:
        tour = self.tours[self.best]
        step = -(-len(tour) // 8)
        ticks = tuple((k + 0.5, str(tour[k] + 1)) for k in range(0, len(tour), step))
        return Heatmap(
            "Ways, in the order of the best tour",
            self.first.between[np.ix_(tour, tour)], Axis("to stop", ticks=ticks),
            Axis("from stop", ticks=ticks), Axis("cost"), square=True,
        )  # fmt: skip

    def _above(self) -> Bars:
        above = self.above
        mean = above.mean(axis=1)
        half = half_widths(above) if above.shape[1] > 1 else np.zeros(len(mean))
        ticks = tuple((float(k), name) for k, name in enumerate(self.names))
        n = above.shape[1]
        title = f"{n} cities, above the bound (95 %)" if n > 1 else "Above the bound"
        return Bars(
            title, mean, Axis("", ticks=ticks), Axis("above the bound", "%"),
            whiskers=(mean - half, mean + half),
        )  # fmt: skip

    def _table(self) -> Table:
        told = f"{self.name}: asymmetry {self.asymmetries[0]:.3f}, triangle inequality holds for "
        told += f"{100 * triangle_share(self.first.between):.1f} % of triples"
        return Table(
            told,
            {
                "found by": self.names,
                "cost": self.costs[:, 0],
                "above bound, %": self.above[:, 0],
                "mean above, %": self.above.mean(axis=1),
                "ms": self.milliseconds.mean(axis=1),
            },
        )


@dataclass(frozen=True, eq=False)
class WaysFrame(Frame):
    """What has been found so far."""

    found: Found

    def pictures(self) -> tuple[Picture, ...]:
        """Those of what has come."""
        return self.found.pictures()


@dataclass(frozen=True, eq=False)
class Ways(Result):
    """Everything that was asked for."""

    spec: WaysSpec
    found: Found

    def pictures(self) -> tuple[Picture, ...]:
        """Map or table, costs, and figures."""
        return self.found.pictures()
