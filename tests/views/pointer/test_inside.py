"""The page of a network's inside: a click chooses the point, and figures are kept."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engines.pointer.probing.asked import InsideSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.kit.catalog import view_type
from views.pointer.inside import InsideView, point_at


@pytest.fixture
def view():
    spec = InsideSpec(n_points=6, grid=6, n_sets=10)
    made = view_type("pointer/inside")("pointer/inside", InProcess(), spec=spec)
    result = registry.experiment("pointer/inside").result(spec)
    made.show_result(result, SimpleNamespace(spec=spec))
    return made


def test_a_click_finds_the_nearest_point():
    run = SimpleNamespace(spec=SimpleNamespace(grid=10), points=np.array([[0.1, 0.9], [0.8, 0.2]]))
    assert point_at(run, 1.2, 0.9) == 0
    assert point_at(run, 7.5, 8.5) == 1


def test_a_click_on_a_point_asks_about_that_one(view, monkeypatch):
    assert isinstance(view, InsideView)
    runs = []
    monkeypatch.setattr(view, "run", lambda: runs.append(view.spec().moved))
    for point in (4, 4, 1):
        x, y = view.moments[-1].points[point]
        view._tap(SimpleNamespace(x=6 * x, y=6 * (1 - y)))
    assert runs == [4, 4]


def test_steps_redraw_the_same_figures(view):
    figures = list(view._figures)
    titles = []
    for k in range(len(view.moments) - 1):
        view._draw(view.moments[k])
        titles.append(view._figures[0].figure.title.text)
    assert view._figures == figures
    assert titles[:2] == ["Network: choices change, step 1", "Network: choices change, step 2"]
