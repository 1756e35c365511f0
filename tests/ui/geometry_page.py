"""The geometry page as a person uses it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

ENDED = re.compile(r"done|from cache")
READY_MS = 50_000
CLOCK = "[...(globalThis.__nxClocks ?? new Map()).values()].at(-1)"

# Milliseconds from a seek to the end of the frame that shows it.
SEEK = f"""position => new Promise(resolve => {{
  const clock = {CLOCK}
  const start = performance.now()
  clock.seek(position)
  const look = () => {{
    if ((globalThis.__nxPaints ?? []).at(-1) > start) setTimeout(() => resolve(performance.now() - start))
    else requestAnimationFrame(look)
  }}
  requestAnimationFrame(look)
}})"""


class GeometryPage:
    """One browser page on the geometry workbench."""

    def __init__(self, page: Page, url: str, query: str = "") -> None:
        self.page = page
        parts = urlsplit(url)
        page.goto(f"http://{parts.netloc}/geometry?{parts.query}" + (f"&{query}" if query else ""))

    @property
    def line(self) -> Locator:
        """The sentence of the run bar."""
        return self.page.locator(".nx-runbar p.nx-line")

    def scatter(self, side: int = 0) -> Locator:
        """The canvas of a scatter."""
        return self.page.get_by_role("img", name=re.compile("^Stimuli as points")).nth(side)

    def ready(self) -> GeometryPage:
        """Wait until a run has ended and is on stage."""
        expect(self.line).to_have_text(ENDED, timeout=READY_MS)
        self.page.wait_for_function(f"{CLOCK}?.length > 0", timeout=READY_MS)
        expect(self.scatter()).to_be_visible()
        return self

    def hold(self, position: int) -> GeometryPage:
        """Stop playing and put the cursor somewhere."""
        self.page.evaluate(f"p => {{ const c = {CLOCK}; c.pause(); c.seek(p, 'rest') }}", position)
        return self

    def length(self) -> int:
        """The last position of the clock."""
        return int(self.page.evaluate(f"{CLOCK}.length"))

    def rings(self, card: str) -> int:
        """How often a picture's drawing rings something in the colour of what is selected."""
        drawing, colour = self.drawing(card)
        return drawing.count(f'stroke="{colour}"')

    def drawing(self, card: str) -> tuple[str, str]:
        """A picture as SVG, and the colour that marks what is selected in it."""
        region = self.page.get_by_role("region", name=card, exact=True)
        colour = region.evaluate("e => getComputedStyle(e).getPropertyValue('--nx-cursor').trim()")
        with self.page.expect_download() as coming:
            region.hover()
            region.get_by_role("button", name="SVG").click()
        return coming.value.path().read_text(), colour

    def seek_ms(self, position: int) -> float:
        """Milliseconds from a seek to the painted picture."""
        return self.page.evaluate(SEEK, position)

    def lasso(self, side: int, left: float, right: float) -> None:
        """Drag around everything between two shares of a scatter's width."""
        box = self.scatter(side).bounding_box()
        assert box is not None
        mouse = self.page.mouse

        def at(x: float, y: float) -> tuple[float, float]:
            return box["x"] + x * box["width"], box["y"] + y * box["height"]

        mouse.move(*at(left, 0.02))
        mouse.down()
        for corner in ((right, 0.02), (right, 0.98), (left, 0.98), (left, 0.02)):
            mouse.move(*at(*corner), steps=4)
        mouse.up()
