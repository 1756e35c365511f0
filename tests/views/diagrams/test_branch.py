"""The page of branch and bound: another tree without another run, regions by a press."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.diagrams.bounding.asked import AREA, BranchSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.diagrams.branch import BranchView
from views.kit.catalog import view_type


@pytest.fixture(scope="module")
def ran():
    spec = BranchSpec(n_nets=2, limit=41)
    return spec, registry.experiment("diagrams/branch").result(spec)


@pytest.fixture
def view(ran):
    spec, result = ran
    made = view_type("diagrams/branch")("diagrams/branch", InProcess(), spec=spec)
    made.show_result(result, SimpleNamespace(spec=spec))  # type: ignore[arg-type]
    assert isinstance(made, BranchView)
    return made


def test_it_opens_with_the_largest_tree_and_another_is_drawn_in_place(view, ran):
    assert view.net.value == ran[1].largest + 1
    figures = list(view._figures)
    view.way.value = AREA
    assert view._figures == figures
    assert f"Network {view.net.value}, {AREA}" in view._figures[0].figure.title.text


def test_a_press_says_what_holds_in_the_nearest_region(view):
    across, up = view.tree.place()
    view._tap(SimpleNamespace(x=across[-1], y=up[-1]))
    assert view.region.sections[0]["title"] == f"Region {len(across)}"
    assert view.region.sections[0]["sentence"].startswith("layer 1, unit ")


def test_the_tree_stands_in_the_address_and_comes_back(view, ran):
    assert view.selection() == {}
    other = 2 - ran[1].largest
    view.select({"tree": [other, AREA]})
    assert view.selection() == {"tree": [other, AREA]}
    for wrong in ({"tree": "no"}, {"tree": [True, AREA]}, {"tree": [99, "nowhere"]}):
        view.select(wrong)
        assert 1 <= view.net.value <= 2
