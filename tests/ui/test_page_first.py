"""Never blank: a picture stands on every page long before its run is over, also in a hurry."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engines.running import registry

pytestmark = [pytest.mark.ui, pytest.mark.slow, pytest.mark.timeout(300)]

spec = importlib.util.spec_from_file_location("opening", Path(__file__).with_name("opening.py"))
opening = importlib.util.module_from_spec(spec)
spec.loader.exec_module(opening)

PATHS = [
    f"{workbench}?x={name.partition('/')[2]}"
    for workbench in registry.workbenches()
    for name in registry.listed(workbench)
]


def test_pages_opened_without_waiting_each_show_their_picture(own_app, new_page, tmp_path):
    """Nothing was ever run: no result is stored, and no kernel is compiled.

    How soon the pictures come is in ``benchmarks/page.py``.
    """
    app = own_app(NUMBA_CACHE_DIR=str(tmp_path / "kernels"))
    page = new_page()
    page.goto(app.url)
    expect(page.locator(".nx-homecard").first).to_be_visible(timeout=60_000)
    opening.hurried(page, opening.base_of(app.url), PATHS[::3], len(PATHS[::3]))


def test_the_toolkit_is_asked_for_once_and_before_the_document_has_come(new_page, app_url):
    page, asked = new_page(), []
    page.on("websocket", lambda _socket: asked.append("document"))
    page.on("request", lambda request: asked.append(request.url.partition("?")[0]))
    page.goto(app_url)
    expect(page.locator(".nx-homecard").first).to_be_visible(timeout=60_000)
    bundles = [k for k, each in enumerate(asked) if each.endswith("material-ui.bundle.js")]
    assert len(bundles) == 1
    assert bundles[0] < asked.index("document")


def test_a_kept_run_is_found_again_from_another_page(sorting, page, app_url):
    page.goto(app_url)
    page.goto(opening.base_of(app_url) + "/geometry?x=phase")
    keep = page.get_by_role("button", name="Keep running when this page is left")
    expect(keep).to_be_enabled(timeout=60_000)
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "true")
    page.goto(opening.base_of(app_url) + "/atlas")
    page.get_by_role("button", name="kept: show them").click()
    listed = page.get_by_role("dialog", name="Runs kept going")
    expect(listed.get_by_role("link", name="Open")).to_have_attribute("href", re.compile("phase"))
    expect(listed.get_by_role("button")).to_have_count(0)
    page.goto(opening.base_of(app_url) + "/diagrams")
    kept = page.get_by_role("button", name="kept: show them")
    kept.click(timeout=30_000)
    listed = page.get_by_role("dialog", name="Runs kept going")
    expect(listed).to_contain_text("Phase diagram")
    listed.get_by_role("button", name="Stop").or_(
        listed.get_by_role("button", name="Dismiss")
    ).click()
    expect(kept).to_be_hidden(timeout=20_000)
