"""Stimulation, the large view, and those that are drawn from declared pictures."""

from __future__ import annotations

import numpy as np
import pytest

from engines.connectome.model import LargeSpec, RasterSpec, StimulusSpec
from engines.running import registry
from views.connectome.large import LargeView
from views.connectome.stimulate import StimulateView
from views.kit.catalog import view_type


def said(view) -> list[str]:
    return [notice["text"] for notice in view.notices.notices]


@pytest.fixture
async def touched(compute) -> StimulateView:
    spec = StimulusSpec(targets="PLM", lesion="AVA", duration_ms=200.0)
    view = StimulateView("connectome/stimulate", compute, owner="me", spec=spec)
    view.restore_run()
    await compute.settle()
    return view


async def test_activity_is_sent_once_and_ranked(touched, read):
    played = read(touched.canvas.activity)
    assert (played["n"], played["n_bins"]) == (279, 400)
    assert len(played["values"]) == 279 * 400
    ranking = next(s for s in touched.facts.sections if s["title"] == "Answers most")
    assert ranking["rows"][0][0]["text"] == "DVA"
    assert ranking["columns"] == ["", "peak", "whole", "at ms"]
    touched.facts._handle_msg({"id": ranking["rows"][0][0]["action"]})
    assert "DVA answers" in [s["title"] for s in touched.facts.sections]
    assert touched.canvas.clock_id == touched.clock.clock_id


async def test_activity_is_saved_with_every_neuron(touched):
    name, data = touched._save("npz")
    arrays = np.load(__import__("io").BytesIO(data))
    assert name.endswith(".npz")
    assert "activity/AVBL" in arrays.files
    assert touched._save("csv")[0].endswith(".zip")
    assert StimulusSpec.from_json(touched._save("json")[1]) == touched.activity.spec


async def test_a_stimulus_into_a_lesioned_cell_is_a_defined_nothing(compute):
    spec = StimulusSpec(targets="PLM", lesion="PLM", duration_ms=100.0)
    view = StimulateView("connectome/stimulate", compute, owner="me", spec=spec)
    view.restore_run()
    await compute.settle()
    assert not view.activity.mean.any()
    assert view.activity.population.max() == 0.0


async def test_a_network_that_runs_away_is_told(compute):
    spec = StimulusSpec(model="linear", gain=3.0, duration_ms=2_000.0)
    view = StimulateView("connectome/stimulate", compute, owner="me", spec=spec)
    view.restore_run()
    await compute.settle()
    assert "ran away after" in said(view)[-1]
    assert len(view.activity.times_ms) < 400


@pytest.fixture
async def large(compute) -> LargeView:
    spec = LargeSpec(n_neurons=2_000, n_edges=20_000, n_blocks=8, n_rounds=20, spikes_ms=10.0)
    view = LargeView("connectome/large", compute, owner="me", spec=spec)
    view.restore_run()
    await compute.settle()
    return view


async def test_a_large_wiring_is_pixels(large, read):
    sent = read(large.canvas.raster)
    assert len(sent["edges"]) == sent["columns"] * sent["rows"]
    assert sent["edges"].max() == 255
    assert large.heading.detail.endswith("synthetic")
    assert large.tables.sections[0]["rows"][0][0] == "neurons"


async def test_a_window_is_asked_for_and_drawn(large, compute, read):
    large.canvas.window = [0.4, 0.4, 0.2, 0.2]
    await compute.settle()
    assert compute.asked(RasterSpec)[-1].width == 0.2
    sent = read(large.canvas.raster)
    assert sent["window"] == [0.4, 0.4, 0.2, 0.2]
    assert "every edge drawn" in sent["status"]


async def test_a_click_picks_the_nearest_neuron(large, compute, read):
    k = int(large.large.top[0])
    x, y = large.large.xy[k].tolist()
    large.canvas._handle_msg({"kind": "pick", "x": x, "y": y})
    await compute.settle()
    assert large.focus == k
    degree = int(large.large.in_degree[k] + large.large.out_degree[k])
    assert 0 < len(large.partners) <= degree
    assert read(large.canvas.raster)["focus"].max() == 255
    large.pick(50.0, 50.0)
    assert large.focus == -1


@pytest.mark.parametrize("leaf", ["communities", "compare", "development", "scan"])
async def test_declared_pictures_are_drawn(leaf, compute):
    name = f"connectome/{leaf}"
    small = {
        "communities": {"n_runs": 4},
        "compare": {},
        "development": {"n_nulls": 2},
        "scan": {"scanned": "AVA, AVB"},
    }
    spec = registry.experiment(name).spec(**small[leaf])
    view = view_type(name)(name, compute, owner="me", spec=spec)
    view.restore_run()
    await compute.settle()
    assert view.result is not None
    assert view.pictures.objects
    assert view.tables.sections
    assert view._save("csv")[0].endswith(".zip")
    if leaf == "scan":
        scanned = view.facts.sections[0]
        assert scanned["title"] == "C. elegans hermaphrodite, somatic (Varshney 2011)"
        assert ["neurons cut out", "4"] in scanned["rows"]
