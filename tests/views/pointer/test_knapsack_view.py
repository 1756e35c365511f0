"""The page of knapsacks: own items come from files, and what is taken goes out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.pointer import KnapsackSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.kit.catalog import view_type
from views.pointer.knapsack import KnapsackView


@pytest.fixture
def view():
    spec = KnapsackSpec(n_items=12, capacity=3.0, n_instances=2)
    made = view_type("pointer/knapsack")("pointer/knapsack", InProcess(), spec=spec)
    made.result = registry.experiment("pointer/knapsack").result(spec)
    made._job = SimpleNamespace(spec=spec)
    made.show_result(made.result, SimpleNamespace(spec=spec))
    made.run = lambda: None
    return made


def test_own_items_come_with_their_capacity_and_go(view):
    assert isinstance(view, KnapsackView)
    view._brought("mine.txt", b"3 165\n92 23\n57 31\n49 29\n")
    assert view.controls.items == ((23.0, 92.0), (31.0, 57.0), (29.0, 49.0))
    assert view.controls.capacity == 165.0
    assert view.upload.note.startswith("3 items of mine.txt, capacity 165: a public instance")
    assert view.back.visible
    view._brought("bad.csv", b"1,2\n3,-1\n")
    assert "line 2: weight and value must be above 0" in view.upload.note
    assert len(view.controls.items) == 3
    view._forget(None)
    assert view.controls.items == ()
    assert view.controls.capacity == 3.0
    assert view.upload.note == ""
    assert not view.back.visible


def test_items_that_never_fit_are_refused_in_one_sentence(view):
    view._brought("heavy.csv", b"400,2\n300,1\n")
    assert "no item fits into the capacity of 3: the lightest has 300" in view.upload.note
    assert view.controls.items == ()


def test_the_heading_and_a_file_say_what_is_taken(view):
    assert view.heading.detail.startswith("first set: value ")
    name, data = view._save("items")
    assert name.endswith(".csv")
    rows = [line.split(",") for line in data.decode().splitlines()]
    assert rows[0][:3] == ["item", "weight", "value"]
    assert len(rows) == 13
    search = rows[0].index("branch and bound")
    value = sum(float(row[2]) for row in rows[1:] if row[search] == "1")
    assert value == pytest.approx(view.result.of("branch and bound")[0])
