"""The stage: pictures fill it, open large and come back; the columns beside it fold."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sorting_page import address

pytestmark = pytest.mark.ui

# Width and height of the stage and of what its pictures cover, in pixels, without its padding.
COVERED = """() => {
  const all = (root, css) => [...root.querySelectorAll("*")].flatMap((node) =>
    [...(node.matches(css) ? [node] : []), ...(node.shadowRoot ? all(node.shadowRoot, css) : [])])
  const stage = all(document, ".nx-middle")[0].getBoundingClientRect()
  const boxes = all(document, ".nx-cell").map((node) => node.getBoundingClientRect())
  const right = Math.max(...boxes.map((box) => box.right)), left = Math.min(...boxes.map((box) => box.left))
  const bottom = Math.max(...boxes.map((box) => box.bottom)), top = Math.min(...boxes.map((box) => box.top))
  return {wide: (right - left) / stage.width, low: stage.bottom - bottom, n: boxes.length, top: top - stage.top}
}"""
TICKS = """() => [...new Set((Bokeh.index.query((view) => view.model.type === "Figure") ?? [])
  .flatMap((view) => view.model.below.flatMap((axis) => axis.formatter?.type ?? [])))]"""


@pytest.fixture
def saxe(new_page, app_url):
    """A page of two pictures and a table that is done within a second."""

    def open_page(width: int, height: int):
        page = new_page(viewport={"width": width, "height": height})
        page.goto(app_url)
        page.goto(address(app_url, "/geometry", "x=saxe"))
        expect(page.locator("p.nx-line")).to_contain_text(
            re.compile("done|from cache"), timeout=50_000
        )
        expect(page.locator(".nx-cell")).to_have_count(2)
        page.wait_for_timeout(400)
        return page

    return open_page


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1440, 900), (1920, 1080)])
def test_pictures_fill_the_stage(saxe, width, height):
    covered = saxe(width, height).evaluate(COVERED)
    assert covered["wide"] > 0.9
    assert covered["low"] < 90 or height < 800  # on a low screen cells keep their least height


def test_a_large_first_picture_has_no_hole_beside_it(new_page, app_url):
    page = new_page(viewport={"width": 1920, "height": 1080})
    page.goto(app_url)
    page.goto(address(app_url, "/connectome", "x=cell_types"))
    cells = page.locator(".nx-cell")
    expect(cells).to_have_count(3)
    page.wait_for_timeout(400)
    first, second, last = (cells.nth(k).bounding_box() for k in range(3))
    assert second["x"] == last["x"] > first["x"] + first["width"]
    assert abs(first["y"] + first["height"] - last["y"] - last["height"]) < 2


def test_a_picture_opens_large_and_comes_back_with_escape(saxe):
    page = saxe(1440, 900)
    button = page.get_by_role("button", name=re.compile("^Open large: Loss"))
    cell = page.locator(".nx-cell").nth(1)
    before = cell.bounding_box()
    button.click()
    stage, large = page.locator(".nx-middle").bounding_box(), cell.bounding_box()
    assert abs(large["width"] - stage["width"]) < 2
    assert abs(large["height"] - stage["height"]) < 2
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    after = cell.bounding_box()
    assert (after["width"], after["height"]) == (before["width"], before["height"])


def test_the_columns_fold_and_stay_folded(saxe):
    page = saxe(1440, 900)
    stage = page.locator(".nx-middle").bounding_box()
    wide = stage["width"]
    hide = page.get_by_role("button", name="Hide the inspector (])")
    handle = hide.bounding_box()
    assert abs(handle["x"] + handle["width"] - stage["x"] - wide) < 2  # at the edge, over nothing
    hide.click()
    page.keyboard.press("[")
    expect(page.get_by_role("button", name="Show the controls ([)")).to_be_visible()
    assert page.locator(".nx-middle").bounding_box()["width"] > wide + 500
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Show the inspector (])")).to_be_visible(timeout=30_000)
    page.keyboard.press("[")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()


def test_numbers_at_the_axes_use_letters_for_powers(saxe):
    assert saxe(1440, 900).evaluate(TICKS) == ["CustomJSTickFormatter"]
