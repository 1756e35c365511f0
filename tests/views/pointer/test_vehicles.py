"""The page of vehicle routing: files of customers and solutions come, and solutions go."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.pointer import VehiclesSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.kit.catalog import view_type
from views.pointer.vehicles import VehiclesView

ROWS = b"0,0,0\n1,0,4\n1,1,5\n0,1,6\n"


@pytest.fixture
def view():
    spec = VehiclesSpec(n_customers=9, capacity=20.0, n_instances=1, n_stages=1)
    made = view_type("pointer/vehicles")("pointer/vehicles", InProcess(), spec=spec)
    result = registry.experiment("pointer/vehicles").result(spec)
    made.result = result
    made._job = SimpleNamespace(spec=spec)
    made.show_result(result, SimpleNamespace(spec=spec))
    made.run = lambda: None
    return made


def test_the_routes_have_the_room_of_two_pictures(view):
    assert isinstance(view, VehiclesView)
    assert view.pictures.large
    assert view.heading.detail.startswith("from savings: cost ")


def test_own_customers_come_and_go(view):
    view._brought("mine.csv", ROWS)
    assert view.controls.points == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    assert view.controls.demands == (4.0, 5.0, 6.0)
    assert view.upload.note == "3 customers of mine.csv, plane"
    assert view.back.visible
    view._brought("bad.csv", b"0,0,0\n1,1,-1\n")
    assert "line 2: the customer wants -1" in view.upload.note
    view._forget(None)
    assert view.controls.points == view.controls.demands == ()


def test_a_solution_is_held_beside_ours_and_goes_with_its_customers(view):
    view._brought("mine.csv", ROWS)
    view._solved("mine.sol", b"Route #1: 2 1\nRoute #2: 3\nCost 9\n")
    assert view.controls.brought == (0, 2, 1, 0, 3, 0)
    view._solved("bad.sol", b"Route #1: 2 1\n")
    assert "customer 3 is in no route" in view.solution.note
    view._forget(None)
    assert view.controls.brought == ()


def test_the_last_routes_are_saved_as_a_solution(view):
    name, data = view._save("sol")
    assert name.endswith(".sol")
    assert data.decode() == view.result.solution
    assert view._save("csv")[0].endswith(".zip")
