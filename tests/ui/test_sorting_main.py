"""The main job: an array sorts itself, and what is done to it by hand changes what happens."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect
from sorting_page import READY_MS, SortingPage

pytestmark = pytest.mark.ui

SMALL = "n_cells=20&algotypes=[{%22algotype%22:%22bubble%22}]&seed=5"


def test_an_array_sorts_itself_soon_after_the_command(own_app, new_page):
    start = time.monotonic()
    workbench = SortingPage(new_page(), own_app().url)
    workbench.page.wait_for_function(
        "[...(globalThis.__nxClocks ?? new Map()).values()].some(c => c.playing && c.position > 5)",
        timeout=READY_MS,
    )
    assert time.monotonic() - start < 20.0  # 5 s is the goal on a quiet machine
    first = workbench.readout
    assert re.fullmatch(r"swap [\d,]+ of [\d,]+", first)
    speed = workbench.page.get_by_role("slider", name="Playing speed, log scale")
    speed.press("End")
    expect(workbench.page.locator(".nx-lane .nx-value").first).to_have_text(
        re.compile(r"swap ([\d,]+) of \1: sorted"), timeout=READY_MS
    )
    assert workbench.readout != first


def test_the_bars_are_unsorted_before_and_sorted_after(sorting):
    workbench = sorting(SMALL).ready()
    before = workbench.hold(0).heights(20)
    after = workbench.end().heights(20)
    assert before != sorted(before)
    assert after == sorted(after) == sorted(before)
    assert len(set(after)) == 20


def test_freezing_a_cell_by_click_changes_what_happens(sorting):
    workbench = sorting(SMALL).ready()
    length = workbench.clock()["length"]
    past = workbench.hold(9).heights(20)
    now = workbench.hold(12).heights(20)
    # The tallest bar still has to travel; broken, it cannot.
    tallest = now.index(max(now))
    assert tallest < 19
    workbench.tool("freeze")
    workbench.click_bar(tallest, 20)
    expect(workbench.detail).to_contain_text("branch with 1 edit by hand", timeout=READY_MS)
    assert workbench.clock()["position"] == 12
    assert workbench.hold(9).heights(20) == past
    end = workbench.end().heights(20)
    assert end.index(max(end)) == tallest
    assert end != sorted(end)
    assert "quiescent" in workbench.readout
    workbench.button("Undo last edit").click()
    expect(workbench.detail).not_to_contain_text("branch", timeout=READY_MS)
    expect(workbench.page.locator(".nx-lane .nx-value").first).to_contain_text(f"of {length}")


def test_a_cell_gets_another_algotype_from_the_inspector(sorting):
    workbench = sorting(SMALL).ready()
    workbench.hold(10)
    workbench.click_bar(3, 20)
    workbench.button("Make selection").click()
    expect(workbench.detail).to_contain_text("branch with 1 edit by hand", timeout=READY_MS)
    kind = workbench.page.get_by_role("row", name=re.compile("^algotype"))
    expect(kind).to_contain_text("selection", timeout=READY_MS)


def test_two_cells_are_swapped_by_hand(sorting):
    workbench = sorting(SMALL).ready()
    before = workbench.hold(0).heights(20)
    workbench.tool("swap")
    workbench.click_bar(2, 20)
    expect(workbench.notices).to_contain_text("click the cell to swap it with")
    workbench.click_bar(17, 20)
    expect(workbench.detail).to_contain_text("branch with 1 edit by hand", timeout=READY_MS)
    after = workbench.hold(1).heights(20)
    before[2], before[17] = before[17], before[2]
    assert after == before
    assert workbench.hold(0).heights(20) != before


def test_run_begins_again_without_what_was_done_by_hand(sorting):
    workbench = sorting(SMALL).ready()
    length = workbench.clock()["length"]
    workbench.hold(4)
    workbench.tool("freeze")
    workbench.click_bar(10, 20)
    expect(workbench.detail).to_contain_text("branch", timeout=READY_MS)
    workbench.button("Run").click()
    expect(workbench.detail).not_to_contain_text("branch", timeout=READY_MS)
    assert workbench.clock()["length"] == length
