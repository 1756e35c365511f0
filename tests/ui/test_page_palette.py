"""Ctrl-K: everything by name, from every page, by keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sorting_page import address

from engines.running import registry
from explorer.related import everything

pytestmark = pytest.mark.ui

TITLES = {name: registry.experiment(name).card.title for name in everything()}


@pytest.fixture
def atlas(new_page, app_url) -> Any:
    page = new_page()
    page.goto(app_url)
    page.goto(address(app_url, "/atlas"))
    expect(page.get_by_role("heading", name="Atlas", exact=True)).to_be_visible(timeout=20_000)
    return page


def field(page: Any) -> Any:
    return page.get_by_role("combobox", name="Find anything by name")


def options(page: Any) -> Any:
    return page.get_by_role("listbox", name="What was found").get_by_role("option")


def ask(page: Any) -> Any:
    """Open it and wait until everything has been read."""
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    expect(said(page)).to_have_text(f"{len(TITLES)} found", timeout=50_000)
    return field(page)


def said(page: Any) -> Any:
    return page.get_by_role("dialog", name="Find").get_by_role("status")


_OF_MANY = {"that", "their", "themselves"}
"""Words that say nothing of what a page is about; too many titles have them."""


_FIRST_FIVE = """([field, list], every) => every.map((letters) => {
  field.value = letters;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  return [...list.querySelectorAll("[role=option] b")].slice(0, 5).map((b) => b.textContent);
})"""
"""Typed in the page itself: some hundred times there and back would take half a minute."""


def test_three_letters_bring_every_experiment_among_the_first_five(atlas):
    asked = ask(atlas)
    titles: dict[str, set[str]] = {}
    for title in TITLES.values():
        found = re.findall(r"[^\W_]+", title)
        words = [word for word in found if len(word) >= 4 and word not in _OF_MANY]
        for letters in {title[:3], *(word[:3] for word in words)}:
            titles.setdefault(letters, set()).add(title)
    listed = atlas.get_by_role("listbox", name="What was found")
    handles = [asked.element_handle(), listed.element_handle()]
    firsts = atlas.evaluate(f"([handles, every]) => ({_FIRST_FIVE})(handles, every)",
                            [handles, list(titles)])  # fmt: skip
    asked.fill("lesion scan")
    assert options(atlas).locator("b").all_inner_texts()[0] == "Lesion scan"
    missed = {
        letters: (titles[letters] - set(first), first)
        for letters, first in zip(titles, firsts, strict=True)
        if not titles[letters] <= set(first)
    }
    assert missed == {}


def test_arrows_enter_and_escape_are_enough(atlas):
    asked = ask(atlas)
    asked.fill("lesion")
    expect(options(atlas).first).to_have_attribute("aria-selected", "true")
    expect(options(atlas).first).to_contain_text("Lesion scan")
    atlas.keyboard.press("ArrowDown")
    expect(options(atlas).nth(1)).to_have_attribute("aria-selected", "true")
    expect(asked).to_have_attribute("aria-activedescendant", "nx-found-1")
    atlas.keyboard.press("ArrowUp")
    atlas.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    atlas.keyboard.press("Meta+k")
    expect(asked).to_have_value("")
    asked.fill("lesion sc")
    atlas.keyboard.press("Enter")
    expect(atlas.get_by_role("heading", level=1)).to_have_text("Lesion scan", timeout=30_000)


def test_a_screen_reader_is_told_what_there_is(atlas):
    asked = ask(atlas)
    expect(asked).to_have_attribute("aria-controls", "nx-found")
    expect(asked).to_have_attribute("aria-expanded", "true")
    asked.fill("aval")
    expect(said(atlas)).to_have_text(re.compile(r"^\d+ found$"))
    asked.fill("qqqqqq")
    expect(said(atlas)).to_contain_text("nothing has this name")
    expect(asked).to_have_attribute("aria-expanded", "false")
    assert asked.get_attribute("aria-activedescendant") is None
    asked.fill("sort")
    found = Axe().run(atlas, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []


def test_a_neuron_is_found_from_a_workbench_and_selected(sorting):
    page = sorting("n_cells=20").ready().page
    page.locator("input.nx-number").first.click()  # also while typing elsewhere
    ask(page).fill("AVAL")
    expect(options(page).first).to_contain_text("AVAL")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="AVAL")).to_be_visible(timeout=45_000)
    assert "/connectome" in page.url


def test_typing_there_is_no_key_of_the_page_below(sorting):
    workbench = sorting("n_cells=20").ready().hold(5)
    workbench.page.keyboard.press("Control+k")
    workbench.page.keyboard.type("a ?")
    workbench.page.keyboard.press("ArrowLeft")
    expect(field(workbench.page)).to_have_value("a ?")
    workbench.page.keyboard.press("Escape")
    assert workbench.clock()["position"] == 5
    assert not workbench.clock()["playing"]


def test_the_front_page_has_it_too_and_an_architecture_opens(page, app_url):
    page.goto(app_url)
    page.get_by_role("button", name="Find").click(timeout=30_000)
    expect(said(page)).to_have_text(f"{len(TITLES)} found", timeout=50_000)
    field(page).fill("swiglu")
    expect(options(page).first).to_contain_text("architecture")
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Experiments")).to_be_visible(timeout=30_000)
    assert "preset=SwiGLU" in page.url
    text = page.get_by_role("textbox", name="Text of the diagram")
    expect(text).to_have_value(re.compile("^def SwiGLU"), timeout=20_000)


def test_the_index_is_behind_the_key(new_page, app_url):
    for part in ("known", "read"):
        page = new_page(allow=("403",))
        place = address(app_url, f"/find/{part}.json").partition("?")[0]
        assert page.goto(place).status == 403
