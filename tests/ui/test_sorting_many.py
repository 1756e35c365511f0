"""Many runs in a browser: the paper's numbers, the map of settings, figures as files."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from engines.sorting.paper.targets import targets

pytestmark = pytest.mark.ui

CELL = """() => {
  const [view] = [...Bokeh.index.query((v) => v.model.type === "Figure" && v.el.isConnected)]
  const {x_scale, y_scale} = view.frame
  const box = view.canvas_view.el.getBoundingClientRect()
  return [box.x + x_scale.compute(1.5), box.y + y_scale.compute(1.5)]
}"""
"""Where the second column of the second row of the map lies in the window."""


def saved(page, title: str) -> dict[str, bytes]:
    with page.expect_download(timeout=30_000) as coming:
        page.get_by_role("button", name=title).click()
    with zipfile.ZipFile(io.BytesIO(coming.value.path().read_bytes())) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert b"Neural Explorer" in found.pop("provenance.json")
    return found


@pytest.mark.timeout(180)
def test_every_number_of_the_paper_is_a_row_that_runs_again(sorting):
    workbench = sorting("x=paper&n_runs=10")
    page = workbench.page
    heading = page.get_by_role("heading", name=f"{len(targets())} printed numbers")
    expect(heading).to_be_visible(timeout=60_000)
    expect(workbench.line).to_have_text(re.compile("done|cache"))
    row = page.get_by_role("row", name=re.compile("^cell-view selection: swaps 1,095.5"))
    before = row.inner_text()
    row.get_by_role("button").click()
    expect(page.get_by_text("run again with seed 10")).to_be_visible(timeout=20_000)
    expect(row).not_to_have_text(before)
    expect(page.get_by_text(re.compile("depend on the scheduler")).first).to_be_visible()
    drawn = saved(page, "Every figure as it is drawn here, zipped")
    assert len(drawn) >= 10
    for number in (4, 5, 7, 8, 9):
        assert any(f"-figure-{number}-" in name for name in drawn), number
    assert all(svg.startswith(b"<svg") for svg in drawn.values())
    numbers = saved(page, "The numbers of every picture, one file each, zipped")
    assert b"1095.5" in b"".join(numbers.values())


def test_a_cell_of_the_map_opens_its_run(sorting):
    workbench = sorting("x=sweep&n_runs=3&n_x=3&n_y=2")
    page = workbench.page
    expect(workbench.line).to_have_text(re.compile("done|cache"), timeout=60_000)
    page.mouse.click(*page.evaluate(CELL))
    expect(page.get_by_role("heading", name="This cell")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Open its first run").click()
    page.wait_for_url(re.compile("mean_burst=7.07"), timeout=30_000)
    workbench.ready()
    expect(workbench.detail).to_contain_text("100 cells")
