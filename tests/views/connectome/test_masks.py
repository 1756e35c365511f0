"""Masks: groups are painted by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from engines.connectome.experiments.learning.masks import FEEDING, MasksSpec, _feeding
from views.connectome.masks import MasksView
from views.kit.catalog import view_type
from views.kit.figures import PictureFigure


def _feeds(view: Any) -> str:
    return view.spec().feeds


def view_of(compute: Any, monkeypatch: Any) -> tuple[MasksView, list[str]]:
    spec = MasksSpec(n_groups=4, feeds="1000 0100 0010 0001")
    view = MasksView("connectome/masks", compute, owner="me", spec=spec)
    runs: list[str] = []
    monkeypatch.setattr(view, "run", lambda: runs.append(_feeds(view)))
    return view, runs


async def test_a_click_on_the_small_map_paints_and_runs(compute, monkeypatch):
    assert view_type("connectome/masks") is MasksView
    view, runs = view_of(compute, monkeypatch)
    view._paint(3, 0)  # the first group hears the last one too
    assert runs == ["1001 0100 0010 0001"]
    view._paint(3, 0)
    view._paint(7, 0)  # beside the map
    assert runs[1:] == ["1000 0100 0010 0001"]
    for k in range(4):
        view._paint(k, k)  # nobody would feed anybody in the end
    assert runs[-1] == "0000 0000 0000 0001"
    assert "paint at least one cell" in view.notices.notices[-1]["text"]


async def test_other_pictures_are_not_painted(compute, monkeypatch):
    view, runs = view_of(compute, monkeypatch)
    drawn = PictureFigure(_feeding(MasksSpec(n_groups=4)))
    tap = view._tap_on(drawn)
    title: Any = drawn.figure.title
    title.text = "Mask now"
    tap(SimpleNamespace(x=1.2, y=2.7))
    assert not runs
    title.text = FEEDING
    tap(SimpleNamespace(x=1.2, y=2.7))
    assert runs == ["1000 0100 0110 0001"]
