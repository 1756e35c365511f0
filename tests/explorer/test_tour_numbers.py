"""What the tours of the sorting workbench say in numbers is what their runs give."""

from __future__ import annotations

import pytest

from engines.running import registry
from engines.sorting import SortSpec, ensemble, inversions, simulate
from engines.sorting.model import Trajectory
from explorer.sessions import spec_from_fields
from explorer.tours import tours
from views.sorting.variations import variations


def runs_of(name: str, step: int) -> list[Trajectory]:
    """The arrays that a step shows, counted from one."""
    shown = tours()[name].steps[step - 1]
    base = registry.experiment("sorting/run").default()
    spec, _ = spec_from_fields(base, shown.fields or {})
    assert isinstance(spec, SortSpec)
    comparison = str(shown.selection.get("compare", "one array"))
    return [simulate(run) for _, run in variations(spec, comparison)]


def test_a_whole_array_makes_as_many_swaps_it_has_inversions():
    (run,) = runs_of("break-three", 1)
    assert (run.n_swaps, int(run.errors[-1])) == (inversions(run.rank), 0) == (863, 0)


def test_three_walls_leave_five_errors_whoever_acts():
    (run,) = runs_of("break-three", 2)
    assert int(run.errors[-1]) == 5
    assert not run.frozen[12]
    assert run.moves[12] > 0
    arrays = runs_of("break-three", 5)
    assert len(arrays) == 4
    assert {(each.n_swaps, int(each.errors[-1])) for each in arrays} == {(268, 5)}


def test_movable_frozen_cells_leave_one_error():
    (run,) = runs_of("break-three", 6)
    assert int(run.errors[-1]) == 1


def test_every_scheduler_makes_the_same_number_of_swaps():
    assert {run.n_swaps for run in runs_of("hidden-scheduler", 2)} == {863}


@pytest.mark.parametrize(
    ("fields", "measure", "said", "within"),
    [
        ({"algotypes": "bubble", "n_frozen": 3}, "final_error", 5.4, 0.25),
        ({"algotypes": "insertion", "n_frozen": 2}, "final_error", 3.6, 0.2),
        ({"algotypes": "selection", "n_frozen": 3}, "final_error", 2.9, 0.15),
        ({"algotypes": "bubble"}, "dg_net", 0.24, 0.01),
        ({"algotypes": "bubble", "scheduler": "uniform"}, "dg_net", 0.38, 0.015),
        ({"algotypes": "selection"}, "n_swaps", 1110, 25),
        ({"algotypes": "selection", "scheduler": "uniform"}, "n_swaps", 1000, 25),
        ({"algotypes": ["bubble", "selection"]}, "peak_aggregation", 0.72, 0.01),
        ({"algotypes": ["bubble", "selection"]}, "null_peak", 0.61, 0.012),
        (
            {"algotypes": ["bubble", "selection"], "scheduler": "uniform"},
            "peak_aggregation",
            0.67,
            0.012,
        ),
    ],
)
def test_means_are_those_of_a_hundred_runs(fields, measure, said, within):
    numbers = getattr(ensemble(SortSpec(**fields), 100), measure)
    assert abs(float(numbers.mean()) - said) <= within


def test_equal_values_let_kinds_stay_together():
    many = ensemble(SortSpec(algotypes=["bubble", "selection"], value_mode="duplicates"), 100)
    assert abs(float(many.aggregation[-1]) - 0.67) < 0.01
