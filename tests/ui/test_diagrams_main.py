"""The diagrams workbench in a real browser."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from sorting_page import until

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = api.expect
pytestmark = pytest.mark.ui
READY_MS = 40_000


def opened(page, app_url: str, query: str = ""):
    parts = urlsplit(app_url)
    page.goto(f"http://{parts.netloc}/diagrams?{parts.query}&{query}")
    expect(page.locator(".nx-paper svg")).to_be_visible(timeout=READY_MS)
    return page


def rested_on(page, axis: str) -> None:
    """The pointer on a wire of `axis`: again where the picture moved from under it."""
    lit = page.locator(".nx-paper path.lit")
    for _ in range(10):
        # By force: a straight wire has no height, so it counts as unseen.
        page.locator(f".nx-paper path[data-axis={axis}]").first.hover(force=True)
        with suppress(api.TimeoutError):
            lit.first.wait_for(state="attached", timeout=2000)
            return


def test_attention_is_seen_asked_about_broken_and_mended(page, app_url):
    opened(page, app_url)
    # Hovering a wire lights its axis in the picture, the text and the list of sizes.
    rested_on(page, "k")
    expect(page.locator(".nx-paper path.lit").first).to_be_attached()
    expect(page.locator(".nx-legend .nx-lit")).to_have_text(re.compile("k"))
    page.locator(".nx-paper text.learned").first.click(force=True)
    expect(page.locator(".nx-card")).to_contain_text("Linear map (learned)")
    # A broken line is told with its place, and the picture stays.
    area = page.get_by_role("textbox", name="Text of the diagram")
    text = area.input_value()
    area.fill(text.replace("softmax[x]", "softmax[w]"))
    expect(page.locator(".nx-mistakes li")).to_contain_text("w is no axis of s", timeout=READY_MS)
    expect(page.locator(".nx-wrong").first).to_be_visible()
    expect(page.locator(".nx-paper svg")).to_be_visible()
    area.fill(text)
    expect(page.locator(".nx-mistakes li")).to_have_count(0, timeout=READY_MS)


def test_a_block_folds_and_a_picture_is_saved(page, app_url):
    opened(page, app_url)
    page.get_by_role("combobox", name=re.compile("^Preset")).click()
    page.get_by_role("listbox").get_by_text("Pre-norm encoder", exact=True).click()
    expect(page.locator(".nx-paper rect.fence").first).to_be_visible(timeout=READY_MS)
    page.get_by_role("button", name="Fold every block").click()
    expect(page.locator(".nx-paper rect.front")).to_have_count(1, timeout=READY_MS)
    page.locator(".nx-paper rect.front").dblclick(force=True)
    expect(page.locator(".nx-paper rect.fence").first).to_be_visible(timeout=READY_MS)
    with page.expect_download() as caught:
        page.get_by_role("group", name="Save").get_by_text("SVG", exact=True).click()
    assert caught.value.suggested_filename == "prenormencoder.svg"
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the picture in pixels").click()
    assert caught.value.suggested_filename == "diagram.png"


def test_a_reload_shows_the_picture_as_large_and_from_the_same_corner(page, app_url):
    opened(page, app_url)
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").click()
    paper, svg = page.locator(".nx-paper"), page.locator(".nx-paper svg")
    paper.evaluate("paper => paper.scrollTo(120, 0)")
    large = float(svg.get_attribute("width"))
    corner = paper.evaluate("paper => paper.scrollLeft")
    assert corner > 0
    page.wait_for_function("decodeURIComponent(location.search).includes('camera')")
    page.wait_for_timeout(1000)  # the corner settles after the zoom
    page.reload()
    expect(svg).to_be_visible(timeout=READY_MS)
    until(lambda: abs(float(svg.get_attribute("width")) - large) < 0.01 * large)
    until(lambda: abs(paper.evaluate("paper => paper.scrollLeft") - corner) <= 2)
