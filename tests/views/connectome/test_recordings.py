"""A recording of one's own: opened, chosen from, run, taken away again, and given as the schema."""

from __future__ import annotations

import asyncio
import io

import numpy as np
import pytest

from engines.connectome.experiments.activity.recordings import RecordingSpec
from engines.connectome.opening.worms import read_worms
from views.connectome.recordings import RecordingsView

RNG = np.random.default_rng(0)


@pytest.fixture
def view(compute) -> RecordingsView:
    spec = RecordingSpec(n_windows=4, n_shifts=0)
    return RecordingsView("connectome/recordings", compute, owner="me", spec=spec)


def two_series() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, raw=RNG.standard_normal((200, 5)), dff=RNG.standard_normal((6, 300)))
    return stream.getvalue()


async def test_a_file_is_opened_chosen_from_and_run(view, compute):
    await view.own.read_file("mine.npz", two_series())
    await compute.settle()
    assert view.own.upload.note == "5 neurons at 200 moments (traces)"
    assert view.own.series.options == ["find it", "raw", "dff"]
    assert view.own.picker.visible
    assert view.controls.source == "own"
    assert len(view.controls.own_recording) == 16
    view.own.series.value = "dff"
    await view.own.read_file("mine.npz", two_series())
    await compute.settle()
    assert view.own.upload.note == "6 neurons at 300 moments (traces)"
    assert "turned" in view.own.report.sections[0]["note"]
    asked = compute.asked(RecordingSpec)[-1]
    assert asked.own_recording == view.controls.own_recording
    view.own.report._handle_msg({"id": "back"})
    assert view.controls.source == "human_1"
    assert view.controls.own_recording == ""


async def test_reading_can_be_stopped_and_what_comes_late_is_dropped(view, monkeypatch):
    asked = []
    monkeypatch.setattr("panel.state.execute", asked.append)
    view.own._ask("mine.npz", two_series())
    reading = asyncio.ensure_future(asked[0]())
    await asyncio.sleep(0)
    assert view.own.report.sections[0]["actions"][0]["label"] == "Stop reading"
    view.own.report._handle_msg({"id": "stop"})
    await reading
    assert view.own.upload.note == "Reading was stopped; nothing was taken."
    assert view.controls.own_recording == ""
    assert not view.own.picker.visible
    await view.own.read_file("mine.npz", two_series())
    assert len(view.controls.own_recording) == 16


async def test_a_file_that_is_wrong_is_a_sentence(view):
    await view.own.read_file("mine.csv", b"a,b\nc,d\n")
    assert "no column of numbers" in view.own.upload.note
    assert view.controls.source == "human_1"


async def test_an_own_recording_is_given_as_the_schema(view, compute):
    assert view._save("worms") is None
    assert "Open a recording" in view.notices.notices[-1]["text"]
    await view.own.read_file("mine.npz", two_series())
    await compute.settle()
    made = view._save("worms")
    assert made is not None
    assert made[0].endswith(".parquet")
    assert len(read_worms(made[1]).rows) == 5
