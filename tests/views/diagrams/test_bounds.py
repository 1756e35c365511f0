"""Bounds on every wire: which box the page opens with, sliders, one scale, links."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.diagrams.reaching.asked import BoundsSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.diagrams.bounds import ALIKE, BoundsView
from views.kit.catalog import view_type

SPEC = BoundsSpec(n_examples=2, n_samples=4, n_steps=60, reach=0.2)


@pytest.fixture(scope="module")
def ran():
    return registry.experiment("diagrams/bounds").result(SPEC)


@pytest.fixture
def view(ran):
    made = view_type("diagrams/bounds")("diagrams/bounds", InProcess(), spec=SPEC)
    made.show_result(ran, SimpleNamespace(spec=SPEC))  # type: ignore[arg-type]
    assert isinstance(made, BoundsView)
    return made


def test_it_opens_with_the_largest_box_that_is_proved(view, ran):
    assert view.sliders["size"].value == ran.opens_with() + 1
    assert not view.sliders["turn"].visible
    assert view._figures[0].figure.title.text.startswith("Does the answer stay? example 1")


def test_a_slider_draws_another_box_and_says_what_holds_there(view, ran):
    before = view.canvas.scene
    view.sliders["size"].value = 12
    assert view.canvas.scene != before
    assert view.verdict.sections[0]["sentence"] == ran.verdict(0, 11)
    view.sliders["example"].value = 2
    assert view.verdict.sections[0]["sentence"] == ran.verdict(1, 11)
    own = view.canvas.scene
    view.scale.value = ALIKE
    assert view.canvas.scene != own


def test_a_press_opens_a_wire_and_what_was_chosen_stands_in_the_address(view, ran):
    view._hear({"kind": "pick", "path": "r"})
    assert view._figures[1].figure.title.text.startswith("r, number by number")
    view.sliders["size"].value = 4
    assert view.selection() == {"picked": "r", "size": 4}
    other = view_type("diagrams/bounds")("diagrams/bounds", InProcess(), spec=SPEC)
    other.select({"picked": "r", "size": 4})
    other.show_result(ran, SimpleNamespace(spec=SPEC))  # type: ignore[arg-type]
    assert other.selection() == {"picked": "r", "size": 4}


def test_the_smallest_box_is_linked_and_one_that_nobody_chose_is_not(view, ran):
    assert "size" not in view.selection()
    view.sliders["size"].value = 1
    assert view.selection()["size"] == 1
    other = view_type("diagrams/bounds")("diagrams/bounds", InProcess(), spec=SPEC)
    other.select(view.selection())
    other.show_result(ran, SimpleNamespace(spec=SPEC))  # type: ignore[arg-type]
    assert other.sliders["size"].value == 1
    view.select({})
    assert view.sliders["size"].value == ran.opens_with() + 1
    assert "size" not in view.selection()


@pytest.mark.parametrize("asked", [5, 10**400, True, "2", None])
def test_a_link_that_asks_for_what_is_not_there_draws_what_is(view, asked):
    view.select({"picked": "r", "example": asked, "turn": asked})
    assert view.verdict.sections[0]["title"].startswith("Example")


def test_folding_draws_again_and_runs_nothing(view):
    scene = view.canvas.scene
    view.controls.width = 400
    assert view.canvas.scene != scene
    assert view.runner.job is None
