"""Claims under a page's heading: a verdict each, and opened, what it rests on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sorting_page import address

pytestmark = pytest.mark.ui


def test_a_claim_is_opened_read_and_closed_without_a_mouse(page, app_url):
    page.goto(app_url)
    page.goto(address(app_url, "/connectome", "x=swimmer"))
    chip = page.get_by_role("button", name=re.compile("swims before any training"))
    expect(chip).to_contain_text("holds", timeout=40_000)
    expect(chip).to_have_attribute("aria-expanded", "false")
    chip.press("Enter")
    panel = page.get_by_role("region", name=re.compile("swims before any training"))
    # Body lengths per cycle of the paper's circuit at rest, as docs/connectome.md has them.
    expect(panel).to_contain_text("0.102")
    expect(panel).to_contain_text("holds when")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(chip).to_be_focused()
