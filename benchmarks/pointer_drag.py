"""From a dragged city to its painted repair: wall clock in headless Chromium.

    python benchmarks/pointer_drag.py

A city of the tour is dragged along a line, one move at a time; the next move comes when the tour
repaired for the last one is painted. The load of the machine is printed with the figures.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from table import Figure, as_json

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ui")]

import conftest  # noqa: E402 - found by its place
from sorting_page import ENDED, READY_MS, address  # noqa: E402 - found by its place

# The figure of the tour; where the ends of a drag lie on the screen; and moves that are timed.
FIGURE = """[...Bokeh.index.query(({model}) =>
  model.type === "Figure" && model.title.text.includes("edges new"))][0]"""
ENDS = f"""() => {{
  const view = {FIGURE}
  const {{left, top}} = view.el.getBoundingClientRect()
  const {{x_scale, y_scale}} = view.frame
  return [left + x_scale.compute(0.3), top + y_scale.compute(0.7),
    left + x_scale.compute(0.2), top + y_scale.compute(0.2)]
}}"""
WATCH = f"""() => {{
  const {{data}} = ({FIGURE}).model.renderers[0].data_source.properties
  let moved = 0
  globalThis.__took = []
  const painted = () => {{
    if (moved) globalThis.__took.push(performance.now() - moved)
    moved = 0
  }}
  addEventListener("pointermove", () => {{ moved = performance.now() }}, true)
  data.change.connect(() => requestAnimationFrame(() => setTimeout(painted)))
}}"""


def drag_ms(browser: Any, url: str, n_cities: int, n_moves: int = 40) -> Figure:
    """p95 from a move of the pointer to the repaired tour on screen."""
    page = browser.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address(url, "/pointer", f"x=repair&n_cities={n_cities}&reach=0.0"))
    page.locator(".nx-runbar p.nx-line").filter(has_text=ENDED).wait_for(timeout=3 * READY_MS)
    page.wait_for_timeout(1_500)
    x0, y0, x1, y1 = page.evaluate(ENDS)
    page.evaluate(WATCH)
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x0 + 20, y0)  # at once: a pointer that rests is no drag
    for k in range(1, n_moves + 6):
        share = k / (n_moves + 6)
        n_before = page.evaluate("globalThis.__took.length")
        page.mouse.move(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        with suppress(conftest.playwright_api.TimeoutError):  # it came before the last was painted
            page.wait_for_function(f"globalThis.__took.length > {n_before}", timeout=3_000)
        page.wait_for_timeout(120)  # what solves anew comes to its end
    page.mouse.up()
    took = page.evaluate("globalThis.__took")[5:]  # the first ones meet what is loaded once
    page.close()
    p50, p95 = np.percentile(took, [50, 95])
    print(f"{n_cities} cities: median {p50:.0f} ms, p95 {p95:.0f} ms over {len(took)} moves")
    target = 100 if n_cities <= 200 else 250
    return Figure(
        f"drag to painted repair, {n_cities} cities, p95", "ms", float(p95), at_most=target
    )


def main() -> None:
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        app = conftest.start_app(Path(folder))
        try:
            with conftest.playwright_api.sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=conftest.chromium_path(), args=conftest.FLAGS
                )
                figures = [drag_ms(browser, app.url, n) for n in (200, 2_000)]
                browser.close()
        finally:
            app.stop()
    for figure in figures:
        print(figure)
    print(as_json(figures))


if __name__ == "__main__":
    main()
