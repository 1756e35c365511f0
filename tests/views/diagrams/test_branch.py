"""The page of branch and bound: another tree without another run, regions by a press."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.diagrams.bounding.asked import AREA, BranchSpec
from engines.diagrams.bounding.results import BranchFrame
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


def test_a_press_while_a_tree_grows_is_about_the_tree_on_stage(view, ran):
    """A frame after a result: of the other network, and smaller than the tree before it."""
    _, result = ran
    other = 1 - result.largest
    grown = result.trees[other][1].first(5)
    said = result.name(other, 1)
    frame = BranchFrame(result.spec, grown, said, result.n_regions, fraction=0.5)
    view.show_frame(frame)
    assert view.tree is grown
    assert view.region.sections == []
    across, up = grown.place()
    view._tap(SimpleNamespace(x=across[4], y=up[4]))
    assert view.region.sections[0]["title"] == "Region 5"
    assert view.region.sections[0]["rows"][1][1] == f"{grown.bound[4]:.4g}"
    more = BranchFrame(result.spec, result.trees[other][1].first(7), said, result.n_regions)
    view.show_frame(more)
    assert view.region.sections[0]["title"] == "Region 5"
    view.show_frame(BranchFrame(result.spec, grown.first(3), said, result.n_regions))
    assert view.region.sections == []
    view.show_result(result, SimpleNamespace(spec=result.spec))
    assert view.tree is result.trees[view.net.value - 1][result.spec.ways.index(view.way.value)]


def test_the_tree_stands_in_the_address_and_comes_back(view, ran):
    assert view.selection() == {}
    other = 2 - ran[1].largest
    view.select({"tree": [other, AREA]})
    assert view.selection() == {"tree": [other, AREA]}
    for wrong in ({"tree": "no"}, {"tree": [True, AREA]}, {"tree": [99, "nowhere"]}):
        view.select(wrong)
        assert 1 <= view.net.value <= 2
