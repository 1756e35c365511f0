"""What a large wiring is shown by: its places, numbers with errors, and a raster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.large.raster import Raster
from engines.connectome.large.spec import LargeSpec
from engines.connectome.nulls.measured import Measures
from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table


@dataclass(frozen=True, eq=False)
class LargeFrame(Frame):
    """The layout as it settles: what is being done, and a coarse picture."""

    doing: str = ""
    raster: Raster | None = None


@dataclass(frozen=True, eq=False)
class Large(Result):
    """A large wiring, settled: float32[neuron, 2] places, degrees, groups, numbers with errors.

    ``numbers`` are (name, value, standard error, how) rows; ``rates`` float32[bin, group] spikes
    per second and neuron when spikes were asked for.
    """

    spec: LargeSpec
    title: str
    synthetic: bool
    xy: np.ndarray
    in_degree: np.ndarray
    out_degree: np.ndarray
    group: np.ndarray
    group_names: tuple[str, ...]
    number_names: tuple[str, ...]
    number_values: np.ndarray
    number_errors: np.ndarray
    number_how: tuple[str, ...]
    top: np.ndarray
    """int32: neurons with most partners."""
    top_names: tuple[str, ...]
    raster: Raster
    times_ms: np.ndarray
    rates: np.ndarray
    measures: Measures | None = None
    """Beside nulls, when there are any."""

    def pictures(self) -> tuple[Picture, ...]:
        """Numbers, degrees, the raster, and nulls and spikes if any."""
        table = {
            "": self.number_names,
            "value": self.number_values,
            "standard error": self.number_errors,
            "how": self.number_how,
        }
        made: list[Picture] = [Table(self.title, table), self.degree_picture()]
        if self.measures is not None:
            made += self.null_pictures(self.measures)
        if len(self.rates):
            made.append(self.rate_picture())
        return (*made, *self.raster.pictures())

    def null_pictures(self, measures: Measures) -> list[Picture]:
        """The measures beside their nulls, the rich club, strengths and motifs."""
        table = measures.table(self.spec.measures, self.title)
        strong = measures.strength.pictures()
        return [table, measures.rich_picture(), *strong, measures.motif_picture()]

    def degree_picture(self) -> Curves:
        """Share of neurons with more partners than k, both ways, k on a log scale of ten."""
        k = np.unique(
            np.logspace(0, np.log10(max(2, self.in_degree.max(initial=1))), 60).astype(int)
        )
        lines = {
            "in-degree": np.array([np.mean(self.in_degree > x) for x in k]),
            "out-degree": np.array([np.mean(self.out_degree > x) for x in k]),
        }
        x, y = Axis("log10 of degree"), Axis("share of neurons above")
        return Curves("Degrees", np.log10(k), lines, x, y)

    def rate_picture(self) -> Heatmap:
        """Spikes per second of each group through time."""
        n = len(self.times_ms)
        marks = tuple((float(k), f"{self.times_ms[k]:.0f}") for k in range(0, n, max(1, n // 6)))
        y, rate = Axis("group"), Axis("rate", "spikes/s")
        return Heatmap("Spikes", self.rates.T.astype(float), Axis("time", "ms", marks), y, rate)
