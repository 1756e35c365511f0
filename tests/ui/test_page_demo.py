"""A demo in a browser: tours follow one another, nothing leads out, and it begins again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sorting_page import address

pytestmark = [pytest.mark.ui, pytest.mark.timeout(300)]


def test_a_visitor_is_kept_and_the_tours_go_round(own_app, new_page):
    demo = own_app("--demo", "--tours", "own-will,attention-eight-lines", "--idle-s", "10")
    page = new_page()
    page.goto(demo.url)
    offer = page.get_by_role("link", name="Play the tours")
    expect(offer).to_be_visible()
    expect(page.get_by_role("button", name="Share")).to_be_hidden()
    page.goto(address(demo.url, "/atlas"))
    before = page.url
    page.locator("a[target=_blank]").first.click()
    page.wait_for_timeout(500)
    assert (len(page.context.pages), page.url) == (1, before)
    page.goto(address(demo.url, "/sorting", "tour=own-will&play=1&step=6"))
    card = page.get_by_role("region", name="Tour")
    expect(card).to_contain_text("6 of 6", timeout=90_000)
    expect(page.get_by_role("button", name="CSV", exact=True)).to_have_count(0)
    pause = card.get_by_role("button", name="Pause")
    pause.click()
    expect(card.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("p")
    expect(pause).to_be_visible()
    # Nobody touches it: the last step ends by itself and the next tour begins.
    page.wait_for_url("**/diagrams?**", timeout=120_000)
    expect(card).to_contain_text("1 of", timeout=90_000)
    page.keyboard.press("PageDown")
    expect(card).to_contain_text("2 of", timeout=90_000)
    # A visitor takes over and leaves: all begins again with the first tour.
    page.keyboard.press("p")
    page.wait_for_url("**/sorting?**", timeout=60_000)
