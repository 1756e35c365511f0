"""The page of thousands of cities: clicks, files, and how fast a large tour is drawn."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest

from engines.pointer import ThousandsSpec
from engines.pointer.dividing.courses import Courses
from engines.pointer.dividing.methods import Method, steps
from engines.pointer.dividing.pictures import tour_in_windows
from engines.pointer.dividing.results import StageFrame
from engines.running import registry
from engines.running.compute import InProcess
from views.kit.catalog import view_type
from views.kit.figures import PictureFigure
from views.pointer.thousands import ThousandsView, window_at


def frame(n: int, seed: int = 0) -> StageFrame:
    points = np.random.default_rng(seed).random((n, 2))
    *_, step = steps(points, Method("greedy edge", n_stages=1), seed)
    nothing = np.full((1, 1, 1), np.nan)
    courses = Courses(("as asked",), nothing, nothing, np.ones(1), "nobody")
    return StageFrame(
        ThousandsSpec(), points, step.name, step.before, step.after, step.begins, step.saved,
        1.0, courses,
    )  # fmt: skip


@pytest.fixture
def view():
    spec = ThousandsSpec(n_cities=60, n_instances=1, n_stages=2, window=20)
    made = view_type("pointer/thousands")("pointer/thousands", InProcess(), spec=spec)
    result = registry.experiment("pointer/thousands").result(spec)
    made.show_result(result, SimpleNamespace(spec=spec))
    return made


def test_a_click_on_a_city_opens_its_window(view):
    assert isinstance(view, ThousandsView)
    moment = view.moments[-2]
    for k in range(len(moment.begins)):
        inside = moment.points[moment.after[(moment.begins[k] + 1) % 60]]
        view._tap(SimpleNamespace(x=inside[0], y=inside[1]))
        assert view.selection() == {"window": k + 1}
        assert view._figures[2].figure.title.text.startswith(f"Window {k + 1} of ")


def test_a_window_in_a_link_is_restored_and_nonsense_is_not(view):
    view.select({"window": 2})
    assert view.selection() == {"window": 2}
    view.select({"window": "2"})
    assert view.selection() == {}


def test_every_window_is_found_from_its_cities():
    shown = frame(400)
    for k, begin in enumerate(shown.begins):
        x, y = shown.points[shown.after[(begin + 1) % 400]]
        assert window_at(shown, x, y) == k + 1


def test_own_cities_come_and_go(view):
    view.run = lambda: None
    view._brought("mine.csv", b"0,0\n1,0\n1,1\n0,1\n")
    assert view.controls.points == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    assert view.upload.note == "4 cities of mine.csv, plane"
    assert view.back.visible
    view._brought("bad.csv", b"a b c\n1 2 3")
    assert "line 2: expected x and y" in view.upload.note
    view._forget(None)
    assert view.controls.points == ()


def test_a_tour_file_comes_and_goes_with_its_cities(view):
    view.run = lambda: None
    view.result = view.moments[-1]
    view._toured("mine.tour", "\n".join(map(str, range(60, 0, -1))).encode())
    assert view.controls.own_tour == tuple(range(59, -1, -1))
    assert view.controls.start == "own tour"
    view._toured("bad.tour", b"1\n2\n")
    assert "city 3 is not on the tour" in view.tour.note
    name, data = view._save("tour")
    assert name.endswith(".tour")
    assert data.decode() == view.result.tour_file
    view.controls.seed = 5
    assert (view.controls.own_tour, view.controls.start) == ((), "greedy edge")


def test_a_tour_of_2000_is_four_lines_and_redrawn_in_time():
    # Specification of the page: at most 250 ms at 2,000 cities. The browser gets four lines.
    first, second = (tour_in_windows(frame(2_000, seed)) for seed in (0, 1))
    drawn = PictureFigure(first)
    assert len(drawn.figure.renderers) == 4
    assert drawn.fits(second)
    began = time.process_time()
    drawn.update(second)
    assert time.process_time() - began < 0.25
