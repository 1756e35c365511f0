"""Screenshots of every page, to be looked at: ``python tests/ui/screens.py FOLDER``.

Needs Chromium and playwright. The front page and every listed experiment, done or after a while,
at 1024, 1440 and 1920 pixels, light and dark; ``--only NAME``, ``--width`` and ``--theme`` choose.
With ``--first`` each is taken as soon as its first picture stands, which shows the layout of every
page in minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from conftest import FLAGS, chromium_path, start_app  # noqa: E402 - found by its place

from engines.running import registry  # noqa: E402

HEIGHTS = {1024: 768, 1440: 900, 1920: 1080}
ENDED = ("done", "from cache", "made with")
STANDS = "computing afresh"
SETTLED_MS = 900
"""Until colours have faded in and the last picture is drawn."""


def places() -> Iterator[tuple[str, str]]:
    """Name of the picture and path of the page, for every page there is."""
    yield "home", ""
    for workbench in registry.workbenches():
        for name in registry.listed(workbench):
            yield name.replace("/", "-"), f"{workbench}?x={name.partition('/')[2]}"


def until_ended(page: Page, seconds: float, *, first: bool = False) -> bool:
    """Wait for the run bar to say that the run is over; false when it did not.

    With ``first`` the picture that came with the build is enough.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said = page.locator(".nx-line").all_inner_texts()
        if any(word in text for text in said for word in ENDED):
            return True
        if first and page.get_by_text(STANDS).count():
            return True
        page.wait_for_timeout(150)
    return False


@dataclass(frozen=True)
class Wanted:
    """Which pictures are taken, and when."""

    folder: Path
    only: str
    widths: list[int]
    themes: list[str]
    wait_s: float
    first: bool


def shoot(wanted: Wanted) -> None:
    """Take them all with one app and one browser."""
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        app = start_app(Path(kept))
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            for theme in wanted.themes:
                in_theme(browser, app.url, wanted, theme)
        finally:
            browser.close()
            app.stop()


def in_theme(browser: Browser, url: str, wanted: Wanted, theme: str) -> None:
    """Every page in one theme, one after the other in one tab."""
    width = wanted.widths[-1]
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]}, color_scheme=theme
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and said.append(m.text[:200]))
    page.goto(url)
    for name, path in places():
        if wanted.only in name:
            said.clear()
            one_page(page, name, path, wanted, theme)
            print(*sorted(set(said)), sep="\n  ", end="\n" if said else "")
    context.close()


def one_page(page: Page, name: str, path: str, wanted: Wanted, theme: str) -> None:
    """Every width of one page."""
    parts = urlsplit(page.url)
    begun = time.monotonic()
    page.goto(f"{parts.scheme}://{parts.netloc}/{path}")
    if path:
        ended = until_ended(page, wanted.wait_s, first=wanted.first)
    else:
        ended = not page.wait_for_timeout(4000)
    for width in reversed(wanted.widths):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=wanted.folder / f"{name}-{width}-{theme}.png")
    print(f"{name} {theme} {time.monotonic() - begun:.1f} s{'' if ended else ', not done'}")


def main() -> None:
    """Read the options and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="part of a name")
    parser.add_argument("--width", type=int, action="append", choices=tuple(HEIGHTS))
    parser.add_argument("--theme", action="append", choices=("light", "dark"))
    parser.add_argument("--wait", type=float, default=40.0, help="seconds for a run")
    parser.add_argument("--first", action="store_true", help="once the first picture stands")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    widths, themes = given.width or list(HEIGHTS), given.theme or ["light", "dark"]
    shoot(Wanted(given.folder, given.only, sorted(widths), themes, given.wait, given.first))


if __name__ == "__main__":
    main()
