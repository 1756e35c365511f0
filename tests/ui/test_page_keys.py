"""The page without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.ui


@pytest.fixture
def workbench(sorting):
    return sorting("n_cells=40&seed=7").ready().hold(5)


def test_space_plays_and_pauses(workbench):
    workbench.page.keyboard.press("Space")
    assert workbench.clock()["playing"]
    workbench.page.keyboard.press("Space")
    assert not workbench.clock()["playing"]


def test_arrows_go_one_swap_back_and_forward(workbench):
    for key, position in (("ArrowRight", 6), ("ArrowRight", 7), ("ArrowLeft", 6)):
        workbench.page.keyboard.press(key)
        assert workbench.clock()["position"] == position
    assert workbench.readout.startswith("swap 6 of")


def test_typing_in_a_field_is_typing(workbench):
    box = workbench.page.locator("input.nx-number").first
    box.click()
    for key in (" ", "ArrowLeft", "ArrowRight", "?"):
        box.press(key)
    assert workbench.clock()["position"] == 5
    assert not workbench.clock()["playing"]
    expect(workbench.page.get_by_role("dialog")).to_be_hidden()


def test_arrows_on_a_slider_move_the_slider_only(workbench):
    slider = workbench.page.get_by_role("slider", name="Cells", exact=True)
    slider.focus()
    slider.press("ArrowRight")
    assert workbench.clock()["position"] == 5
    expect(workbench.page.locator("input.nx-number").first).to_have_value("41")


def test_a_question_mark_opens_help_and_escape_closes_it(workbench):
    workbench.page.keyboard.press("?")
    dialog = workbench.page.get_by_role("dialog")
    expect(dialog).to_contain_text("play or pause")
    workbench.page.keyboard.press("Space")
    assert not workbench.clock()["playing"]
    workbench.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    workbench.page.keyboard.press("Space")
    assert workbench.clock()["playing"]


def test_escape_closes_the_share_menu(workbench):
    workbench.button("Share").click()
    item = workbench.page.get_by_role("menuitem", name="Save session file")
    expect(item).to_be_visible()
    workbench.page.keyboard.press("Escape")
    expect(item).to_be_hidden()


FOCUSED = """() => {
  let found = document.activeElement
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement
  const box = found.getBoundingClientRect()
  return [found.getAttribute("aria-label") ?? found.textContent.trim() ?? "", box.left, box.top,
    box.width * box.height]
}"""


def test_tab_walks_from_the_header_through_controls_to_the_timeline(workbench):
    seen: list[str] = []
    for _ in range(120):
        workbench.page.keyboard.press("Tab")
        label, _, _, _ = workbench.page.evaluate(FOCUSED)
        seen.append(label)
        if label.startswith("Playing speed"):
            break
    wanted = [
        "Neural Explorer, home",
        "Sorting",
        "Share",
        "Help",
        "Run",
        "inspect",
        "Play (space)",
        "Position in time",
        "Playing speed, log scale",
    ]
    places = [next((i for i, label in enumerate(seen) if label == name), -1) for name in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True)) | {"seen": seen}
    assert places == sorted(places), dict(zip(wanted, places, strict=True))
