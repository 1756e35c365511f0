"""The pages of boards: the scene for the browser, digits that are typed, what is told."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engines.pointer.boards.asked import BoardsSpec, PlaySpec, SinglesSpec
from engines.pointer.boards.results import LearningFrame
from engines.running import registry
from engines.running.compute import InProcess
from views.kit.catalog import view_type
from views.pointer.boards import board_scene


def shown(name, spec):
    view: Any = view_type(name)(name, InProcess(), spec=spec)
    view.run = lambda: None
    result = registry.experiment(name).result(spec)
    view._take_result(result, SimpleNamespace(spec=spec))
    return view


@pytest.fixture
def play():
    return shown("pointer/play", PlaySpec(shape="4 x 4", seed=3))


def head(scene: bytes) -> dict:
    return json.loads(scene[8 : 8 + int.from_bytes(scene[:4], "little")])["meta"]


def test_a_typed_digit_becomes_the_board_and_a_wrong_cell_does_not(play):
    givens = play.result.trace.givens
    cell = int(np.flatnonzero(givens == 0)[0])
    play.write(cell, 2)
    written = play.controls.board.replace("\n", "")
    assert written[cell] == "2"
    assert sum(sign != "." for sign in written) == (givens > 0).sum() + 1
    before = play.controls.board
    for odd in ((-1, 1), (16, 1), (0, 5), (0, -1)):
        play.write(*odd)
    assert play.controls.board == before


def test_messages_from_the_browser_that_are_none_are_left_alone(play):
    for data in (None, [], {"kind": "write"}, {"kind": "write", "cell": "1", "digit": 2}):
        play.canvas._handle_msg(data)
    assert play.controls.board == ""


def test_another_shape_forgets_a_board_that_does_not_fit(play):
    play.controls.board = "12.. .... .... ...."
    play.controls.shape = "6 x 6"
    assert play.controls.board == ""


def test_a_contradiction_is_named_in_the_heading_and_marked_on_the_board():
    view = shown("pointer/play", PlaySpec(shape="4 x 4", board="1..1 .... .... ...."))
    assert view.heading.detail == "row 1 holds 1 twice: row 1, column 1 and row 1, column 4"
    assert head(view.canvas.scene)["faults"] == [0, 3]


def test_several_answers_are_counted_and_the_networks_board_is_one_of_them_or_not():
    view = shown("pointer/play", PlaySpec(shape="4 x 4", board="1... .... .... ...."))
    assert view.heading.detail.startswith("72 answers; the network's board: ")


def test_a_link_keeps_the_marked_cell_and_nonsense_is_ignored(play):
    play.select({"cell": 5, "step": 3})
    assert play.selection() == {"cell": 5}
    play.select({"cell": "5", "step": "x"})
    assert play.selection() == {}


def test_a_run_shows_the_board_while_it_learns():
    spec = BoardsSpec(n_updates=20, n_plain=10, n_tested=20, n_steps=2, batch=8)
    view = shown("pointer/boards", spec)
    frames = list(registry.experiment("pointer/boards").frames(spec))
    assert isinstance(frames[0], LearningFrame)
    view._draw(frames[0])
    assert view.canvas.scene == board_scene(frames[0].trace, np.zeros(0, np.int64))
    assert "new boards solved after 2 steps" in view.heading.detail


def test_the_shares_of_hard_boards_stand_in_the_heading():
    view = shown("pointer/singles", SinglesSpec(n_boards=40, n_steps=4))
    assert "boards need search" in view.heading.detail
