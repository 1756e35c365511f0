"""How fast the page opens, plays, scrubs, answers, stops and recovers, in a real browser.

    python benchmarks/page.py [--full | --first-start [--only NAME]]

Needs Chromium and playwright. Prints target, measured value and verdict, and last one line of
JSON with every figure. The default run takes less than a minute; ``--full`` repeats everything
more often; ``--first-start`` opens every page on a machine that has never run the app, and again
warm. Absolute times mean something on a quiet machine only: the load is printed with them.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright
from table import Figure, as_json

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ui")]

from opening import base_of, done_s, hurried, live_s, picture_s  # noqa: E402 - found by place
from screens import places  # noqa: E402
from sorting_page import CLOCK, SortingPage, address, until  # noqa: E402 - found by its place

FLAGS = ["--no-sandbox", "--disable-gpu"]
WAIT_MS = 60_000
DONE_S = 30.0
"""The longest that a first start took before kernels came compiled in order of use."""

# Milliseconds from a choice in an open menu to the picture that shows it.
CHOICE = """item => new Promise(resolve => {
  const start = performance.now()
  item.click()
  const look = () => {
    if (globalThis.__nxPaints.at(-1) > start) resolve(globalThis.__nxPaints.at(-1) - start)
    else requestAnimationFrame(look)
  }
  look()
})"""

# Milliseconds from moving the slider under the array to the picture that shows it.
SLIDE = """([slider, value]) => new Promise(resolve => {
  const start = performance.now()
  slider.value = value
  slider.dispatchEvent(new Event("input", {bubbles: true}))
  const look = () => {
    const painted = globalThis.__nxPaints.at(-1)
    if (painted > start) setTimeout(() => resolve(performance.now() - start))
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})"""

# Milliseconds from a click on the array until the inspector speaks of that cell.
LOOK_AT = """([canvas, x, facts]) => new Promise(resolve => {
  const box = canvas.getBoundingClientRect()
  const before = facts.querySelector("h3").textContent
  const start = performance.now()
  const at = {clientX: box.left + x * box.width, clientY: box.top + 50}
  canvas.dispatchEvent(new MouseEvent("click", at))
  const look = () => {
    if (facts.querySelector("h3").textContent !== before) resolve(performance.now() - start)
    else if (performance.now() - start > 10000) resolve(Infinity)
    else requestAnimationFrame(look)
  }
  look()
})"""


class _Bench:
    """The app under test, one browser page, and the figures so far."""

    def __init__(self, page: Page, times: int) -> None:
        self.page, self.times = page, times
        self.figures: list[Figure] = []
        self.rng = random.Random(0)

    def add(
        self, name: str, target: float, measured: float, unit: str, *, at_least: bool = False
    ) -> None:
        bound = {"at_least" if at_least else "at_most": target}
        figure = Figure(name, unit, round(float(measured), 2), **bound)
        self.figures.append(figure)
        print(figure, flush=True)

    def spread(self, name: str, target: float, waits: list[float]) -> None:
        """Median and 95th percentile; the target is for the latter."""
        self.add(f"{name}, p50", target, float(np.percentile(waits, 50)), "ms")
        self.add(f"{name}, p95", target, float(np.percentile(waits, 95)), "ms")

    def run(self) -> None:
        """All measurements in turn."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            begun = time.monotonic()
            with _app(Path(folder)) as (url, pid):
                self.start(url, begun)
                self.player(url)
                self.menus()
                self.cells()
                self.scrub(url)
                self.live(url)
                self.kill(pid)

    def start(self, url: str, begun: float) -> None:
        """From the command to a page that can be used, and to an array that moves."""
        printed = time.monotonic()
        self.add("command to printed address", 4.0, printed - begun, "s")
        self.workbench = SortingPage(self.page, url)
        self.workbench.button("Run").wait_for(timeout=WAIT_MS)
        self.add("command to usable page", 4.0, time.monotonic() - begun, "s")
        self.page.wait_for_function(f"{CLOCK}?.position > 0", timeout=WAIT_MS)
        moved = time.monotonic() - printed
        self.add("server's start to an array that sorts itself, new cache", 5.0, moved, "s")

    def player(self, url: str) -> None:
        """Frames a second of 100 cells played in the browser."""
        self.workbench = SortingPage(self.page, url, "n_cells=100&seed=1").ready()
        self.workbench.button("Play (space)").or_(self.workbench.button("Pause (space)")).wait_for()
        self.add(
            "player, 100 cells", 58.0, self.workbench.paints_per_second(2.0), "fps", at_least=True
        )

    def menus(self) -> None:
        """From a choice in a menu, through Python, to the painted picture."""
        self.workbench.hold(200)
        waits = []
        for number in range(self.times):
            option = ("value", "algotype", "displacement", "frozen")[number % 4]
            self.workbench.menu("Colour").click()
            listbox = self.page.get_by_role("listbox")
            item = listbox.get_by_role("menuitem").filter(has_text=re.compile(f"^{option}$"))
            waits.append(item.evaluate(CHOICE))
            expect(listbox).to_have_count(0)
        self.spread("menu to painted, through Python", 120.0, waits)
        slider = self.page.get_by_role("slider", name="Position in time").element_handle()
        values = [self.rng.randrange(900) for _ in range(self.times)]
        waits = [self.page.evaluate(SLIDE, [slider, value]) for value in values]
        self.spread("slider to painted, 100 cells", 120.0, waits)

    def cells(self) -> None:
        """From a click on a cell, through the engine, to what it wants."""
        facts = self.page.locator(".nx-inspector .nx-facts").first.element_handle()
        canvas = self.workbench.array.element_handle()
        self.page.evaluate(LOOK_AT, [canvas, 0.005, facts])  # what is loaded once is loaded now
        waits = [
            self.page.evaluate(LOOK_AT, [canvas, (7 * k % 100 + 0.5) / 100, facts])
            for k in range(1, 1 + self.times)
        ]
        self.spread("click on a cell to its report, by the engine", 250.0, waits)

    def scrub(self, url: str) -> None:
        """Random steps of 1,000 cells."""
        self.workbench = SortingPage(self.page, url, "n_cells=1000&seed=1").ready().hold(0)
        length = int(self.workbench.clock()["length"])
        steps = [self.rng.randrange(length) for _ in range(2 * self.times)]
        waits = [self.workbench.seek_ms(step) for step in steps]
        self.spread("scrub to any step, 1,000 cells", 50.0, waits)

    def live(self, url: str) -> None:
        """Frames of a run while it is computed, what they weigh, and how soon it stops."""
        self.workbench = SortingPage(self.page, url, "n_cells=100&seed=2").ready()
        self.go_live()
        count = _bytes_received(self.page)
        before, start = count(), time.monotonic()
        lags = _answers(self.page, url, 2.5)
        fps = self.workbench.paints_per_second(2.5)
        seconds = time.monotonic() - start
        self.add("live, 100 cells", 50.0, fps, "fps", at_least=True)
        frames = max(1.0, fps * seconds)
        self.add("live, bytes a frame, everything included", 1024, (count() - before) / frames, "B")
        self.add(
            "page's server answers meanwhile, p99", 20.0, float(np.percentile(lags(), 99)), "ms"
        )
        waits = [self.workbench.click_to_line_ms("Stop", "^stopped")]
        for _ in range(max(1, self.times // 8)):
            self.workbench.button("Run").click()
            self.page.wait_for_timeout(400)
            until(lambda: "live" in self.workbench.readout)
            waits.append(self.workbench.click_to_line_ms("Stop", "^stopped"))
        self.spread("Stop to shown", 300.0, waits)

    def go_live(self) -> None:
        """Start a live run of half a minute."""
        self.workbench.watch_live(60)
        self.workbench.button("Run").click()
        until(lambda: "live" in self.workbench.readout, 30)

    def kill(self, pid: int) -> None:
        """``kill -9`` of every worker during a run."""
        self.page.wait_for_timeout(500)
        self.workbench.button("Run").click()
        until(lambda: re.match("running", self.workbench.line.inner_text()), 30)
        self.page.wait_for_timeout(500)
        for process in psutil.Process(pid).children(recursive=True):
            if "spawn_main" in " ".join(process.cmdline()):
                process.kill()
        start = time.monotonic()
        expect(self.workbench.line).to_contain_text("the engine restarted", timeout=WAIT_MS)
        self.add("killed engine to a sentence", 0.5, time.monotonic() - start, "s")
        self.page.get_by_role("switch", name="Watch live").click()
        self.workbench.number("Seed", self.rng.randrange(10**9))
        start = time.monotonic()
        self.workbench.run()
        self.add("Run after that to its result", 3.0, time.monotonic() - start, "s")


@contextmanager
def _app(folder: Path, **environment: str) -> Iterator[tuple[str, int]]:
    env = {
        **os.environ,
        **environment,
        "EXPLORER_CACHE": str(folder / "cache"),
        "EXPLORER_DATA": str(folder / "data"),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, str(ROOT / "launch.py"), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        url = next(line.strip() for line in process.stdout if line.startswith("http"))
        yield url, process.pid
    finally:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        process.wait(20)


class _FirstStart:
    """Every page as somebody sees it who has just installed the app, and once more."""

    def __init__(self, browser: Browser, bench: _Bench) -> None:
        self.browser, self.bench = browser, bench

    def run(self, only: str) -> None:
        """A row per page and state, each page on an app of its own; then all of them in a hurry."""
        for name, path in places():
            if only in name:
                with self._never_run() as (page, base):
                    self._visit(page, f"{base}/{path}", f"{name}, first start", 5.0)
                    self._visit(page, f"{base}/{path}", f"{name}, warm", 1.5)
        with self._never_run() as (page, base):
            waits = hurried(page, base, [path for _, path in places() if path], 20)
        self.bench.add("twenty pages without waiting, slowest picture", 5.0, max(waits), "s")

    @contextmanager
    def _never_run(self) -> Iterator[tuple[Page, str]]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            kernels = str(Path(folder) / "kernels")
            with _app(Path(folder), NUMBA_CACHE_DIR=kernels) as (url, _):
                context = self.browser.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                page.goto(address(url, "/healthz"), wait_until="commit")
                yield page, base_of(url)
                context.close()

    def _visit(self, page: Page, place: str, name: str, goal_s: float) -> None:
        begun = time.monotonic()
        self.bench.add(f"{name}: picture", goal_s, picture_s(page, place), "s")
        self.bench.add(f"{name}: live picture", 5.0, live_s(page, begun), "s")
        if "?x=" in place:
            self.bench.add(f"{name}: done", DONE_S, done_s(page, begun, DONE_S), "s")


def _bytes_received(page: Page) -> Callable[[], int]:
    """Counts what comes over the page's websocket from now on."""
    sizes: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def hear(event: dict[str, Any]) -> None:
        frame = event["response"]
        size = len(frame["payloadData"])
        sizes.append(size if frame["opcode"] == 1 else size * 3 // 4)  # binary comes as base64

    session.on("Network.webSocketFrameReceived", hear)
    return lambda: sum(sizes)


def _answers(page: Page, url: str, seconds: float) -> Callable[[], list[float]]:
    """Milliseconds the page's server takes for a trivial answer, a hundred times a second."""
    keys = "; ".join(f"{one.get('name')}={one.get('value')}" for one in page.context.cookies())
    target = f"http://{urlsplit(address(url, '/')).netloc}/healthz"
    request = Request(target, headers={"Cookie": keys})
    waits: list[float] = []

    def ask() -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            start = time.perf_counter()
            with urlopen(request, timeout=20) as answer:
                answer.read()
            waits.append(1000 * (time.perf_counter() - start))
            time.sleep(0.01)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()

    def ended() -> list[float]:
        thread.join()
        return waits

    return ended


def _load() -> str:
    return ", ".join(f"{load:.1f}" for load in psutil.getloadavg())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="repeat everything more often")
    parser.add_argument("--first-start", action="store_true", help="every page, never run before")
    parser.add_argument("--only", default="", help="with --first-start: part of a page's name")
    options = parser.parse_args()
    print(f"load {_load()} on {os.cpu_count()} cores")
    with sync_playwright() as playwright:
        found = map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))
        path = os.environ.get("EXPLORER_CHROMIUM") or next(filter(None, found), None)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        bench = _Bench(page, times=60 if options.full else 16)
        if options.first_start:
            _FirstStart(browser, bench).run(options.only)
        else:
            bench.run()
        browser.close()
    print(f"load {_load()} at the end")
    print(as_json(bench.figures))


if __name__ == "__main__":
    main()
