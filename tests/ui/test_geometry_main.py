"""The geometry workbench in a browser: watch, scrub, select, look closely, open a cell."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.ui

_PLACE = Path(__file__).with_name("geometry_page.py")
_SPEC = importlib.util.spec_from_file_location("geometry_page", _PLACE)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
sys.modules["geometry_page"] = _MODULE
_SPEC.loader.exec_module(_MODULE)
GeometryPage = _MODULE.GeometryPage

CELL = """() => {
  const [view] = [...Bokeh.index.query((v) => v.model.type === "Figure" && v.el.isConnected)]
  const {x_scale, y_scale} = view.frame
  const box = view.canvas_view.el.getBoundingClientRect()
  return [box.x + x_scale.compute(1.5), box.y + y_scale.compute(1.5)]
}"""


# What four stimuli are marked with: a ring per point, a row and a column per RDM, a column per layer.
RINGS = {
    "Scatter, left": 4,
    "Scatter, right": 4,
    "Dissimilarities, left": 8,
    "Dissimilarities, right": 8,
    "Units": 8,
}

BOTH_DRAWN = """() => [...Bokeh.index.query((v) => v.model.type === "Figure" && v.el.isConnected
  && v.el.getBoundingClientRect().height > 100)].length === 2"""


def test_two_networks_part_and_four_stimuli_are_seen_everywhere(new_page, app_url):
    workbench = GeometryPage(new_page(), app_url, "n_steps=400&width=32").ready()
    page = workbench.page
    workbench.hold(20)
    expect(page.get_by_role("heading", name="tanh, seed 0")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", name="Left against right")).to_be_visible()
    assert sorted(workbench.seek_ms(k) for k in range(0, 40, 4))[5] < 400
    workbench.hold(workbench.length())
    workbench.lasso(0, 0.01, 0.5)  # tanh has parted the classes: one of them is on the left
    expect(page.get_by_role("heading", name="4 selected")).to_be_visible(timeout=30_000)
    expect(page.locator(".nx-closeup:not(.nx-stale)")).to_be_visible(timeout=20_000)
    assert {name: workbench.rings(name) for name in RINGS} == RINGS
    drawing, _ = workbench.drawing("Spectrum")
    assert drawing.count('opacity="0.28"') == 14  # 8 stimuli vary along 7 axes, on each side
    drawing, colour = workbench.drawing("Barcode")
    # A tree over 8 stimuli has 7 edges, at most 3 of them among the 4 that are not selected.
    assert drawing.count(f'fill="{colour}"') >= 2 * 4
    rdm = page.get_by_role("img", name=re.compile("^Dissimilarities")).first
    rdm.click(position={"x": 60, "y": 30})
    expect(page.get_by_role("heading", name=re.compile("^[12] selected"))).to_be_visible()
    page.wait_for_url(re.compile("stimuli"), timeout=30_000)
    card = page.get_by_role("region", name="Dissimilarities, left")
    with page.expect_download() as coming:
        card.hover()
        card.get_by_role("button", name="CSV").click()
    said, _, table = coming.value.path().read_text().partition("\n")
    assert said.startswith("# neural-explorer: {")
    assert table.count("\n") == 9


def test_a_cell_of_the_diagram_opens_its_networks(new_page, app_url):
    query = "x=phase&n_steps=50&n_seeds=1&width=16&n_alignments=3"
    page = new_page()
    workbench = GeometryPage(page, app_url, query)
    expect(workbench.line).to_have_text(re.compile("done|cache"), timeout=50_000)
    # The diagram and the curves under it; while it formed there was the diagram alone.
    page.wait_for_function(BOTH_DRAWN, timeout=20_000)
    page.mouse.click(*page.evaluate(CELL))
    expect(page.get_by_role("heading", name="This cell")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Open its networks").click()
    page.wait_for_url(re.compile("nonlinearity=relu"), timeout=30_000)
    workbench.ready()


def test_what_cannot_run_is_a_sentence(new_page, app_url):
    page = new_page()
    GeometryPage(page, app_url, "x=files&source=nowhere")
    expect(page.locator(".nx-notice")).to_contain_text("no activations named", timeout=40_000)
