"""The page of a tour that repairs itself: dragging, and the way back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engines.pointer import RepairSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.kit.catalog import view_type


@pytest.fixture
def view(monkeypatch):
    spec = RepairSpec(n_cities=60, n_trials=0, reach=0.1)
    made: Any = view_type("pointer/repair")("pointer/repair", InProcess(), spec=spec)
    made.asked = []
    monkeypatch.setattr(made, "run", lambda: None)
    monkeypatch.setattr(made.runner, "run", lambda asked: made.asked.append(asked) or asked)
    result = registry.experiment("pointer/repair").result(spec)
    made.show_result(result, SimpleNamespace(spec=spec))
    return made


def at(x: float, y: float) -> SimpleNamespace:
    return SimpleNamespace(x=x, y=y)


def test_a_drag_moves_the_nearest_city_and_is_one_move(view):
    x, y = view._shown.points[7]
    view._begin(at(x, y))
    view._drag(at(0.4, 0.4))
    view._asked = 0.0
    view._drag(at(0.5, 0.5))
    assert [spec.moves for spec in view.asked] == [
        ((7, *to, 0.1),) for to in ((0.4, 0.4), (0.5, 0.5))
    ]
    assert view.runner.quiet
    assert view.controls.moves == ()
    view._drop(at(2.0, 0.5))
    assert not view.runner.quiet
    assert view.controls.moves == ((7, 1.0, 0.5, 0.1),)
    assert view.back.visible


def test_while_a_city_is_dragged_only_the_tour_is_drawn(view):
    title, figure = view.heading.title, view._figures[0].figure
    view._begin(at(*view._shown.points[7]))
    view._drag(at(0.4, 0.4))
    (spec,) = view.asked
    result = registry.experiment("pointer/repair").result(spec)
    view.show_result(result, SimpleNamespace(spec=spec))
    assert view._figures[0].figure is figure
    assert figure.title.text == result.pictures()[0].title
    assert view.heading.title == title


def test_a_second_drag_comes_after_the_first(view):
    view._begin(at(*view._shown.points[7]))
    view._drop(at(0.5, 0.5))
    view._begin(at(*view._shown.points[9]))
    view._drop(at(0.1, 0.1))
    assert [move[0] for move in view.controls.moves] == [7, 9]
    view._forget(None)
    assert view.controls.moves == ()


def test_other_cities_have_no_moves_yet(view):
    view._begin(at(*view._shown.points[7]))
    view._drop(at(0.5, 0.5))
    view.controls.param.update(seed=4)
    assert view.controls.moves == ()


def test_other_cities_end_a_drag_and_the_page_speaks_again(view):
    view._begin(at(*view._shown.points[7]))
    view._drag(at(0.4, 0.4))
    view.controls.param.update(seed=4)
    assert not view.runner.quiet
    view._drag(at(0.5, 0.5))
    view._drop(at(0.5, 0.5))
    assert len(view.asked) == 1
    assert view.controls.moves == ()


def test_a_drag_that_is_refused_once_asks_no_more(view, monkeypatch):
    monkeypatch.setattr(view.runner, "run", view.asked.append)
    view._begin(at(*view._shown.points[7]))
    for x in (0.4, 0.5, 0.6):
        view._drag(at(x, 0.4))
    assert len(view.asked) == 1
    assert view.asked[0].n_trials == 0


def test_a_drag_whose_end_was_lost_is_followed_by_one_of_another_city(view):
    view._begin(at(*view._shown.points[7]))
    view._begin(at(*view._shown.points[9]))
    view._drop(at(0.1, 0.1))
    assert [move[0] for move in view.controls.moves] == [9]
