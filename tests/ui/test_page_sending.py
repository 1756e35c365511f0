"""Send to: one button takes an object to another workbench, which says where it came from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sorting_page import READY_MS

pytestmark = pytest.mark.ui


def test_contacts_of_cells_open_as_a_wiring_that_leads_back(sorting):
    workbench = sorting("n_cells=12&seed=5").ready()
    page = workbench.page
    page.get_by_role("button", name="Who swapped with whom → Connectome").click()
    page.wait_for_url(re.compile("/connectome"), timeout=READY_MS)
    expect(page.get_by_text("Who swapped with whom, from Sorting:")).to_be_visible(timeout=READY_MS)
    expect(page.get_by_text("12 neurons").first).to_be_visible(timeout=READY_MS)
    page.get_by_role("link", name="Open the run that gave it").click()
    page.wait_for_url(re.compile("/sorting"), timeout=READY_MS)
    assert "n_cells=12" in page.url
