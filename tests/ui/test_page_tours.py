"""Every tour is played to its end, and at every step its light is on something visible."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sorting_page import address

from explorer.tours import tours

pytestmark = pytest.mark.ui
COMPUTED_MS = 180_000
"""Some steps train a network; on a busy machine that takes its time."""


@pytest.mark.apart
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", list(tours()))
def test_a_tour_is_played_to_its_end(name, page, app_url):
    tour = tours()[name]
    workbench = tour.experiment.partition("/")[0]
    page.goto(address(app_url, f"/{workbench}", f"tour={name}"))
    card = page.get_by_role("region", name="Tour")
    for number, step in enumerate(tour.steps, start=1):
        expect(card).to_contain_text(f"{number} of {len(tour.steps)}", timeout=COMPUTED_MS)
        expect(card).to_contain_text(step.text)
        onward = card.get_by_role("button", name="Next" if number < len(tour.steps) else "Finish")
        expect(onward).to_be_enabled(timeout=COMPUTED_MS)
        expect_light(page, step.highlight)
        onward.click()
    expect(card).to_be_hidden()
    expect(page.locator(".nx-ring")).to_be_hidden()


def test_the_front_page_leads_to_every_tour(page, app_url):
    page.goto(address(app_url, "/"))
    for tour in tours().values():
        link = page.get_by_role("link", name=tour.title, exact=True)
        expect(link).to_be_visible(timeout=COMPUTED_MS)
        assert (link.get_attribute("href") or "").endswith(f"?tour={tour.name}")
    link.click()
    expect(page.get_by_role("region", name="Tour")).to_contain_text("1 of", timeout=COMPUTED_MS)


def expect_light(page, selector):
    """The ring lies around the element a step speaks of, and that is on screen."""
    target = page.locator(selector).first
    expect(target).to_be_visible(timeout=30_000)
    ring = page.locator(".nx-ring")
    expect(ring).to_be_visible()
    page.wait_for_timeout(250)  # the ring follows five times a second
    lit, box = ring.bounding_box(), target.bounding_box()
    assert abs(lit["x"] - box["x"]) < 12
    assert box["y"] - 12 <= lit["y"] < 900
    assert lit["width"] > 40
    assert lit["height"] > 20


def test_a_link_leads_into_the_middle_of_a_tour_and_back_goes_back(page, app_url):
    page.goto(address(app_url, "/sorting", "tour=own-will&step=3"))
    card = page.get_by_role("region", name="Tour")
    expect(card).to_contain_text("3 of", timeout=COMPUTED_MS)
    card.get_by_role("button", name="Back").click()
    expect(card).to_contain_text("2 of")
    card.get_by_role("button", name="End the tour").click()
    expect(card).to_be_hidden()


def test_a_tour_that_does_not_exist_opens_the_workbench(sorting):
    sorting("tour=nowhere&step=99").ready()
