"""The row of families: one line at every width, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from sorting_page import address

from engines.running import registry

pytestmark = pytest.mark.ui

WORKBENCHES = [name for name in registry.workbenches() if registry.listed(name)]
FAMILIES = {name: [each.title for each in registry.families(name)] for name in WORKBENCHES}


@pytest.fixture
def opened(new_page, app_url) -> Callable[..., Any]:
    def open_page(path: str, width: int = 1440) -> Any:
        page = new_page(viewport={"width": width, "height": 800})
        page.goto(app_url)
        page.goto(address(app_url, path))
        expect(row(page)).to_be_visible(timeout=30_000)
        return page

    return open_page


def row(page: Any) -> Any:
    return page.get_by_role("navigation", name="Experiments")


@pytest.mark.parametrize("workbench", WORKBENCHES)
def test_the_families_stand_on_one_line_and_lose_nothing(opened, workbench):
    leaves = [name.partition("/")[2] for name in registry.listed(workbench)]
    page = opened(f"/{workbench}", 1920)
    for width in (1920, 1440, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(300)
        assert row(page).bounding_box()["height"] <= 40
        assert row(page).evaluate("e => e.scrollWidth <= e.clientWidth + 1")
        # Also what is folded away can be reached: every address stands in some list.
        found = row(page).locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert set(found) == {f"./{workbench}?x={leaf}" for leaf in leaves}


def test_a_family_opens_its_experiments_by_mouse(opened):
    page = opened("/geometry")
    similar = row(page).get_by_role("button", name="Similarity")
    expect(similar).to_have_attribute("aria-expanded", "false")
    similar.click()
    expect(similar).to_have_attribute("aria-expanded", "true")
    listed = page.get_by_role("group", name="Similarity")
    expect(listed).to_contain_text("How alike two representations are.")
    listed.get_by_role("link", name="Weight matching").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Weight matching", timeout=30_000)
    expect(row(page).get_by_role("button", name="Similarity")).to_have_attribute(
        "aria-current", "true"
    )


def test_the_row_is_used_without_a_mouse(opened):
    page = opened("/geometry", 1920)
    first = row(page).get_by_role("button", name="Feature learning")
    first.focus()
    page.keyboard.press("End")
    last = row(page).get_by_role("button", name="Own data")
    expect(last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Sentences")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Your activations")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Own data")).to_be_hidden()
    expect(last).to_be_focused()
    page.keyboard.press("ArrowLeft")
    before = FAMILIES["geometry"][-2]
    expect(row(page).get_by_role("button", name=before)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name=before)).to_be_visible()


def test_related_experiments_lead_to_each_other(opened):
    page = opened("/geometry")
    page.get_by_role("button", name="Related").click()
    listed = page.get_by_role("group", name="Related experiments")
    expect(listed).to_contain_text("same paper")
    listed.get_by_role("link", name="Phase diagram").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phase diagram", timeout=30_000)
    page.get_by_role("button", name="Related").click()
    expect(page.get_by_role("group", name="Related experiments")).to_contain_text("Task studio")
