"""Views of task geometry, similarity and modular addition, without a browser."""

from __future__ import annotations

import pytest

from engines.geometry.analyses.comparison import CompareSpec
from engines.geometry.analyses.task_geometry import DichotomySpec
from engines.geometry.mechanisms.modular_addition import ModularSpec
from engines.running.compute import InProcess
from views.kit.catalog import view_type


@pytest.fixture(autouse=True)
def own_library(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


async def ran(name, spec):
    view = view_type(name)(name, InProcess(), spec=spec)
    job = view.run()
    assert job is not None
    await job.ended()
    return view


def sides_of(view):
    """Stimuli left and right, as the picker shows them."""
    rows = view.picker.sections[0]["rows"]
    return [[row[k]["text"] for row in rows if row[k]] for k in (0, 1)]


async def test_a_dichotomy_is_picked_by_name_or_by_moving_stimuli():
    view = await ran("geometry/taskgeometry", DichotomySpec())
    listed = [row[0] for row in view.list.sections[0]["rows"]]
    bit = next(cell for cell in listed if cell["text"].startswith("class"))
    view.list._handle_msg({"id": bit["action"]})
    left, right = sides_of(view)
    assert left == ["000", "010", "100", "110"]
    assert right == ["001", "011", "101", "111"]
    points = view._shown.pictures()[0]
    assert points.kind == ("left side", "right side") * 4
    view.picker._handle_msg({"id": "move:3"})
    assert "5 left, 3 right" in view.picker.sections[0]["note"]
    view.picker._handle_msg({"id": "move:4"})
    drawn = view._shown
    assert drawn.names[drawn.picked].split() == ["001", "100", "101", "111"]
    assert drawn.pictures()[0].kind[3:5] == ("left side", "right side")
    assert view.controls.spec().right == (1, 4, 5, 7)
    current = [row[0]["text"] for row in view.list.sections[0]["rows"] if row[0]["current"]]
    assert current == ["001 100 101 111"]


async def test_a_pair_of_the_matrix_is_told_with_interval_and_control():
    view = await ran("geometry/compare", CompareSpec())
    view._tap(type("Event", (), {"x": 2.5, "y": 1.2})())
    told = view.facts.sections[0]
    assert [row[0] for row in told["rows"]][1:4] == [
        "stability, not confidence", "biased CKA", "stimuli permuted (control)",
    ]  # fmt: skip
    assert "random halves of the units" in told["note"]
    shown = view._shown
    assert shown.spec.row == 1
    assert shown.profile().title.startswith(shown.rows[1])
    assert view.selection() == {"pair": [1, 2]}
    low, high = shown.profile().whiskers
    assert (low <= high).all()


async def test_a_frequency_stands_out_on_the_wheel():
    view = await ran("geometry/modular", ModularSpec(p=11, width=16, n_steps=60))
    used = next(row[0] for row in view.list.sections[0]["rows"] if row[1] != "0")
    view.list._handle_msg({"id": used["action"]})
    wheel = view._shown.pictures()[0]
    assert f"frequency {used['action']}" in wheel.kind
    assert view.selection() == {"frequency": int(used["action"])}
    view.list._handle_msg({"id": used["action"]})
    assert view.selection() == {}
