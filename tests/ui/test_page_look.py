"""How the pages look: readable by everybody, in both themes, in both widths."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sorting_page import SortingPage, address

pytestmark = pytest.mark.ui

SERIOUS = {"serious", "critical"}


# What panel-material-ui draws itself and nobody outside can name: the anchor of a help tooltip, an
# empty span with a label. The help is also the widget's accessible description.
NOT_OURS = {"aria-prohibited-attr": re.compile(r'<span [^>]*sx="\[object Object\]"')}


def violations(page) -> list[str]:
    """Serious and critical findings of axe-core, one line for each element."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{v['id']}: {node['html'][:160]} at {node['target'][0][-2:]}: "
        + " ".join(node["failureSummary"].split())[:300]
        for v in found
        if v["impact"] in SERIOUS
        for node in v["nodes"]
        if not (v["id"] in NOT_OURS and NOT_OURS[v["id"]].match(node["html"]))
    ]


def lasting(page, seconds: float = 12.0) -> list[str]:
    """Findings that stay: widgets take the theme a moment after the page has it."""
    until = time.monotonic() + seconds
    while (found := violations(page)) and time.monotonic() < until:
        page.wait_for_timeout(300)
    return found


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


def test_the_front_page_can_be_read_by_everybody(new_page, app_url, theme):
    page = new_page(color_scheme=theme)
    page.goto(app_url)
    expect(page.locator(".nx-homecard canvas").first).to_be_visible(timeout=30_000)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert lasting(page) == []


def test_the_workbench_can_be_read_by_everybody(sorting, theme):
    workbench = sorting("n_cells=30&seed=9&n_frozen=2", color_scheme=theme).ready()
    workbench.hold(20)
    workbench.click_bar(3, 30)
    expect(workbench.button("Undo last edit")).to_be_hidden()
    assert lasting(workbench.page) == []


def test_help_can_be_read_by_everybody(sorting, theme):
    workbench = sorting("n_cells=30&seed=9", color_scheme=theme).ready()
    workbench.page.keyboard.press("?")
    expect(workbench.page.get_by_role("dialog")).to_be_visible()
    assert lasting(workbench.page) == []


OVERFLOW = """() => {
  const wide = []
  const look = root => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) look(node.shadowRoot)
      if (node.closest(".nx-wide table")) continue // scrolls where it stands
      const box = node.getBoundingClientRect()
      const style = getComputedStyle(node)
      const shown = style.visibility !== "hidden" && box.width > 1 && box.height > 1
      if (shown && box.right > innerWidth + 1) wide.push(`${node.tagName}.${node.className} ${box.right}`)
      if (shown && node.matches?.("button, label, summary, h1, h2, h3, .nx-step") &&
          node.scrollWidth > node.clientWidth + 2 && style.overflow !== "visible")
        wide.push(`cut: ${node.tagName} ${node.textContent.trim().slice(0, 40)}`)
    }
  }
  look(document)
  return wide.slice(0, 12)
}"""


@pytest.mark.parametrize("width", [1024, 1920])
def test_everything_fits(sorting, theme, width, tmp_path_factory):
    size = {"width": width, "height": 768 if width == 1024 else 1080}
    workbench = sorting("n_frozen=3&seed=4", color_scheme=theme, viewport=size).ready()
    workbench.hold(400)
    workbench.click_bar(30, 100)
    expect(workbench.button("Make insertion")).to_be_visible()
    workbench.page.screenshot(path=tmp_path_factory.mktemp("look") / f"sorting-{width}-{theme}.png")
    assert workbench.page.evaluate(OVERFLOW) == []
    assert workbench.page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (workbench.button("Run"), workbench.array, workbench.button("Play (space)")):
        expect(part).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [1024, 1920])
def test_the_front_page_fits(new_page, app_url, width):
    page = new_page(viewport={"width": width, "height": 800})
    page.goto(app_url)
    expect(page.locator(".nx-homecard canvas").first).to_be_visible(timeout=30_000)
    assert page.evaluate(OVERFLOW) == []


def test_the_theme_is_switched_and_remembered(sorting):
    workbench = sorting("n_cells=20", color_scheme="light").ready()
    colour = "getComputedStyle(document.documentElement).getPropertyValue('--nx-ground').trim()"
    light = workbench.page.evaluate(colour)
    workbench.button("Switch between light and dark").click()
    dark = workbench.page.evaluate(colour)
    assert dark != light
    page = workbench.page
    page.goto(address(workbench.url, "/"))
    expect(page.locator(".nx-homecard").first).to_be_visible(timeout=30_000)
    assert page.evaluate(colour) == dark


def test_a_narrow_comparison_fits(sorting):
    workbench: SortingPage = sorting("n_cells=40", viewport={"width": 1024, "height": 768}).ready()
    workbench.choose("Side by side", "schedulers")
    expect(workbench.page.locator(".nx-lane")).to_have_count(4, timeout=30_000)
    assert workbench.page.evaluate(OVERFLOW) == []
