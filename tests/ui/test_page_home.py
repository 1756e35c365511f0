"""The front page: what there is, alive, and where it leads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engines.running import registry

pytestmark = pytest.mark.ui

FINISHED = [name.title() for name in registry.workbenches() if registry.listed(name)]
PIXELS = "canvas => canvas.toDataURL()"


@pytest.fixture
def home(page, app_url):
    page.goto(app_url)
    expect(page.locator(".nx-homecard").first).to_be_visible(timeout=30_000)
    return page


def test_every_finished_workbench_has_a_card_and_no_other(home):
    assert "Sorting" in FINISHED
    assert set(FINISHED) < {name.title() for name in registry.workbenches()}
    assert home.locator(".nx-homecard h2").all_inner_texts() == FINISHED
    links = home.get_by_role("navigation", name="Workbenches").get_by_role("link")
    assert links.all_inner_texts() == FINISHED
    for name in FINISHED:
        first = registry.experiment(registry.listed(name.lower())[0])
        expect(card_of(home, name).locator("p").first).to_have_text(first.card.claim)


def card_of(home, name: str):
    return home.locator(".nx-homecard").filter(has=home.get_by_role("heading", name=name))


def test_the_picture_on_a_card_is_alive(home):
    canvas = card_of(home, "Sorting").locator("canvas").first
    blank = canvas.evaluate(
        "c => { const e = document.createElement('canvas'); "
        "e.width = c.width; e.height = c.height; return e.toDataURL() }"
    )
    seen = {blank}
    for _ in range(100):
        seen.add(canvas.evaluate(PIXELS))
        if len(seen) > 3:
            return
        home.wait_for_timeout(150)
    pytest.fail("the picture does not move")


def test_a_card_leads_to_its_workbench_and_back(home):
    card_of(home, "Sorting").locator("h2 a").click()
    expect(home.get_by_role("button", name="Run", exact=True)).to_be_visible(timeout=30_000)
    assert home.url.endswith("/sorting")
    home.get_by_role("link", name="Neural Explorer, home").click()
    expect(home.locator(".nx-homecard").first).to_be_visible(timeout=30_000)


def test_a_tour_starts_from_the_front_page(home):
    card_of(home, "Sorting").locator("li a").first.click()
    tour = home.get_by_role("region", name="Tour")
    expect(tour).to_be_visible(timeout=30_000)
    expect(tour).to_contain_text(re.compile(r"1 of \d"))


def test_help_opens_on_the_front_page(home):
    home.get_by_role("button", name="Help").click()
    dialog = home.get_by_role("dialog")
    expect(dialog).to_contain_text("Known answers")
    expect(dialog).to_contain_text("Zhang, Goldstein")
    home.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_known_answers_are_checked_from_the_page(home):
    home.get_by_role("button", name="Help").click()
    home.get_by_role("button", name="Check them now").click()
    rows = home.get_by_role("dialog").get_by_role("row").filter(has_text="reproduced")
    expect(rows.first).to_be_visible(timeout=45_000)
