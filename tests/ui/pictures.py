"""Makes the pictures that cards show before anything live has come: ``python tests/ui/pictures.py``.

Needs Chromium and playwright. Takes the card of every workbench from the front page and the stage
of every listed experiment, light and dark, into ``assets/pictures``; ``--only`` takes some.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from conftest import FLAGS, chromium_path, start_app  # noqa: E402 - found by its place
from screens import places, until_ended  # noqa: E402

FOLDER = ROOT / "assets" / "pictures"
VIEW = {"width": 1280, "height": 800}
QUALITY = 60
CARD, STAGE = 1.0, 0.5
"""How large a picture is kept: what a card shows itself, and a stage half as large."""


def save(page: Page, clip: dict[str, float], workbench: str, name: str, theme: str) -> None:
    """A part of the page as WebP."""
    session = page.context.new_cdp_session(page)
    shot = session.send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": QUALITY, "clip": clip},
    )
    path = FOLDER / workbench / f"{name}-{theme}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(shot["data"]))
    print(f"{path.relative_to(ROOT)} {path.stat().st_size / 1000:.0f} kB", flush=True)


def cards(page: Page, theme: str) -> None:
    """The picture of every workbench's card."""
    page.wait_for_timeout(8000)
    for card in page.locator(".nx-homecard").all():
        workbench = card.locator("h2").inner_text().lower()
        picture = card.locator(".nx-picture")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        if box is not None:
            save(page, {**box, "scale": CARD}, workbench, "home", theme)


def stage(page: Page, workbench: str, name: str, theme: str, wait_s: float) -> None:
    """What the stage shows under its heading when the run is over, or after a while."""
    if not until_ended(page, wait_s):
        print(f"{workbench}/{name} {theme}: not over after {wait_s:g} s; look at it", flush=True)
    page.wait_for_timeout(1200)
    box = page.locator(".nx-middle").first.bounding_box()
    head = page.locator(".nx-title").first.bounding_box()
    if box is None or head is None:
        return
    top = head["y"] + head["height"] + 4
    height = min(box["width"] * 0.62, box["y"] + box["height"] - top)
    clip = {"x": box["x"] + 16, "y": top, "width": box["width"] - 32, "height": height}
    clip["scale"] = STAGE
    save(page, clip, workbench, name, theme)


def shoot(browser: Browser, url: str, path: str, theme: str, wait_s: float) -> None:
    """One page in one theme."""
    context = browser.new_context(viewport=VIEW, color_scheme=theme)
    page = context.new_page()
    page.goto(url)
    if path:
        page.goto(url.partition("?")[0].rstrip("/") + f"/{path}")
        workbench, _, name = path.partition("?x=")
        stage(page, workbench, name, theme, wait_s)
    else:
        cards(page, theme)
    context.close()


def main() -> None:
    """Read the options and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="part of a name, say: home or sorting")
    parser.add_argument("--wait", type=float, default=60.0, help="seconds for a run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        app = start_app(Path(kept))
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            for name, path in places():
                for theme in ("light", "dark"):
                    if given.only in name:
                        shoot(browser, app.url, path, theme, given.wait)
        finally:
            browser.close()
            app.stop()


if __name__ == "__main__":
    main()
