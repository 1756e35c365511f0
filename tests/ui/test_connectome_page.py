"""The connectome page in a real browser: the main job from the first look to the saved table."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect
from sorting_page import ENDED, READY_MS, address, until

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]

# Rows of the picture that are not paper: something has been drawn.
DRAWN = """canvas => {
  const {width, height} = canvas
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data
  let n = 0
  for (let i = 3; i < data.length; i += 4) if (data[i] > 20) n++
  return n / (width * height)
}"""


class Wiring:
    """One browser page on the connectome workbench."""

    def __init__(self, page, url: str, query: str = "") -> None:
        self.page = page
        page.goto(address(url, "/connectome", query))
        expect(page.locator(".nx-cards")).to_be_visible(timeout=READY_MS)

    @property
    def line(self):
        return self.page.locator(".nx-runbar p.nx-line")

    def done(self) -> Wiring:
        # Kernels are compiled in the first run after an installation.
        expect(self.line).to_have_text(ENDED, timeout=3 * READY_MS)
        return self

    def button(self, name: str):
        return self.page.get_by_role("button", name=name, exact=True)

    def find(self, name: str) -> None:
        box = self.page.get_by_role("searchbox", name="Find neurons")
        box.fill(name)
        box.press("Enter")

    def section(self, title: str):
        return self.page.locator(".nx-facts section").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )


@pytest.fixture
def wiring(new_page, app_url):
    def open_page(query: str = "", **options) -> Wiring:
        return Wiring(new_page(**options), app_url, query)

    return open_page


def test_find_lesion_measure_stop_and_save(wiring):
    work = wiring("n_nulls=30").done()
    page = work.page
    for picture in ("Graph", "Matrix", "Body"):
        canvas = page.get_by_role("img", name=f"{picture} of 279 neurons")
        expect(canvas).to_be_visible()
        assert canvas.evaluate(DRAWN) > 0.003
    work.find("aval")
    expect(work.section("AVAL")).to_be_visible()
    expect(page.locator(".nx-chosen")).to_contain_text("AVAL")
    work.button("Lesion").click()
    expect(page.locator(".nx-title .nx-detail")).to_contain_text(
        "278 neurons, 2,856 directed edges"
    )
    expect(page.locator(".nx-row.nx-lesioned")).to_contain_text("AVAL")
    expect(work.section("Numbers")).to_contain_text("before")
    # Many nulls are stopped by hand, and what came stays.
    nulls = page.locator("input.nx-number").and_(page.get_by_label("Nulls", exact=True))
    nulls.fill("90000")
    nulls.press("Enter")
    work.button("Run").click()
    expect(work.line).to_contain_text("running")
    work.button("Measures").click()
    some = page.get_by_role("heading", name=re.compile(r"Measures, [1-9][\d,]* of 90,000 nulls"))
    expect(some).to_be_visible(timeout=READY_MS)
    work.button("Stop").click()
    expect(work.line).to_contain_text("stopped")
    expect(some).to_be_visible()
    with page.expect_download() as saving:
        work.button("The table: one row per neuron").click()
    said, _, table = saving.value.path().read_text().partition("\n")
    assert said.startswith("# neural-explorer: {")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 279
    assert next(r for r in rows if r["neuron"] == "AVAL")["lesioned"] == "True"


def test_a_click_in_one_picture_selects_in_all(wiring):
    work = wiring("n_nulls=0").done()
    page = work.page
    page.get_by_role("cell", name="ADAL").first.click()
    expect(work.section("ADAL")).to_be_visible()
    expect(page).to_have_url(re.compile("ADAL"))
    work.find("class:AVB")
    expect(work.section("AVBL and AVBR")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("shortest path"))).to_be_visible()
    work.button("Show as layers in the graph").click()
    expect(work.button("back to the graph")).to_be_visible()


def test_a_motif_lights_up(wiring):
    work = wiring("n_nulls=20").done()
    work.button("Measures").click()
    work.button("Light up instances of 030C").click()
    expect(work.page.locator(".nx-notice")).to_contain_text("instances of 030C")
    expect(work.page.get_by_role("img", name="Graph of 279 neurons")).to_be_visible()


def test_a_figure_is_saved_as_svg(wiring):
    work = wiring("n_nulls=0").done()
    with work.page.expect_download() as saving:
        work.button("Save graph as SVG").click()
    text = saving.value.path().read_text()
    assert text.startswith("<svg")
    assert text.count("<path") > 279


def test_activity_plays(wiring):
    work = wiring("x=stimulate&lesion=AVA").done()
    page = work.page
    raster = page.get_by_role("img", name="Activity of every neuron through time")
    expect(raster).to_be_visible()
    page.wait_for_function("[...globalThis.__nxClocks.values()].some(c => c.position > 5)")
    assert raster.evaluate(DRAWN) > 0.9
    expect(work.section("Answers most")).to_contain_text("DVA")


def test_a_large_wiring_is_zoomed_by_hand(new_page, app_url):
    page = new_page()
    query = "x=large&n_neurons=3000&n_edges=30000&n_blocks=6&n_rounds=20"
    page.goto(address(app_url, "/connectome", query))
    expect(page.locator(".nx-runbar p.nx-line")).to_have_text(ENDED, timeout=3 * READY_MS)
    canvas = page.locator("canvas.nx-large")
    assert canvas.evaluate(DRAWN) > 0.9
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator(".nx-largestatus")).to_contain_text("neurons in sight", timeout=READY_MS)


# Where dark pixels lie, as one text: the same picture from the same place gives the same one.
SEEN = """canvas => {
  const {width, height} = canvas
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data
  return Array.from({length: 24 * 24}, (_, k) => {
    const x = Math.floor((k % 24 + 0.5) * width / 24), y = Math.floor((Math.floor(k / 24) + 0.5) * height / 24)
    return data[4 * (y * width + x) + 3] > 20 ? "#" : "."
  }).join("")
}"""


def differing(a: str, b: str) -> float:
    return sum(x != y for x, y in zip(a, b, strict=True)) / len(a)


def test_a_reload_looks_from_the_same_place(wiring):
    shown = wiring().done()
    graph = shown.page.get_by_label(re.compile("^Graph of"))
    far = graph.evaluate(SEEN)
    graph.hover()
    shown.page.mouse.wheel(0, -900)
    shown.page.wait_for_function("decodeURIComponent(location.search).includes('camera')")
    near = graph.evaluate(SEEN)
    assert differing(near, far) > 0.2
    shown.page.reload()
    again = shown.done().page.get_by_label(re.compile("^Graph of"))
    until(lambda: differing(again.evaluate(SEEN), near) < 0.03)
