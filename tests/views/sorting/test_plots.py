"""Pictures for notebooks: the right elements, axes and numbers."""

from __future__ import annotations

import holoviews as hv
import numpy as np
import pytest

from engines.sorting import SortSpec, measure, simulate
from views.sorting.plots import (
    aggregation_curve,
    array_bars,
    error_curve,
    sortedness_curve,
    space_time_raster,
)


@pytest.fixture(scope="module", autouse=True)
def bokeh_backend():
    hv.extension("bokeh", logo=False)


@pytest.mark.parametrize(
    ("curve", "name", "of", "unit"),
    [
        (sortedness_curve, "sortedness", "sortedness", "%"),
        (aggregation_curve, "aggregation", "aggregation", None),
        (error_curve, "error", "error", "descents"),
    ],
)
def test_curves_have_a_point_per_swap(trajectory, curve, name, of, unit):
    drawn = curve(trajectory)
    assert isinstance(drawn, hv.Curve)
    assert [d.name for d in drawn.dimensions()] == ["swap", name]
    assert drawn.get_dimension(name).unit == unit
    np.testing.assert_array_equal(drawn.dimension_values("swap"), np.arange(trajectory.n_steps + 1))
    np.testing.assert_allclose(drawn.dimension_values(name), measure(trajectory, of))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_every_cell_is_one_bar_at_its_position_and_value(trajectory, share):
    step = int(share * trajectory.n_steps)
    drawn = array_bars(trajectory, step)
    order = trajectory.at(step).order
    bars = {}
    for name, layer in drawn.items():
        for position, value in zip(
            layer.dimension_values("position"), layer.dimension_values("value"), strict=True
        ):
            bars[int(position)] = (name, value)
    kinds = ("bubble", "insertion", "selection")
    assert bars == {
        k: (kinds[trajectory.algotype[cell]], trajectory.value[cell])
        for k, cell in enumerate(order)
    }


@pytest.mark.parametrize("n_columns", [600, 7])
def test_the_raster_shows_the_rank_at_every_place_and_time(trajectory, n_columns):
    drawn = space_time_raster(trajectory, n_columns)
    assert [d.name for d in drawn.dimensions()] == ["swap", "position", "rank"]
    shown = drawn.dimension_values("rank", flat=False)
    n_shown = min(n_columns, trajectory.n_steps + 1)
    assert shown.shape == (trajectory.n_cells, n_shown)
    steps = np.linspace(0, trajectory.n_steps, n_shown).astype(int)
    positions = drawn.dimension_values("position", expanded=False)
    for column in (0, n_shown // 2, n_shown - 1):
        order = trajectory.at(int(steps[column])).order
        found = dict(zip(np.floor(positions).astype(int), shown[:, column], strict=True))
        assert found == dict(enumerate(trajectory.rank[order].tolist()))


def test_pictures_render_as_figures(trajectory):
    for drawn in (sortedness_curve(trajectory), array_bars(trajectory, 0)):
        assert hv.render(drawn).renderers
    raster = hv.render(space_time_raster(trajectory))
    assert raster.y_range.start > raster.y_range.end  # the first position is at the top


def test_an_array_of_one_cell_has_pictures_too():
    run = simulate(SortSpec(n_cells=1))
    assert len(sortedness_curve(run)) == 1
    assert space_time_raster(run).dimension_values("rank").tolist() == [0]
