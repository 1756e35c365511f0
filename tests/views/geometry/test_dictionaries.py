"""The page of dictionaries: a press looks into a latent, the slider adds it, nothing runs again."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from engines.geometry.dictionaries.pictures import START
from engines.geometry.dictionaries.result import DictionaryFrame
from engines.geometry.dictionaries.spec import DictionarySpec
from engines.running import registry
from engines.running.compute import InProcess
from views.geometry.dictionaries import DictionaryView
from views.kit.catalog import view_type


@pytest.fixture(scope="module")
def result():
    spec = DictionarySpec(n_seeds=3, n_learnt=3, n_steps=3, n_latents=16)
    return registry.experiment("geometry/dictionaries").result(spec)


@pytest.fixture
def view(result):
    made = view_type("geometry/dictionaries")(
        "geometry/dictionaries", InProcess(), spec=result.found.spec
    )
    made.show_result(result, SimpleNamespace(spec=result.found.spec))  # type: ignore[arg-type]
    assert isinstance(made, DictionaryView)
    return made


def test_a_press_looks_into_a_latent_and_the_slider_adds_it(view, result):
    latent = int(result.found.drawn.listed[-1])
    view._pressed(str(latent))
    assert f"latent {latent + 1}" in view._figures[1].figure.title.text
    figures = list(view._figures)
    view.strength.value = -2.0
    assert view._figures[2].figure.title.text.endswith("at -2")
    assert view._figures == figures  # drawn in place
    assert view.list.sections[0]["title"].startswith(f"Where latent {latent + 1},")
    assert view.selection() == {"latent": latent, "strength": -2.0}


def test_the_nearest_latent_is_meant(view, result):
    drawn = result.found.drawn
    latent = int(drawn.listed[0])
    x, y = float(np.log10(drawn.share[latent])), float(drawn.score[latent])
    view._tap(SimpleNamespace(x=x, y=y))
    assert view.latent is not None
    assert (np.log10(drawn.share[view.latent]), drawn.score[view.latent]) == (x, y)


def test_an_address_brings_latent_and_strength_back(view):
    assert view.selection() == {}
    view.select({"latent": 3, "strength": 1.5})
    assert (view.latent, view.strength.value) == (3, 1.5)
    for wrong in ({"latent": 99}, {"latent": True}, {"strength": 1e9}, {"strength": "much"}, {}):
        view.select({"latent": 3, "strength": 1.5})
        view.select(wrong)
        assert (view.latent, view.strength.value) == (None, START)
    view.select({"latent": 3})
    view.select({"strength": 1.5})
    assert (view.latent, view.strength.value) == (None, 1.5)


def test_nothing_old_is_drawn_over_a_run_that_is_under_way(view, result):
    view.show_frame(DictionaryFrame("networks read", fraction=0.1))
    now = view.tables.sections
    assert [section["title"] for section in now] == ["Now"]
    view.strength.value = -2.0
    view._pressed("3")
    view._tap(SimpleNamespace(x=0.0, y=0.0))
    assert view.tables.sections == now
    assert view.list.sections == []
    view.show_result(result, SimpleNamespace(spec=result.found.spec))  # type: ignore[arg-type]
    assert view._figures[1].figure.title.text.startswith("Added: latent 4,")
    assert view.list.sections


def test_a_press_where_no_latent_speaks_looks_into_none(view, result):
    drawn = replace(result.found.drawn, share=np.zeros(16))
    silent = replace(result, found=replace(result.found, drawn=drawn))
    view.show_result(silent, SimpleNamespace(spec=result.found.spec))  # type: ignore[arg-type]
    view._tap(SimpleNamespace(x=-1.0, y=0.2))
    assert view.latent is None
