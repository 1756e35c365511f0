"""Sessions: nothing is lost by a reload, by ``kill -9`` of the server, by another port."""

from __future__ import annotations

import os
import re
import signal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sorting_page import READY_MS, SortingPage

pytestmark = pytest.mark.ui


def shows(workbench: SortingPage, cells: str) -> None:
    """Runs are not waited for: what is tested stands in the controls."""
    slider = workbench.page.get_by_role("slider", name="Cells", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"^{cells}\b"), timeout=READY_MS)


def undo(workbench: SortingPage, keys: str, said: str) -> None:
    workbench.page.locator("body").click(position={"x": 700, "y": 885})
    workbench.page.keyboard.press(keys)
    expect(workbench.notices.last).to_contain_text(said)


def test_changes_are_undone_after_a_reload_a_kill_and_on_another_port(own_app, new_page):
    first = own_app()
    refused = ("WebSocket", "Failed to connect", "not connected", "ERR_CONNECTION", "Lost")
    page = new_page(allow=refused)
    workbench = SortingPage(page, first.url, "n_cells=40")
    shows(workbench, "40")
    workbench.number("Cells", 30)
    page.wait_for_function("location.search.includes('n_cells=30')")
    browser = page.context.new_cdp_session(page)
    # What is asked while a slow page is still being built is answered when it stands.
    browser.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.reload()
    shows(workbench, "30")
    undo(workbench, "Control+z", "Undone: Cells 30 → 40.")
    os.kill(first.process.pid, signal.SIGSTOP)  # as a laptop that sleeps
    page.wait_for_timeout(2_000)
    os.kill(first.process.pid, signal.SIGCONT)
    undo(workbench, "Control+y", "Redone: Cells 40 → 30.")
    browser.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    page.wait_for_timeout(2_600)  # saved by itself every two seconds
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    expect(page.get_by_text("what you set is saved")).to_be_visible()
    second = own_app(EXPLORER_DATA=str(first.folder / "data"))
    assert urlsplit(second.url).port != urlsplit(first.url).port
    page.goto(second.url)
    page.get_by_role("button", name="Open: What was open here").click()
    shows(workbench, "30")
    undo(workbench, "Control+z", "Undone: Cells 30 → 40.")
