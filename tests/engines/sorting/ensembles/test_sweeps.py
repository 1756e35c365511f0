"""Maps of settings: every cell is the ensemble it says."""

from __future__ import annotations

import numpy as np
import pytest

from engines.boundary import codec
from engines.contract import SpecError
from engines.running.spread import through
from engines.sorting import AlgotypeShare, SortSpec, SweepSpec, ensemble, sweep
from engines.sorting.ensembles.sweep_knobs import KNOBS
from engines.sorting.ensembles.sweeps import frames_of

TWO = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection"))
SMALL = SweepSpec(
    run=SortSpec(n_cells=24, algotypes=TWO, seed=2), n_runs=6, n_x=3, n_y=2, measure="swaps"
)


def test_a_cell_is_the_ensemble_of_its_setting():
    found = sweep(SMALL)
    for row in range(2):
        for column in range(3):
            many = ensemble(SMALL.at(column, row), 6)
            assert found.mean[row, column] == many.n_swaps.mean()
            assert found.deviation[row, column] == pytest.approx(many.n_swaps.std(ddof=1))
            assert found.sorted_runs[row, column] == many.stops().get("sorted", 0)


def test_movable_damage_leaves_more_error_the_more_there_is():
    spec = SweepSpec(
        run=SortSpec(n_cells=40), measure="final error", n_runs=30,
        x_knob="cells", x_from=40, x_to=40, n_x=1, y_knob="frozen cells", y_from=0, y_to=6, n_y=4,
    )  # fmt: skip
    error = sweep(spec).mean[:, 0]
    assert error[0] == 0.0
    assert (np.diff(error) > 0).all()


def test_a_kind_that_is_rare_gathers_less():
    """The composition null grows towards the borders, the peak above it shrinks."""
    found = sweep(SMALL.replace(measure="peak aggregation above its null", n_runs=40, n_y=3))
    assert (found.mean[1] > found.mean[0]).all()
    assert (found.mean[1] > found.mean[2]).all()


@pytest.mark.parametrize("name", list(KNOBS))
def test_every_knob_sets_what_it_says(name):
    knob = KNOBS[name]
    run = SortSpec(n_cells=20, algotypes=TWO)
    value = {"share of the second algotype": 30.0, "cells": 12.0}.get(name, max(2.0, knob.least))
    changed = knob.set(run, value)
    assert changed != run
    shown = changed.changes()
    wanted = {
        "mean burst": ("mean_burst", 2.0),
        "frozen cells": ("n_frozen", 2),
        "cells": ("n_cells", 12),
        "copies": ("n_copies", 2),
        "nudges to unfreeze": ("nudges_to_unfreeze", 2),
        "action failure": ("action_failure", 0.02),
        "sensing noise": ("sensing_noise", 0.02),
        "swaps before the switch": ("switch_at", 2),
        "share that switches": ("switch_fraction", 0.02),
    }
    if name in wanted:
        field, expected = wanted[name]
        assert shown[field] == pytest.approx(expected)
    else:
        assert [share.n_cells for share in changed.algotypes] == [14, 6]


def test_whole_knobs_take_no_value_twice_and_ratios_are_even():
    spec = SMALL.replace(x_knob="frozen cells", x_from=0, x_to=3, n_x=10)
    assert spec.values("x").tolist() == [0, 1, 2, 3]
    bursts = SMALL.replace(x_from=1, x_to=64, n_x=7).values("x")
    np.testing.assert_allclose(bursts[1:] / bursts[:-1], 2.0)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"y_knob": "mean burst"}, "both axes change the mean burst"),
        ({"x_from": 0.0}, "mean burst goes from 1 to 1000 activations, got 0 to 50"),
        ({"x_knob": "sensing noise", "x_to": 80.0}, "sensing noise goes from 0 to 50 %"),
    ],
)
def test_axes_that_make_no_map_are_refused(fields, says):
    with pytest.raises(SpecError, match=says):
        SMALL.replace(**fields)


def test_a_share_needs_two_algotypes():
    with pytest.raises(SpecError, match="needs a mixture of two; this run has 1"):
        sweep(SMALL.replace(run=SortSpec(n_cells=20)))


def test_a_setting_that_does_not_exist_is_refused_before_anything_runs():
    spec = SMALL.replace(x_knob="frozen cells", x_from=0, x_to=40, n_x=3)
    with pytest.raises(SpecError, match="frozen"):
        next(frames_of(spec))


def test_the_map_fills_up_and_can_be_computed_in_any_order():
    *frames, found = frames_of(SMALL)
    n_known = [int(np.isfinite(frame.mean).sum()) for frame in frames]
    assert n_known == [1, 2, 3, 4, 5]

    def backwards(function, items):
        for k in reversed(range(len(items))):
            yield k, function(items[k])

    with through(backwards):
        *_, other = frames_of(SMALL)
    assert codec.pack(other) == codec.pack(found)
    assert codec.unpack(codec.pack(found)).pictures()
