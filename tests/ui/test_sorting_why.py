"""Why did this cell move: its trace, its way, the cycle of a livelock, sound and films."""

from __future__ import annotations

import io
import json
import re
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from engines.sorting import cycle_of, simulate, trace
from engines.sorting.model import AlgotypeShare, SortSpec

pytestmark = pytest.mark.ui

CONFLICT = SortSpec(
    n_cells=30,
    algotypes=(
        AlgotypeShare(algotype="bubble"),
        AlgotypeShare(algotype="insertion", descending=True),
    ),
    seed=7,
)
KINDS = '[{"algotype":"bubble"},{"algotype":"insertion","descending":true}]'
PLAIN = SortSpec(n_cells=30, algotypes=["bubble", "selection"], seed=9)
# A span that is coloured like the cursor, in the picture of position through time.
COUNT_OF_COLOUR = """(canvas, colour) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  let count = 0
  for (let i = 0; i < data.length; i += 4) {
    count += [0, 1, 2].every((k) => Math.abs(data[i + k] - colour[k]) < 3) ? 1 : 0
  }
  return count
}"""


def download(workbench, label, folder, timeout=30_000):
    row = workbench.page.get_by_role("group", name="Save")
    with workbench.page.expect_download(timeout=timeout) as coming:
        row.get_by_text(label, exact=True).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_the_moves_of_a_cell_are_listed_and_lead_to_their_swaps(sorting, tmp_path):
    workbench = sorting("n_cells=30&seed=9").ready().hold(60)
    page, run = workbench.page, simulate(PLAIN)
    cell = int(run.at(60).order[12])
    workbench.click_bar(12, 30)
    way = trace(run, cell)
    made = int((way.step <= 60).sum())
    title = page.get_by_text(f"Its moves: {made} of {way.n_moves} made")
    expect(title).to_be_visible(timeout=30_000)
    assert way.n_moves - made >= 2
    for move in (made, made + 1):  # the button keeps the focus, so it can be pressed again
        page.get_by_role("button", name="Next move").press("Enter")
        expect(page.get_by_text(f"Its moves: {move + 1} of")).to_be_visible()
        assert workbench.clock()["position"] == way.step[move]
    row = page.locator("tr[aria-current]")
    expect(row).to_contain_text(f"{way.source[made + 1]} → {way.target[made + 1]}")
    page.get_by_role("button", name=f"Go to swap {way.step[made]}", exact=True).click()
    expect(page.get_by_text(f"Its moves: {made + 1} of")).to_be_visible()
    assert workbench.clock()["position"] == way.step[made]
    table = pd.read_csv(download(workbench, "Cell CSV", tmp_path), skiprows=1)
    assert table["step"].tolist() == way.step.tolist()
    assert table["to"].tolist() == way.target.tolist()


def test_the_way_of_the_selected_cell_is_drawn_through_time(sorting):
    workbench = sorting("n_cells=30&seed=9").ready().hold(0)
    raster = workbench.page.locator(".nx-card", has_text="Position through time").locator("canvas")
    cursor = [204, 42, 107]
    before = raster.evaluate(COUNT_OF_COLOUR, cursor)
    workbench.click_bar(12, 30)
    legend = workbench.page.locator(".nx-legend", has_text=re.compile("line = cell 12"))
    expect(legend).to_be_visible()
    workbench.page.wait_for_timeout(300)
    width = raster.evaluate("canvas => canvas.width")
    assert raster.evaluate(COUNT_OF_COLOUR, cursor) > before + width


def test_the_cycle_of_a_livelock_is_named_and_played_again_and_again(sorting):
    workbench = sorting(f"n_cells=30&seed=7&algotypes={quote(KINDS)}").ready()
    page, run = workbench.page, simulate(CONFLICT)
    assert json.loads(KINDS)[1]["descending"]
    cycle = cycle_of(run)
    assert cycle is not None
    expect(page.get_by_text(f"{cycle.period} swaps", exact=True)).to_be_visible()
    expect(page.get_by_text(f"swap {cycle.since}", exact=True)).to_be_visible()
    button = page.get_by_role("button", name="Show the cycle")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    seen = set()
    for _ in range(30):
        seen.add(int(workbench.clock()["position"]))
        page.wait_for_timeout(100)
    assert seen == set(range(cycle.start, cycle.end))
    assert workbench.clock()["playing"]
    workbench.hold(0)  # who leaves the stretch has ended it
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("() => [...globalThis.__nxClocks.values()].at(-1).loop") is None


COUNT_TONES = """() => {
  globalThis.pitches = []
  const make = AudioContext.prototype.createOscillator
  AudioContext.prototype.createOscillator = function () {
    const voice = make.call(this)
    const start = voice.start.bind(voice)
    voice.start = (when) => { globalThis.pitches.push([voice.frequency.value, performance.now()]); start(when) }
    return voice
  }
}"""


def test_sound_is_off_until_asked_for_and_never_a_noise(sorting):
    workbench = sorting("n_cells=60&seed=9").ready().hold(0)
    page, button = workbench.page, workbench.button("Sound")
    page.evaluate(COUNT_TONES)
    expect(button).to_have_attribute("aria-pressed", "false")
    play = "() => { const c = [...globalThis.__nxClocks.values()].at(-1); c.speed = 300; c.play() }"
    page.evaluate(play)
    page.wait_for_timeout(600)
    assert page.evaluate("pitches.length") == 0
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(1000)
    tones = page.evaluate("pitches")
    assert len(tones) > 3
    assert all(120 <= pitch <= 1212 for pitch, _ in tones)
    # At most twenty-four a second; making a tone takes its own moment on a busy machine.
    assert np.diff([when for _, when in tones]).mean() > 38
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    heard = page.evaluate("pitches.length")
    page.wait_for_timeout(400)
    assert page.evaluate("pitches.length") == heard


def test_a_run_is_saved_as_gif_while_the_page_goes_on(sorting, tmp_path):
    workbench = sorting("n_cells=30&seed=9").ready().hold(5)
    path = download(workbench, "GIF", tmp_path)
    image = Image.open(io.BytesIO(path.read_bytes()))
    assert image.format == "GIF"
    assert getattr(image, "n_frames", 1) == 100
    assert path.stat().st_size < 2_000_000


def test_a_run_is_saved_as_a_film(sorting, tmp_path):
    workbench = sorting("n_cells=30&seed=9").ready().hold(5)
    path = download(workbench, "Movie", tmp_path, timeout=40_000)
    data = path.read_bytes()
    assert path.suffix in {".mp4", ".webm"}
    magic = data[4:8] == b"ftyp" if path.suffix == ".mp4" else data[:4] == b"\x1a\x45\xdf\xa3"
    assert magic
    assert len(data) > 20_000
    assert workbench.clock()["position"] == 5  # the stage was left alone
