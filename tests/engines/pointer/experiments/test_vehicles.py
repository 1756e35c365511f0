"""Vehicle routing: what a run shows, what it claims, and what it says of odd input."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import InputError, SpecError
from engines.pointer import VehiclesSpec, vehicles
from engines.pointer.delivering import rivals
from engines.pointer.delivering.instances import fields_of, instance_of
from engines.pointer.delivering.results import RoutesFrame
from engines.pointer.delivering.routes import check_routes
from engines.pointer.experiments.routing.vehicles import EXPERIMENT
from engines.pointer.instances.vrplib import CvrpInstance, read_solution

TEXT = """TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 0 10
3 10 10
4 10 0
DEMAND_SECTION
1 0
2 5
3 4
4 6
DEPOT_SECTION
1
-1
EOF
"""
MATRIX = """TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : LOWER_ROW
CAPACITY : 9
EDGE_WEIGHT_SECTION
3
4 5
DEMAND_SECTION
1 2
2 0
3 7
DEPOT_SECTION
2
-1
EOF
"""


@pytest.fixture(scope="module")
def run():
    spec = VehiclesSpec(n_customers=10, capacity=20.0, n_instances=12, n_stages=1)
    return EXPERIMENT.result(spec)


def test_no_method_is_cheaper_than_the_exact_one(run):
    assert run.progress.names == ("savings", "sweep", "nearest", "sweep ×8", "exact")
    exact = run.progress.after("exact", 0)
    assert (np.nanmin(run.progress.costs, axis=(0, 2)) >= exact - 1e-9).all()


def test_moments_lead_from_the_start_to_the_last_routes(run):
    moments = run.moments()
    assert [m.name for m in moments] == ["start", "in routes", "between", "windows 1"]
    for m in moments:
        check_routes(instance_of(run.spec), m.visits)
    assert (np.diff(run.costs) <= 1e-9).all()
    assert run.cost == pytest.approx(moments[-1].cost)


def test_every_leg_is_drawn_once_and_every_load_is_a_bar(run):
    shown = run.pictures()
    legs = sum(
        int((np.isfinite(y[1:]) & np.isfinite(y[:-1])).sum())
        for name, y in shown[0].lines.items() if name != "depot"
    )  # fmt: skip
    assert legs == 10 + len(run.routes)
    dots = sum(int(np.isfinite(y).sum()) for y in shown[0].dots.values())
    assert dots == 10
    assert shown[2].heights.sum() == pytest.approx(100 * run.demand.sum() / run.capacity)
    assert shown[2].heights.max() <= 100 + 1e-9


def test_claims_are_judged_with_enough_instances_only(run):
    assert len(EXPERIMENT.findings(run)) == 5
    few = vehicles(n_customers=12, n_instances=1, n_stages=0)
    assert [f.word for f in EXPERIMENT.findings(few)] == ["holds"]  # lengths do not turn


def test_published_means_are_met_where_customers_are_drawn_as_theirs():
    spec = VehiclesSpec(n_customers=20, capacity=30.0, n_instances=2, n_stages=0)
    found = EXPERIMENT.result(spec)
    assert len(found.sample) == 1_000
    assert "AM (published)" in found.pictures()[1].lines
    (savings,) = [f for f in EXPERIMENT.findings(found) if "attention" in f.sentence]
    # Kool et al. 2019, Table 1: 6.40.
    assert savings.control is not None
    assert savings.control.value == 6.40
    assert not len(EXPERIMENT.result(spec.replace(depot="corner", n_instances=1)).sample)


def test_equal_specs_give_equal_routes(run):
    again = EXPERIMENT.result(run.spec)
    assert again.visits.tolist() == run.visits.tolist()
    assert again.progress.costs.tobytes() == run.progress.costs.tobytes()


def test_a_solution_goes_out_and_comes_back_beside_ours(run):
    solution = run.solution
    assert solution.endswith(f"Cost {run.cost:.12g}\n")
    visits = read_solution(solution, 10)
    again = vehicles(solution=solution, **run.spec.replace(n_instances=1).changes())
    assert again.progress.after("own routes", 0)[0] == pytest.approx(run.cost)
    assert again.spec.brought == tuple(visits.tolist())


def test_a_solution_that_overloads_a_vehicle_is_refused():
    with pytest.raises(InputError, match="vehicle 1 carries 15 and takes 10"):
        vehicles(TEXT, solution="Route #1: 1 2 3")


def test_a_file_is_measured_as_it_says():
    found = vehicles(TEXT, n_stages=0)
    # Capacity 10 takes 5 + 4 or 4 + 6: 0-1-2-0 is 10 + 10 + 14 and 0-3-0 is 20, rounded.
    assert found.cost == 54.0
    assert vehicles(MATRIX, n_stages=0).cost == 3 + 4 + 5


def test_one_vehicle_that_can_bring_all_says_so():
    found = vehicles(np.random.default_rng(0).random((6, 2)), np.ones(5), capacity=5.0, n_stages=0)
    assert "One vehicle can bring everything" in found.notices[0]
    assert len(found.routes) == 1


def test_all_on_one_place_cost_nothing():
    found = vehicles([[1, 1]] * 5, [3.0] * 4, capacity=6.0, n_stages=1)
    assert (found.cost, len(found.routes)) == (0.0, 4)
    assert "lie on one place" in found.notices[0]
    assert found.pictures()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"capacity": 8.0}, "demands are drawn to 9, a vehicle must take that; got 8"),
        ({"capacity": 0.0}, "Capacity"),
        ({"n_customers": 1_001}, "Customers"),
        ({"points": ((0.0, 0.0),) * 3, "demands": (1.0,)}, "2 customers need as many, got 1"),
        ({"points": ((0.0, 0.0),) * 3, "demands": (1.0, 0.0)}, "customer 2 wants 0"),
        ({"points": ((0.0, 0.0),) * 3, "demands": (1.0, 41.0)}, "customer 2 wants 41 and a"),
        ({"points": ((0.0, 0.0),), "demands": ()}, "a depot and no customer"),
        ({"points": ((0.0, 0.0),) * 10_002, "demands": (1.0,) * 10_001}, "at most 10,000"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(fields, told):
    with pytest.raises(SpecError, match=told):
        VehiclesSpec(**fields)


def test_rivals_are_given_whole_numbers_that_keep_what_fits():
    demand = np.array([0.0, 1 / 3, 1 / 3, 1 / 3])
    thirds = CvrpInstance("thirds", "plane", np.eye(4)[:, :2], demand, 1.0)
    loads, capacity = rivals._whole_loads(thirds)
    assert sum(loads) <= capacity + len(loads)
    whole = CvrpInstance("whole", "EUC_2D", np.eye(4)[:, :2] * 5, np.array([0, 2, 3, 4.0]), 6.0)
    assert rivals._whole_loads(whole) == ([0, 2, 3, 4], 6)
    assert rivals._whole_distances(whole)[0, 1] == 7


@pytest.mark.skipif(not rivals.installed(), reason="neither PyVRP nor OR-tools is installed")
@pytest.mark.parametrize("name", sorted(rivals.installed()))
def test_rivals_return_solutions_that_cost_at_least_the_exact_ones(name):
    found = vehicles(n_customers=8, capacity=20.0, n_instances=1, rival_seconds=0.2, n_stages=0)
    rival, exact = found.progress.after(name, 0), found.progress.after("exact", 0)
    assert rival[0] >= exact[0] - 1e-9


def test_frames_come_before_the_result_and_hold_four_pictures():
    spec = VehiclesSpec(n_customers=9, capacity=20.0, n_instances=1, n_stages=1)
    items = list(EXPERIMENT.frames(spec))
    assert all(isinstance(item, RoutesFrame) for item in items[:-1])
    assert {len(item.pictures()) for item in items[:-1]} == {4}


def test_an_instance_and_its_fields_are_one():
    spec = VehiclesSpec(n_customers=12, n_instances=1)
    own = VehiclesSpec(**fields_of(instance_of(spec)))
    assert instance_of(own).points.tolist() == instance_of(spec).points.tolist()
    assert instance_of(own).demand.tolist() == instance_of(spec).demand.tolist()
