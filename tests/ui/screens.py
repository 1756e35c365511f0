"""Screenshots of every page, to be looked at: ``python tests/ui/screens.py FOLDER``.

Needs Chromium and playwright. The front page and every listed experiment, done or after a while,
at 1024, 1440 and 1920 pixels, light and dark; ``--only NAME``, ``--width`` and ``--theme`` choose.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from conftest import FLAGS, chromium_path, start_app  # noqa: E402 - found by its place

from engines.running import registry  # noqa: E402

HEIGHTS = {1024: 768, 1440: 900, 1920: 1080}
ENDED = ("done", "from cache", "made with")
SETTLED_MS = 900
"""Until colours have faded in and the last picture is drawn."""


def places() -> Iterator[tuple[str, str]]:
    """Name of the picture and path of the page, for every page there is."""
    yield "home", ""
    for workbench in registry.workbenches():
        for name in registry.listed(workbench):
            yield name.replace("/", "-"), f"{workbench}?x={name.partition('/')[2]}"


def until_ended(page: Page, seconds: float) -> bool:
    """Wait for the run bar to say that the run is over; false when it did not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said = page.locator(".nx-line").all_inner_texts()
        if any(word in text for text in said for word in ENDED):
            return True
        page.wait_for_timeout(150)
    return False


def shoot(folder: Path, only: str, widths: list[int], themes: list[str], wait_s: float) -> None:
    """Take them all with one app and one browser."""
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        app = start_app(Path(kept))
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            for name, path in places():
                if only in name:
                    for theme in themes:
                        one_page(browser, app.url, name, path, folder, widths, theme, wait_s)
        finally:
            browser.close()
            app.stop()


def one_page(browser, url, name, path, folder, widths, theme, wait_s) -> None:
    """Every width of one page in one theme."""
    context = browser.new_context(
        viewport={"width": widths[-1], "height": HEIGHTS[widths[-1]]}, color_scheme=theme
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and said.append(m.text[:200]))
    parts = urlsplit(url)
    begun = time.monotonic()
    page.goto(url)
    if path:
        page.goto(f"{parts.scheme}://{parts.netloc}/{path}")
    ended = until_ended(page, wait_s) if path else not page.wait_for_timeout(4000)
    for width in reversed(widths):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=folder / f"{name}-{width}-{theme}.png")
    print(f"{name} {theme} {time.monotonic() - begun:.1f} s{'' if ended else ', not done'}",
          *sorted(set(said)), sep="\n  ")  # fmt: skip
    context.close()


def main() -> None:
    """Read the options and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="part of a name")
    parser.add_argument("--width", type=int, action="append", choices=tuple(HEIGHTS))
    parser.add_argument("--theme", action="append", choices=("light", "dark"))
    parser.add_argument("--wait", type=float, default=40.0, help="seconds for a run")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    widths, themes = given.width or list(HEIGHTS), given.theme or ["light", "dark"]
    shoot(given.folder, given.only, sorted(widths), themes, given.wait)


if __name__ == "__main__":
    main()
