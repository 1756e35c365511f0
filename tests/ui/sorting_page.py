"""The sorting page as a person uses it: what is on screen, and what hands can do."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Locator, Page, expect

ENDED = re.compile(r"done|from cache")
READY_MS = 30_000
CLOCK = "[...(globalThis.__nxClocks ?? new Map()).values()].at(-1)"

# Heights of the bars in pixels, left to right, read from the canvas itself; the rows above the
# tallest bar hold only the frame of the selected cell.
HEIGHTS = """(canvas, n) => {
  const pen = canvas.getContext("2d", {willReadFrequently: true})
  const {width, height} = canvas
  return Array.from({length: n}, (_, k) => {
    const x = Math.floor(((k + 0.35) * width) / n)
    const column = pen.getImageData(x, 0, 1, height).data
    for (let y = 4; y < height; y++) if (column[4 * y + 3] > 100) return height - y
    return 0
  })
}"""

# Milliseconds from a click on a button to a sentence in an element, both behind shadow roots.
CLICK_TO_TEXT = """([button, line, wanted]) => new Promise((resolve, reject) => {
  const start = performance.now()
  const pattern = new RegExp(wanted)
  button.click()
  const look = () => {
    if (pattern.test(line.textContent)) resolve(performance.now() - start)
    else if (performance.now() - start > 20000) reject(new Error(line.textContent))
    else requestAnimationFrame(look)
  }
  look()
})"""

# Milliseconds from a seek to the end of the frame that shows it.
SEEK = f"""position => new Promise(resolve => {{
  const clock = {CLOCK}
  const start = performance.now()
  clock.seek(position)
  const look = () => {{
    if (globalThis.__nxPaints.at(-1) > start) setTimeout(() => resolve(performance.now() - start))
    else requestAnimationFrame(look)
  }}
  requestAnimationFrame(look)
}})"""


def address(url: str, path: str, query: str = "") -> str:
    """The address of a page of the app whose printed address is ``url``."""
    parts = urlsplit(url)
    return f"http://{parts.netloc}{path}?{parts.query}" + (f"&{query}" if query else "")


class SortingPage:
    """One browser page on the sorting workbench."""

    def __init__(self, page: Page, url: str, query: str = "") -> None:
        self.page, self.url = page, url
        page.goto(address(url, "/sorting", query))

    # What is on screen ---------------------------------------------------------------------

    @property
    def line(self) -> Locator:
        """The sentence of the run bar."""
        return self.page.locator(".nx-runbar p.nx-line")

    @property
    def array(self) -> Locator:
        """The canvas with the bars of the first array."""
        return self.page.get_by_role("img", name="cells as bars").first

    @property
    def readout(self) -> str:
        """'swap 3 of 1,780' above the first array."""
        return self.page.locator(".nx-lane .nx-value").first.inner_text()

    @property
    def detail(self) -> Locator:
        """The setting in a few words, beside the heading."""
        return self.page.locator(".nx-title .nx-detail")

    @property
    def notices(self) -> Locator:
        """The sentences at the edge of the page."""
        return self.page.locator(".nx-notice")

    def heights(self, n: int) -> list[int]:
        """Pixels of every bar, left to right, at rest."""
        self.page.evaluate("() => new Promise(r => requestAnimationFrame(() => setTimeout(r)))")
        return self.array.evaluate(HEIGHTS, n)

    def clock(self) -> dict[str, Any]:
        """Position, length, unit, playing and speed of the page's clock."""
        return self.page.evaluate(
            f"(({{position, length, unit, playing, speed}}) => "
            f"({{position, length, unit, playing, speed}}))({CLOCK})"
        )

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def paints(self) -> int:
        """How often the stage was painted until now."""
        return self.page.evaluate("globalThis.__nxPaints.length")

    def paints_per_second(self, seconds: float) -> float:
        """How often the stage is painted from now on."""
        start = self.page.evaluate("performance.now()")
        self.page.wait_for_timeout(1000 * seconds)
        return self.page.evaluate(
            "start => globalThis.__nxPaints.filter(t => t > start).length "
            "/ (performance.now() - start) * 1000",
            start,
        )

    # What hands do -------------------------------------------------------------------------

    def ready(self) -> SortingPage:
        """Wait until a run has ended and is on stage."""
        expect(self.line).to_have_text(ENDED, timeout=READY_MS)
        self.page.wait_for_function(f"{CLOCK}?.length > 0", timeout=READY_MS)
        return self

    def run(self) -> SortingPage:
        """Press Run and wait for its end."""
        self.button("Run").click()
        return self.ready()

    def hold(self, position: int) -> SortingPage:
        """Stop playing, put the cursor somewhere, and wait until that is painted."""
        self.page.evaluate(
            f"p => {{ const c = {CLOCK}; c.pause(); c.seek(p, 'rest'); return new Promise(done =>"
            " requestAnimationFrame(() => requestAnimationFrame(() => done()))) }",
            position,
        )
        return self

    def seek_ms(self, position: int) -> float:
        """Milliseconds from a seek to the painted picture."""
        return self.page.evaluate(SEEK, position)

    def end(self) -> SortingPage:
        """Put the cursor at the end."""
        return self.hold(int(self.clock()["length"]))

    def click_bar(self, position: int, n: int) -> None:
        """Click the bar at a position."""
        box = self.array.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + (position + 0.5) * box["width"] / n, box["y"] + 100)

    def tool(self, name: str) -> None:
        """Choose what a click does."""
        self.button(name).click()

    def number(self, label: str, value: object) -> None:
        """Type a number into a knob."""
        box = self.page.locator("input.nx-number").and_(self.page.get_by_label(label, exact=True))
        box.fill(str(value))
        box.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """Choose from a menu."""
        self.menu(label).click()
        listbox = self.page.get_by_role("listbox")
        listbox.get_by_text(option, exact=True).click()
        # It fades, and takes clicks until it has gone, though it has no role any more.
        expect(self.page.locator(".MuiPopover-root")).to_have_count(0)

    def menu(self, label: str) -> Locator:
        """A menu by its label; its name goes on with its help."""
        return self.page.get_by_role("combobox", name=re.compile(rf"^{label}\b"))

    def open_group(self, title: str) -> None:
        """Unfold a group of controls."""
        group = self.page.locator("details").filter(has=self.page.get_by_text(title, exact=True))
        if not group.evaluate("details => details.open"):
            group.locator("summary").click()

    def watch_live(self, swaps_per_second: float = 0) -> None:
        """Turn on 'Watch live', at a speed."""
        self.open_group("Run")
        if not swaps_per_second:
            self.page.get_by_role("switch", name="Watch live").click()
            return
        address = self.page.url.split("&view=")[0].split("?view=")[0]
        joint = "&" if "?" in address else "?"
        self.page.goto(f'{address}{joint}view={{"live":{swaps_per_second:g}}}')
        expect(self.button("Stop")).to_be_enabled(timeout=READY_MS)

    def click_to_line_ms(self, button: str, pattern: str) -> float:
        """Milliseconds from a click to a sentence in the run bar."""
        handles = [self.button(button).element_handle(), self.line.element_handle(), pattern]
        return self.page.evaluate(CLICK_TO_TEXT, handles)


def workers(pid: int) -> list[psutil.Process]:
    """The engine's worker processes below the app."""
    children = psutil.Process(pid).children(recursive=True)
    return [one for one in children if "spawn_main" in " ".join(one.cmdline())]


def until(condition: Any, seconds: float = 10.0, every: float = 0.02) -> Any:
    """Wait for something outside the browser; returns what was found."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"nothing within {seconds} s"
        time.sleep(every)
    return found
