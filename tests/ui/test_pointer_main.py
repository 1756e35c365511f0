"""The pointer workbench as a person uses it: points moved by hand, steps, a training run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright_api.expect

pytestmark = [pytest.mark.ui, pytest.mark.timeout(240)]
READY_MS = 90_000
ENDED = re.compile(r"done|from cache")

# Milliseconds from a moved point to the first painted frame with its answer, one per move.
DRAG = """([canvas, n, from, to]) => new Promise((resolve, reject) => {
  const box = canvas.getBoundingClientRect()
  const tell = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
    clientX: box.left + x, clientY: box.top + y, pointerId: 1, button: 0, buttons: 1, bubbles: true}))
  canvas.setPointerCapture = () => {}
  const newest = () => globalThis.__nxPointerPaints.at(-1)?.came ?? 0
  const took = []
  tell("pointerdown", ...from)
  const move = (k) => {
    if (k === n) {
      tell("pointerup", ...to)
      resolve(took)
      return
    }
    const [start, before] = [performance.now(), newest()]
    tell("pointermove", from[0] + (to[0] - from[0]) * (k + 1) / n, from[1] + (to[1] - from[1]) * (k + 1) / n)
    const look = () => {
      if (newest() > before) {
        took.push(globalThis.__nxPointerPaints.at(-1).at - start)  // when it was painted, not seen here
        move(k + 1)
      } else if (performance.now() - start > 20000) reject(new Error(`no answer to move ${k}`))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }
  move(0)
})"""


class PointerPage:
    """One browser page on the pointer workbench."""

    def __init__(self, page: Any, url: str, query: str) -> None:
        parts = urlsplit(url)
        self.page = page
        page.goto(f"http://{parts.netloc}/pointer?{parts.query}&{query}")

    def done(self) -> None:
        """Wait for the run to end."""
        expect(self.page.locator(".nx-runbar p.nx-line")).to_have_text(ENDED, timeout=READY_MS)

    @property
    def plane(self) -> Any:
        return self.page.get_by_role("application")

    @property
    def words(self) -> Any:
        return self.page.locator(".nx-words")

    def count(self, n: int) -> None:
        """Wait until the plane has n points."""
        expect(self.plane).to_have_attribute("aria-label", re.compile(rf"^{n} points"))

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the unit square lies in the plane's picture."""
        box = self.plane.bounding_box()
        side = min(box["width"], box["height"]) - 28
        top = min(16, (box["height"] - side) / 2)
        return (box["width"] - side) / 2 + x * side, top + (1 - y) * side


@pytest.fixture
def pointer(new_page: Callable[..., Any], app_url: str) -> Callable[..., PointerPage]:
    def open_page(query: str = "", **options: Any) -> PointerPage:
        return PointerPage(new_page(**options), app_url, query)

    return open_page


SQUARE = "points=" + json.dumps([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9], [0.5, 0.5]])


def test_points_are_added_moved_and_deleted_and_answered_at_once(pointer):
    page = pointer(SQUARE)
    page.done()
    page.count(5)
    facts = page.page.locator(".nx-inspector")
    expect(facts).to_contain_text("monotone chain (exact)")
    x, y = page.pixel(0.3, 0.6)
    page.plane.click(position={"x": x, "y": y})
    page.count(6)
    x, y = page.pixel(0.1, 0.9)
    page.plane.click(position={"x": x, "y": y})
    expect(facts).to_contain_text("Point 3")
    page.plane.press("Delete")
    page.count(5)
    page.page.get_by_role("button", name="Back to random points").click()
    page.count(12)
    page.page.wait_for_url(lambda url: "points=" not in url)


def test_a_dragged_point_is_answered_while_it_moves(pointer):
    page = pointer(SQUARE)
    page.done()
    took = page.page.evaluate(
        DRAG, [page.plane.element_handle(), 12, page.pixel(0.5, 0.5), page.pixel(0.5, 0.98)]
    )
    # The speed itself is measured in benchmarks/pointer.py; here each move has its answer.
    assert len(took) == 12
    expect(page.page.locator(".nx-inspector")).to_contain_text("Point 4")
    x, y = page.pixel(0.5, 0.98)
    page.plane.click(position={"x": x, "y": y})
    expect(page.page.locator(".nx-inspector")).to_contain_text(re.compile(r"0\.50\d, 0\.98"))


def test_steps_say_where_the_network_looks(pointer):
    page = pointer("task=sorting&n_points=6&maps=true")
    page.done()
    expect(page.words).to_contain_text("The whole answer")
    back = page.page.get_by_role("button", name="One step back")
    back.click()
    expect(page.words).to_contain_text(re.compile(r"Step 5: point \d with probability [01]\.\d+"))
    page.page.locator("canvas[aria-label^='Heat map']").click(position={"x": 60, "y": 12})
    expect(page.words).to_contain_text("Step 0:")
    card = page.page.get_by_role("region", name="What the encoder looks at")
    card.scroll_into_view_if_needed()
    box = card.get_by_role("img").bounding_box()
    page.page.mouse.move(box["x"] + 60, box["y"] + 20)
    page.page.mouse.down()
    page.page.mouse.up()
    expect(card).to_contain_text(
        re.compile(r"layer 1, head 1: point \d looks at \d \([01]\.\d\d\)")
    )
    page.page.wait_for_url(re.compile("head"))


def test_a_file_that_is_not_tsplib_is_a_notice_not_a_traceback(pointer):
    page = pointer()
    page.done()
    page.page.get_by_text("TSPLIB file").first.click()
    page.page.get_by_placeholder("NAME : mine").fill(
        "TYPE : TSP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : XRAY1"
    )
    page.page.get_by_role("button", name="Use these").first.click()
    expect(page.page.locator(".nx-notice.nx-bad")).to_contain_text(
        "EDGE_WEIGHT_TYPE must be one of"
    )


def test_a_training_run_shows_its_curves_and_names_its_weights(pointer):
    recipe = {"n_examples": 2000, "n_max": 5, "network": {"d_model": 16, "n_encoder": 1}}
    page = pointer("x=train&recipe=" + json.dumps(recipe) + "&n_scores=2&n_tested=20")
    page.done()
    expect(page.page.locator(".nx-inspector")).to_contain_text("trained-")
    expect(page.page.get_by_role("link", name="Draw points for them")).to_be_visible()
    expect(page.page.locator(".nx-middle")).to_contain_text("Final test")
