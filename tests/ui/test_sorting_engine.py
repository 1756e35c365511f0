"""The page while the engine works, stops, dies and serves others."""

from __future__ import annotations

import re
import time
from itertools import count

import pytest
from playwright.sync_api import expect
from sorting_page import READY_MS, SortingPage, until, workers

pytestmark = pytest.mark.ui

seeds = count(1000)


@pytest.fixture
def live(sorting):
    """A live run of 100 cells that takes half a minute, and is nobody else's."""

    def start(**options) -> SortingPage:
        workbench = sorting(f"n_cells=100&seed={next(seeds)}", **options).ready()
        workbench.watch_live(60)
        workbench.button("Run").click()
        expect(workbench.line).to_have_text(re.compile("^running"), timeout=READY_MS)
        until(lambda: "live" in workbench.readout, 20)
        return workbench

    return start


def live_swaps(workbench: SortingPage) -> int:
    found = re.match(r"swap ([\d,]+), live", workbench.readout)
    return int(found[1].replace(",", "")) if found else 0


def test_frames_of_a_live_run_arrive_and_are_small(live):
    workbench = live()
    sent: list[int] = []
    session = workbench.page.context.new_cdp_session(workbench.page)
    session.send("Network.enable")
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: sent.append(len(event["response"]["payloadData"])),
    )
    before, start = live_swaps(workbench), time.monotonic()
    first = workbench.paints()
    until(lambda: workbench.paints() > first + 30, 20)
    until(lambda: live_swaps(workbench) > before + 20, 20)
    seconds = time.monotonic() - start
    # 60 frames a second of one kilobyte, in base64 here, with a margin for the progress line.
    assert sum(sent) / seconds < 60 * 1.5 * 1024 * 1.34
    workbench.button("Stop").click()


def test_the_bytes_of_a_live_frame_fit_in_a_kilobyte():
    from engines.sorting.model import SortSpec
    from engines.sorting.motion.simulation import Simulation
    from views.sorting.live import live_bytes

    assert len(live_bytes(Simulation(SortSpec(n_cells=100)).frame())) <= 1024


def test_stop_is_shown_at_once_and_what_was_seen_stays(live):
    workbench = live()
    workbench.button("Stop").click()
    expect(workbench.line).to_have_text(re.compile("^stopped"))
    expect(workbench.button("Stop")).to_be_disabled()
    seen = workbench.page.locator(".nx-lane .nx-value").first
    expect(seen).to_have_text(re.compile(r"swap ([\d,]+) of \1: cancelled"), timeout=READY_MS)
    assert workbench.hold(3).readout.startswith("swap 3 of")
    workbench.page.get_by_role("switch", name="Watch live").click()
    workbench.button("Run").click()
    expect(seen).not_to_contain_text("cancelled", timeout=READY_MS)


def test_a_paused_run_rests_and_goes_on(live):
    workbench = live()
    workbench.button("Pause").click()
    expect(workbench.line).to_have_text(re.compile("^paused"))
    workbench.page.wait_for_timeout(300)
    rests = live_swaps(workbench)
    workbench.page.wait_for_timeout(500)
    assert live_swaps(workbench) == rests
    workbench.button("Resume").click()
    until(lambda: live_swaps(workbench) > rests)
    workbench.button("Stop").click()
    expect(workbench.line).to_have_text(re.compile("^stopped"))


def test_a_live_run_of_another_size_follows_at_once(live):
    workbench = live()
    workbench.number("Cells", 37)
    workbench.button("Run").click()
    until(lambda: workbench.array.get_attribute("aria-label").startswith("37 cells"))
    until(lambda: live_swaps(workbench) > 0)
    until(lambda: sorted(workbench.heights(37))[0] > 0)
    workbench.button("Stop").click()


@pytest.mark.timeout(180)
def test_killing_the_engine_shows_a_sentence_and_the_next_run_a_result(own_app, new_page):
    app = own_app()
    workbench = SortingPage(new_page(), app.url, "n_cells=100&seed=11").ready()
    workbench.watch_live(60)
    workbench.button("Run").click()
    until(lambda: live_swaps(workbench) > 0, 20)
    shown = workbench.heights(100)
    for worker in workers(app.process.pid):
        worker.kill()
    expect(workbench.line).to_contain_text("the engine restarted")
    expect(workbench.notices).to_contain_text("run it again to go on")
    assert len(shown) == len(workbench.heights(100))
    workbench.page.get_by_role("switch", name="Watch live").click()
    workbench.number("Seed", 12)
    workbench.run()
    expect(workbench.page.get_by_role("status", name="Engine")).to_contain_text(
        "ready", timeout=READY_MS
    )


def test_two_people_do_not_disturb_each_other(live, sorting):
    one = live()
    other = sorting("n_cells=60&seed=2").ready()  # a short run does not wait behind a long one
    expect(other.button("Stop")).to_be_disabled()
    other.watch_live(20)
    other.button("Run").click()
    expect(other.line).to_have_text(re.compile("^(running|waiting)"))
    other.button("Stop").click()
    expect(other.line).to_have_text(re.compile("^stopped"))
    before = live_swaps(one)
    until(lambda: live_swaps(one) > before)
    expect(one.line).to_have_text(re.compile("^running"))
    other.button("Run").click()
    one.button("Stop").click()
    until(lambda: live_swaps(other) > 0, 20)  # now it is the other's turn
    other.button("Stop").click()


def test_a_live_run_goes_on_through_a_reload(live):
    workbench = live()
    workbench.page.wait_for_function("location.search.includes('live')")
    swaps = live_swaps(workbench)
    workbench.page.reload()
    expect(workbench.line).to_have_text(re.compile("^running"), timeout=READY_MS)
    until(lambda: live_swaps(workbench) > 0, 20)
    assert live_swaps(workbench) >= swaps
    workbench.button("Stop").click()
