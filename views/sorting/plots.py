"""Pictures of a run for notebooks and papers: data in, HoloViews out."""

from __future__ import annotations

import holoviews as hv
import numpy as np

from engines.sorting.model import ALGOTYPES, Trajectory
from views.kit.theme import series


def sortedness_curve(trajectory: Trajectory) -> hv.Curve:
    """Percent of cells that follow the order, per swap."""
    return _curve(trajectory, trajectory.sortedness(), hv.Dimension("sortedness", unit="%"))


def aggregation_curve(trajectory: Trajectory) -> hv.Curve:
    """Share of cells whose right neighbour has the same algotype, per swap."""
    return _curve(trajectory, trajectory.aggregation(), hv.Dimension("aggregation"))


def error_curve(trajectory: Trajectory) -> hv.Curve:
    """Monotonicity error (descents) per swap."""
    return _curve(trajectory, trajectory.errors, hv.Dimension("error", unit="descents"))


def array_bars(trajectory: Trajectory, step: int) -> hv.NdOverlay:
    """The array after ``step`` swaps: height is value, colour is algotype."""
    state = trajectory.at(step)
    kinds = state.algotype[state.order]
    values = trajectory.value[state.order]
    layers = {}
    for code, name in enumerate(ALGOTYPES):
        here = np.flatnonzero(kinds == code)
        if len(here):
            spikes = hv.Spikes((here, values[here]), "position", "value", label=name)
            layers[name] = spikes.opts(color=series()[code], line_width=3)
    return hv.NdOverlay(layers, kdims="algotype")


def space_time_raster(trajectory: Trajectory, n_columns: int = 600) -> hv.Image:
    """Rank of the cell at every position (top is the first) against swaps."""
    steps = np.linspace(0, trajectory.n_steps, min(n_columns, trajectory.n_steps + 1)).astype(int)
    ranks = np.stack([trajectory.rank[trajectory.at(int(s)).order] for s in steps], axis=1)
    bounds = (0, 0, max(1, trajectory.n_steps), trajectory.n_cells)
    image = hv.Image(ranks[::-1], kdims=["swap", "position"], vdims="rank", bounds=bounds)
    image.opts(cmap="viridis", invert_yaxis=True, colorbar=True)
    return image


def _curve(trajectory: Trajectory, values: np.ndarray, dimension: hv.Dimension) -> hv.Curve:
    return hv.Curve((np.arange(trajectory.n_steps + 1), values), "swap", dimension)
