"""Wires on stage: drawn as the text says, cut and mended by a press."""

from __future__ import annotations

import pytest

from engines.diagrams.experiments.systems.boxes import EXPERIMENT
from engines.diagrams.systems.library import CELLS
from engines.running.compute import InProcess
from views.diagrams.boxes import BoxesView
from views.kit.catalog import view_type


@pytest.fixture
def view() -> BoxesView:
    spec = EXPERIMENT.spec(n_wirings=10, duration=1.0)
    made = view_type("diagrams/boxes")("diagrams/boxes", InProcess(), spec=spec)
    assert isinstance(made, BoxesView)
    return made


def cut(view: BoxesView) -> list[str]:
    return [wire["key"] for wire in view.boxes.scene["wires"] if wire["cut"]]


async def test_a_press_cuts_a_wire_and_the_next_one_mends_it(view):
    assert cut(view) == []
    view.boxes._handle_msg({"kind": "press", "key": "f.food"})
    assert cut(view) == ["f.food"]
    assert view.spec().cut == ("f.food",)
    view.boxes._handle_msg({"kind": "press", "key": "f.food"})
    assert cut(view) == []


@pytest.mark.parametrize("told", [None, {}, {"kind": "press"}, {"kind": "press", "key": "x"}, 3])
def test_messages_that_name_no_wire_do_nothing(view, told):
    view.boxes._handle_msg(told)
    assert view.spec().cut == ()


async def test_cuts_of_another_text_are_forgotten(view):
    view.press("f.food")
    view.controls.text = CELLS
    assert view.spec().cut == ()
    assert len(view.boxes.scene["wires"]) == 10


def test_a_mistake_is_told_under_the_last_drawing_that_fits(view):
    before = view.boxes.scene
    view.controls.text = "box a() -> ()\n  x' = y from 1"
    assert "nothing here is called 'y'" in view.boxes.note
    assert view.boxes.scene == before
