"""Views of the geometry workbench, without a browser."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import pytest

from engines.geometry.film.film import MapFrame
from engines.geometry.learning.spec import StudioSpec
from engines.running import registry
from engines.running.compute import InProcess, JobState, Status
from views.geometry.filmview import told_of_map
from views.geometry.payloads import close_bytes, film_bytes, kinds_of
from views.kit.catalog import view_type

SMALL = StudioSpec(n_points=4, width=8, n_steps=30, n_snapshots=6, n_seeds=1)


@pytest.fixture(autouse=True)
def own_library(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def head(data: bytes) -> dict:
    size = int.from_bytes(data[:4], "little")
    return json.loads(data[8 : 8 + size])


async def studio():
    view = view_type("geometry/studio")("geometry/studio", InProcess(), spec=SMALL)
    job = view.run()
    assert job is not None
    await job.ended()
    return view


async def test_a_run_reaches_the_stage_with_its_labels():
    view = await studio()
    told = head(view.canvas.film)["meta"]
    assert told["tracks"] == ["tanh, seed 0", "ReLU, seed 0"]
    assert list(told["labels"]) == ["class", "bit 1", "bit 2"]
    assert view.tools.colour.options == ["class", "bit 1", "bit 2"]
    assert "4 points, parity" in view.heading.title
    assert head(view.canvas.frame)["meta"]["kinds"] == ["tanh", "ReLU"]


async def test_selected_stimuli_are_told_in_numbers_and_kept_in_links():
    view = await studio()
    view.canvas.selected = [0, 3]
    assert view.facts.sections[0]["title"] == "2 selected"
    within = float(view.facts.sections[0]["rows"][1][1])
    assert 0 <= within <= 2
    view.tools.form.value = "geo-topological"
    kept = view.selection()
    assert kept["stimuli"] == [0, 3]
    other = await studio()
    other.select({**kept, "tracks": ["x"], "at": -3})
    assert other.tools.form.value == "geo-topological"
    assert other.canvas.form == "geo-topological"


async def test_scores_come_with_interval_and_control():
    view = await studio()
    view._look_closely()
    await view._moments.job.ended()
    titles = [section["title"] for section in view.facts.sections]
    assert "Left against right" in titles
    section = view.facts.sections[titles.index("tanh, seed 0")]
    assert section["columns"] == ["score (interval)", "value", "random start"]
    assert "n = 4 stimuli" in section["note"]
    assert head(view.canvas.close)["meta"]["names"] == ["tanh, seed 0", "ReLU, seed 0"]


async def test_another_layout_is_asked_of_the_engine():
    view = await studio()
    view.tools.layout.value = "MDS"
    await view._films.job.ended()
    assert head(view.canvas.film)["meta"]["layout"] == "MDS"


async def test_a_map_has_a_seed_that_an_address_brings_back():
    view = await studio()
    assert not view.tools.seed.visible
    view.select({"layout": "t-SNE", "seed": 7})
    assert view.tools.seed.visible
    await view._films.job.ended()
    spec = view._films.job.spec
    assert (spec.layout, spec.seed) == ("t-SNE", 7)
    assert "seed 7" in " ".join(head(view.canvas.film)["meta"]["notes"])
    assert view.tools.choices() == {"layout": "t-SNE", "seed": 7}
    view.select({"layout": "MDS", "seed": True})
    await view._films.job.ended()
    assert view._films.job.spec.seed == 0  # nothing hangs on it


def test_a_map_under_way_says_how_far_it_is():
    frame = MapFrame("t-SNE", 1, 4, 3_000, fraction=0.25)
    job = SimpleNamespace(frame=frame, state=JobState(Status.RUNNING, 0.25, elapsed_s=6.0))
    said = "t-SNE, map 1 of 4, 3,000 points: 25%, about 18 s to go"
    assert told_of_map(job) == said  # type: ignore[arg-type]
    job.state = JobState(Status.DONE, 1.0, elapsed_s=24.0)
    assert told_of_map(job) == ""  # type: ignore[arg-type]


async def test_files_of_numbers_are_saved():
    view = await studio()
    for kind in ("csv", "npz", "json"):
        name, data = view._save(kind)
        assert name.startswith("geometry-studio-")
        assert len(data) > 50


async def test_a_file_that_is_no_array_is_a_note():
    view = view_type("geometry/files")("geometry/files", InProcess())
    view.extra_controls()
    view._bring("weights.pkl", b"\x80\x04")
    assert "only .npy" in view.upload.note


async def test_a_cell_of_the_diagram_leads_to_its_networks():
    kind = view_type("geometry/phase")
    spec = registry.experiment("geometry/phase").spec(n_alignments=2, n_seeds=1, n_steps=20)
    view = kind("geometry/phase", InProcess(), spec=spec)
    view.link = lambda name, asked: f"{name}:{asked.alignment:g}:{asked.nonlinearity}"
    job = view.run()
    await job.ended()
    view.select({"cell": [1, 0]})
    assert view.facts.sections[0]["links"] == [("Open its networks", "geometry/studio:1:tanh")]
    view.select({"cell": [9, 9]})
    assert view.facts.sections[0]["title"] == "No cell selected"


def test_networks_share_a_colour_by_nonlinearity():
    assert kinds_of(("tanh, seed 0", "ReLU, seed 3", "mine")) == ["tanh", "ReLU", "mine"]


def test_payloads_of_undefined_numbers_are_json():
    run = registry.experiment("geometry/studio").result(SMALL)
    assert head(film_bytes(run.film, "x", run.nets, run.measures))["meta"]["run"] == "x"
    moment = registry.experiment("geometry/moment").result(
        registry.experiment("geometry/moment").spec(source=run.film.source, layers=run.film.tracks)
    )
    assert all(
        d is None or math.isfinite(d) for d in head(close_bytes(moment, 3))["meta"]["dimension"]
    )
