"""The Atlas in a browser: found by words, filtered, used by keys, quick with many entries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sorting_page import address

from explorer.related import everything

pytestmark = pytest.mark.ui


def opened(new_page, url: str, query: str = "", **options: Any) -> Any:
    page = new_page(**options)
    page.goto(url)
    page.goto(address(url, "/atlas", query))
    expect(page.get_by_role("heading", name="Atlas", exact=True)).to_be_visible(timeout=20_000)
    return page


def titles(page: Any) -> list[str]:
    shown = page.locator("h3 a").filter(visible=True)
    return shown.all_text_contents()  # a card that is not drawn yet has text, and shows none


def search(page: Any) -> Any:
    return page.get_by_role("searchbox", name="Search the experiments")


def test_every_experiment_is_there_and_leads_to_its_page(new_page, app_url):
    page = opened(new_page, app_url)
    assert len(titles(page)) == len(everything())
    expect(page.get_by_role("status")).to_have_text(f"{len(everything())} experiments")
    card = page.locator(".nx-entry", has=page.locator("h3 a", has_text="Plateau and jump"))
    expect(card).to_contain_text("Saxe, McClelland")
    expect(card.get_by_role("link", name="Saxe")).to_have_attribute(
        "href", "https://arxiv.org/abs/1312.6120"
    )
    page.get_by_role("link", name="Plateau and jump").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plateau and jump", timeout=30_000)


def test_help_is_the_manual_which_leads_back(new_page, app_url):
    page = opened(new_page, app_url)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("Neural Explorer, the manual")
    page.get_by_label("Filter pages").fill("swimmer")
    pages = page.get_by_role("navigation")
    expect(pages.get_by_role("link", name="Structure", exact=True)).to_have_count(0)
    expect(pages.get_by_role("link", name="Bodies", exact=True)).to_be_visible()
    page.get_by_role("link", name="Bodies").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Open it in the app").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Swimmer", timeout=30_000)


def test_words_filters_and_the_address_go_together(new_page, app_url):
    page = opened(new_page, app_url)
    search(page).fill("permut exact")
    assert "Exact permutations" in titles(page)
    assert "Wiring" not in titles(page)
    page.get_by_label("Every workbench").select_option("Pointer")
    found = titles(page)
    assert found
    assert page.url.endswith("?q=permut+exact&workbench=Pointer")
    page.reload()
    assert titles(page) == found
    search(page).fill("")
    page.get_by_label("Every family").select_option("Pointer/Solving")
    assert titles(page) == ["Points and pointers", "Inside the network", "Solver race"]


def test_what_finds_nothing_teaches_what_to_do(new_page, app_url):
    page = opened(new_page, app_url, "q=zzzz")
    expect(page.get_by_role("status")).to_have_text(f"0 of {len(everything())} experiments")
    expect(page.get_by_role("heading", name="No experiment has all of")).to_be_visible()
    page.get_by_role("button", name="lesion").click()
    assert "Lesion scan" in titles(page)
    expect(search(page)).to_be_focused()
    search(page).fill("zzzz")
    page.get_by_role("button", name="show everything").click()
    assert len(titles(page)) == len(everything())


def test_the_list_is_walked_by_keys(new_page, app_url):
    page = opened(new_page, app_url, "q=sheet")
    search(page).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="A sheet of cells", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("A sheet of cells", timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_atlas_can_be_read_by_everybody(new_page, app_url, scheme):
    page = opened(new_page, app_url, color_scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []


@pytest.mark.parametrize("width", [1024, 1440, 1920])
def test_the_atlas_fits(new_page, app_url, width):
    page = opened(new_page, app_url, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    bar = page.get_by_role("search", name="Atlas").bounding_box()
    assert bar["height"] < 70


def test_it_is_reached_from_the_front_page(new_page, app_url):
    page = new_page()
    page.goto(app_url)
    page.get_by_role("link", name="Atlas of all experiments").click(timeout=30_000)
    expect(page.get_by_role("heading", name="Atlas", exact=True)).to_be_visible()
    here = page.get_by_role("banner").get_by_role("link", name="Atlas", exact=True)
    expect(here).to_have_attribute("aria-current", "page")


def test_it_is_behind_the_key(new_page, app_url):
    page = new_page(allow=("403",))
    response = page.goto(address(app_url, "/atlas").partition("?")[0])
    assert response.status == 403


# Many entries -----------------------------------------------------------------------------------


def planted(folder: Path, n: int) -> Path:
    """A workbench of many small experiments, copies of the example in CONTRIBUTING.md."""
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    home = folder / "engines" / "many"
    for k in range(n):
        family = home / "experiments" / f"family_{k // 10}"
        family.mkdir(parents=True, exist_ok=True)
        for made in (home, home / "experiments", family):
            (made / "__init__.py").write_text('"""Planted to be many."""\n')
        named = example.replace('"Random walk"', f'"Random walk number {k}"')
        (family / f"walk_{k}.py").write_text(named)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_two_hundred_entries_are_there_at_once(new_page, own_app, tmp_path):
    n = 200
    app = own_app(PYTHONPATH=str(planted(tmp_path / "site", n)))
    page = opened(new_page, app.url)
    expect(page.get_by_role("status")).to_have_text(f"{n + len(everything())} experiments")
    taken_s = []
    for _ in range(5):
        page.reload()
        expect(page.locator(".nx-entry").last).to_be_attached()
        taken_s.append(page.evaluate("performance.now()") / 1000)
    assert min(taken_s) <= 1.0, taken_s
    search(page).fill("walk number 17")
    first = page.locator("h3 a").filter(visible=True).first
    expect(first).to_have_text("Random walk number 17")
    assert len(titles(page)) == 12  # 17, 117 and the 170s
